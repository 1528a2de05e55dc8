"""What each person did in a call, in the words of a call script."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from infra.carrier import BARGE_IN, HANG_UP_RINGING, SILENCE
from infra.carrier.key_words import seconds, write_key
from infra.local.phone import people
from ivr.flow.pages import BOOK
from ivr.flow.step_parts import ANNOUNCED
from ivr.locales import catalog
from ivr.telephony.routes import ROOT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from infra.carrier import Entry, Leg
    from infra.carrier.leg import Did

_STEP = re.compile(rf"{ROOT}([a-z_]+)/([a-z0-9_]+)", re.ASCII)
_NEVER_ANNOUNCED = "*"
_LEAST_LETTERS = 12  # of a prompt that can be told from others
_AFTER_THE_FIRST = 0.3  # seconds, where somebody else acted just before
_SAME_MOMENT = 0.1  # seconds: a script says no smaller ones


def keys_of(legs: Sequence[Leg]) -> str:
    """What a person pressed, said and ended, on all their legs in order; empty: nothing."""
    did = sorted(((leg, one) for leg in legs for one in leg.did), key=lambda pair: pair[1].at)
    while did and did[-1][1].token is SILENCE:
        did.pop()
    words = [_word(leg, one) for leg, one in did]
    ends = [_hang_up_of(leg) for leg in legs if leg.hung_up_elsewhere and _began(leg) is not None]
    return " ".join([*words, *ends[-1:]])


def phone_of(legs: Sequence[Leg]) -> str:
    """What a person's telephone did when it was rung first, as a script writes it."""
    leg = legs[0]
    if not leg.phone.live:
        return people.in_a_script(leg.phone)
    if leg.answered_at is None:
        return "declines" if leg.hangup_reason.endswith("declined") else "no-answer"
    rang = next(entry.at for entry in leg.transcript if entry.sid == leg.sid and entry.kind == "ringing")
    return f"answers@{seconds(leg.answered_at - leg.root.placed_at - rang)}"


def heard_by(legs: Sequence[Leg]) -> list[str]:
    """The prompts that a person heard, by their keys, each where it was heard first."""
    found: dict[str, None] = {}
    for leg in legs:
        entries = [entry for entry in leg.transcript if entry.sid == leg.sid]
        for entry, after in zip(entries, [*entries[1:], None], strict=False):
            if entry.kind == "said" and (not entry.cut or (after and after.kind == "pressed")):
                found.update(dict.fromkeys(_prompts_in(entry)))
    return list(found)


def _word(leg: Leg, one: Did) -> str:
    token: Any = one.token
    if isinstance(token, str | BARGE_IN) and _is_a_check(one.url):
        return "check" if one.announced else _NEVER_ANNOUNCED
    if isinstance(token, HANG_UP_RINGING):
        later = sum(other.later for child in leg.rang for other in child.did if other.at >= one.at - token.after)
        token = HANG_UP_RINGING(max(0.0, token.after - later) + _after_another(leg, one.at))
    return write_key(token)


def _is_a_check(url: str) -> bool:
    """Whether keys that are sent there are to be the announced digit."""
    found = _STEP.fullmatch(urlsplit(url).path)
    page = BOOK.pages.get(found[1]) if found else None
    step = page.steps.get(found[2]) if found and page else None
    return any(key.press == ANNOUNCED for key in getattr(step, "keys", ()))


def _began(leg: Leg) -> float | None:
    return leg.placed_at if leg.direction == "inbound" else leg.answered_at


def _hang_up_of(leg: Leg) -> str:
    """The hang-up of a leg at a moment when nothing asked, in seconds since it began, as the script's legs run."""
    began = _began(leg)
    assert began is not None, "a leg that nobody answered is not hung up by its person"
    assert leg.ended_at is not None, "the call is over"
    after = leg.ended_at - began - sum(one.later for one in (*leg.did, *_of_those_rung(leg)))
    if leg.direction != "inbound":
        after = math.ceil(after * 10) / 10 + _AFTER_THE_FIRST
    else:
        after += _after_another(leg, leg.ended_at)
    return f"hangup@{seconds(max(0.0, after))}"


def _of_those_rung(leg: Leg) -> list[Did]:
    """What the people did whom this leg rang: its own time went on with them."""
    return [one for child in leg.rang for one in child.did if leg.ended_at is not None and one.at <= leg.ended_at]


def _after_another(leg: Leg, at: float) -> float:
    """Seconds by which a hang-up is to follow what another person did in the same moment, just before it."""
    return _AFTER_THE_FIRST if any(abs(one.at - at) < _SAME_MOMENT for one in _of_those_rung(leg)) else 0.0


def _prompts_in(entry: Entry) -> list[str]:
    """The prompts in something said, in their order; none that stands within another, or says too little."""
    found = []
    for key, prompt in catalog.load(entry.language).prompts.items():
        for wording in prompt.say:
            parts = re.split(r"\{\w+\}", wording)
            if key.startswith("key.") or len(max(parts, key=len)) < _LEAST_LETTERS:
                continue
            if match := re.search(".+?".join(map(re.escape, parts)), entry.text):
                found.append((match.start(), -match.end(), key))
                break
    told, reached = [], 0
    for start, end, key in sorted(found):
        if start >= reached:
            told.append(key)
            reached = -end
    return told
