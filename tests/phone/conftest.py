"""The phone over a running stack, as a page uses it: requests go in, events come out."""

from __future__ import annotations

import io
import json
import threading

import pytest
import requests

from infra.carrier.speech import announced_digit
from infra.local import demo
from infra.local.stack import Stack
from tests.phone.replaying import replayed

STRANGER = "+96891234567"
WITHIN = 60.0  # real seconds for anything that is waited for, on a busy machine


class Held:
    """A call that a test holds: it listens as a browser window does."""

    def __init__(self, page, name, after=0):
        self.page, self.name, self.events, self.is_over = page, name, [], False
        self._came = threading.Condition()
        self.url = f"{page.address}/phone/calls/{name}"
        self._thread = threading.Thread(target=self._listen, args=(after,), daemon=True)
        self._thread.start()

    def _listen(self, after):
        headers = {"Last-Event-ID": str(after)} if after else {}
        with requests.get(f"{self.url}/events", headers=headers, stream=True, timeout=WITHIN) as answer:
            self.status = answer.status_code
            event = {}
            for line in answer.iter_lines(decode_unicode=True):
                if line:
                    name, _, value = line.partition(": ")
                    event[name] = value
                elif "event" in event:
                    with self._came:
                        self.events.append((int(event["id"]), event["event"], json.loads(event["data"])))
                        self._came.notify_all()
                    event = {}
        with self._came:
            self.is_over = True
            self._came.notify_all()

    def of(self, name, /, **wanted):
        """The data of all events of this name with these values."""
        with self._came:
            return [d for _, n, d in self.events if n == name and all(d.get(k) == v for k, v in wanted.items())]

    def until(self, name, /, **wanted):
        """Wait for an event of this name with these values."""
        with self._came:
            self._came.wait_for(lambda: self._find(name, wanted) or self.is_over, WITHIN)
            found = self._find(name, wanted)
        assert found, f"no {name} with {wanted}:\n{self.told()}"
        return found

    def told(self):
        """What was told of the legs, in short."""
        words = {
            "leg": lambda d: f"{d['name']} {d['state']} {d['asked']}{' (turn)' * d['turn']} {d['reason']}",
            "entry": lambda d: f"{d['leg']} {d['kind']} {d['text'][:50]}",
            "webhook": lambda d: f"{d['leg']} {d['path']} {d['status']} {d['error']}",
        }
        return "\n".join(f"{d.get('at')} {n} {words.get(n, lambda _: '')(d)}" for _, n, d in self.events[-60:])

    def _find(self, name, wanted):
        return next((d for _, n, d in self.events if n == name and all(d.get(k) == v for k, v in wanted.items())), None)

    def leg(self, name):
        """How a leg stands: the last one of this name."""
        return self.of("leg", name=name)[-1]

    def wait_for(self, holds, what):
        """Wait until something holds of the events."""
        with self._came:
            self._came.wait_for(lambda: holds() or self.is_over, WITHIN)
            assert holds(), f"{what}:\n{self.told()}"

    def asked(self, name, what):
        """Wait until it is a telephone's turn to do something."""

        def is_asked():
            legs = [d for _, n, d in self.events if n == "leg" and d["name"] == name]
            return bool(legs) and legs[-1]["asked"] == what and (legs[-1]["turn"] or what == "dial")

        self.wait_for(is_asked, f"the {name} is not asked for {what}")
        return self.leg(name)

    def hears(self, words, leg=None):
        """Wait until something is spoken."""
        self.wait_for(
            lambda: any(words in d["text"] and leg in (None, d["leg"]) for d in self.of("entry", kind="said")),
            f"{words!r} is not heard",
        )

    def do(self, name, do, keys=""):
        """Do something on a telephone."""
        sid = self.leg(name)["sid"]
        answer = self.page.post(f"/phone/calls/{self.name}/legs/{sid}", {"do": do, "keys": keys})
        assert answer.status_code == 202, answer.text
        return sid

    def press(self, name, keys):
        """Press keys when it is the telephone's turn, and wait until they are taken."""
        self.asked(name, "keys")
        before = len(self.of("entry", leg=name, kind="pressed"))
        self.do(name, "press", keys)
        self.wait_for(lambda: len(self.of("entry", leg=name, kind="pressed")) > before, f"{keys} were not taken")

    def say_nothing(self, name):
        """Press no key until the time is over."""
        self.asked(name, "keys")
        before = len(self.of("entry", leg=name, kind="silent"))
        self.do(name, "wait")
        self.wait_for(lambda: len(self.of("entry", leg=name, kind="silent")) > before, "the time is not over")

    def check(self):
        """The caller presses the announced digit."""
        self.asked("caller", "keys")
        self.hears("", "caller")
        said = [(e["language"], e["text"]) for e in self.of("entry", leg="caller", kind="said")]
        self.press("caller", announced_digit(said))

    def answer(self, name="customer"):
        self.asked(name, "ring")
        self.do(name, "answer")

    def ended(self):
        """Wait for the end of everything."""
        return self.until("ended")

    def script(self):
        answer = requests.get(f"{self.url}/script", timeout=WITHIN)
        assert answer.status_code == 200, answer.text
        return answer.text


class Page:
    """A browser's page, as far as requests go."""

    def __init__(self, address):
        self.address = address
        self.held = []

    def get(self, path, **more):
        return requests.get(self.address + path, timeout=WITHIN, **more)

    def post(self, path, body, **headers):
        return requests.post(self.address + path, json=body, headers=headers, timeout=WITHIN)

    def call(self, from_=STRANGER, to=demo.PROTECTED_LINE, *, speed="fast", **more):
        answer = self.post("/phone/calls", {"from": from_, "to": to, "speed": speed, **more})
        assert answer.status_code == 201, answer.text
        return self.window(answer.json()["call"])

    def window(self, name, after=0):
        """One more window on a call."""
        held = Held(self, name, after)
        self.held.append(held)
        return held


@pytest.fixture
def log():
    return io.StringIO()


@pytest.fixture
def stack(log, database):
    with Stack({"LOG_LEVEL": "ERROR"}, log=log, database=database) as stack:
        yield stack


@pytest.fixture
def page(stack):
    page = Page(stack.address)
    yield page
    page.post("/phone/faults", {"dynamodb": "up", "rest": "up", "duplicates": False, "disorder": False})
    for held in page.held:
        held.page.post(f"/phone/calls/{held.name}/hang_up", {})


@pytest.fixture
def replay(stack):
    """Hold a saved script on the same stack; its expectations are met."""
    return lambda text: replayed(text, stack)
