"""People who do anything at any moment: the saved script of each such call replays with the same records."""

import random

import pytest

from infra.carrier.speech import announced_digit
from infra.local import demo
from infra.local.phone.callers import CALLERS
from tests.slowly import slow_but

MOST_ACTS = 16
EVERYBODY_LEAVES = 0.08
CHOICES = {
    "ring": ["answer"] * 4 + ["decline", "wait"],
    "keys": ["press"] * 8 + ["wait", "hang_up"],
    "talk": ["star", "hang_up", "press"],
    "record": ["speak", "hash", "hang_up", "wait"],
}


class Chance:
    """A person for each telephone, who does what chance says whenever it is their turn."""

    def __init__(self, held, seed):
        self.held, self.chance = held, random.Random(seed)
        self.did = []

    def play(self):
        for _ in range(MOST_ACTS):
            turns = self._turns()
            if not turns:
                return
            if self.chance.random() < EVERYBODY_LEAVES:
                break
            leg = self.chance.choice(turns)
            self._act(leg, self.chance.choice(CHOICES[leg["asked"]]))
        self.held.page.post(f"/phone/calls/{self.held.name}/hang_up", {})

    def _turns(self):
        """Whose turn it is; waits until it is somebody's, or the call is over."""
        held = self.held
        held.wait_for(lambda: self._standing() or held.of("ended"), "it is nobody's turn")
        return [] if held.of("ended") else self._standing()

    def _standing(self):
        last = {leg["sid"]: leg for leg in self.held.of("leg")}
        return [leg for leg in last.values() if leg["turn"] and leg["asked"] in CHOICES]

    def _act(self, leg, what):
        name, before = leg["name"], len(self.held.of("leg", sid=leg["sid"]))
        self.did.append((name, what))
        keys = ""
        if what == "press":
            what, keys = "press", self._key(leg)
        elif what in ("star", "hash"):
            what, keys = "press", {"star": "*", "hash": "#"}[what]
        answer = self.held.page.post(f"/phone/calls/{self.held.name}/legs/{leg['sid']}", {"do": what, "keys": keys})
        assert answer.status_code in (202, 409), answer.text
        if what == "press" and leg["asked"] == "keys" and self._types_a_number(leg):
            return  # more digits are waited for, and nothing is told of one
        if what in ("speak", "press") and leg["asked"] in ("record", "talk") and keys != "#":
            return  # the telephone is asked for the same thing as before
        self.held.wait_for(
            lambda: len(self.held.of("leg", sid=leg["sid"])) > before or self.held.of("ended"), f"{name} {what}"
        )

    def _types_a_number(self, leg):
        """Whether the last document asks for several digits, ended by #."""
        twiml = self.held.of("webhook", sid=leg["sid"])[-1]["twiml"]
        return "<Gather" in twiml and 'numDigits="1"' not in twiml

    def _key(self, leg):
        said = [entry["text"] for entry in self.held.of("entry", sid=leg["sid"], kind="said")]
        if any("To be connected" in text for text in said[-3:]):
            spoken = [(e["language"], e["text"]) for e in self.held.of("entry", sid=leg["sid"], kind="said")]
            return announced_digit(spoken)
        return self.chance.choice("0123459")


@pytest.mark.parametrize("seed", slow_but((0,), tuple(range(40))))
def test_whatever_people_do_is_replayed(page, replay, seed):
    chance = random.Random(f"call {seed}")
    caller = chance.choice([one for one in CALLERS if one.verdict != "blocked"])
    to = demo.REPORT_LINE if caller.id == "customer" or chance.random() < 0.2 else demo.PROTECTED_LINE
    held = page.call(caller.from_, to, parameters=caller.parameters, seed=seed)
    people = Chance(held, seed)
    people.play()
    ended = held.ended()
    assert ended["went_wrong"] == [], people.did
    replay(held.script())
