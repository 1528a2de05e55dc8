"""What is asked for when a call is placed at the page: read, checked, and refused in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from infra.local.phone.people import LIVE, PEOPLE, phone_of
from ivr.desk.numbers import caller_id, full_number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from infra.carrier import Phone
    from ivr.settings import Settings

SPEEDS = ("real", "fast")
_WORDS = frozenset({"from", "to", "parameters", "people", "speed", "seed"})


class Wanted(NamedTuple):
    """A call to place."""

    from_: str
    caller: str
    """The number that calls, in E.164; empty where it is withheld."""
    line: str
    parameters: dict[str, str]
    people: dict[str, str]
    speed: str
    seed: int | None

    def phone(self, person: str) -> Phone:
        """The telephone of a person, by the word of a request."""
        return phone_of(self.people[person], PEOPLE[person])


def read(asked: Mapping[str, Any], settings: Settings) -> Wanted:
    """Read a request. Raises ``ValueError`` or ``ivr.desk.DeskError``, which name what is wrong."""
    if unknown := sorted(set(asked) - _WORDS):
        raise ValueError(f"{', '.join(unknown)}: a call has {', '.join(sorted(_WORDS))}")
    from_, to = str(asked.get("from", "")), str(asked.get("to", ""))
    caller = caller_id(from_, *settings.numbering)
    line = full_number(to, settings.home_region, "to", settings.extra_number_ranges)
    speed, seed = asked.get("speed", SPEEDS[0]), asked.get("seed")
    if speed not in SPEEDS:
        raise ValueError(f"speed is {speed!r}: write {' or '.join(SPEEDS)}")
    if seed is not None and (not isinstance(seed, int) or isinstance(seed, bool)):
        raise ValueError(f"seed is {seed!r}: write a whole number, or leave it out")
    wanted = Wanted(from_.strip(), caller.text, line, _texts(asked, "parameters"), _people(asked), str(speed), seed)
    for person in PEOPLE:
        wanted.phone(person)
    return wanted


def _people(asked: Mapping[str, Any]) -> dict[str, str]:
    told = _texts(asked, "people")
    if unknown := sorted(set(told) - set(PEOPLE)):
        raise ValueError(f"people: {', '.join(unknown)}: there are {', '.join(PEOPLE)}")
    return {**dict.fromkeys(PEOPLE, LIVE), **told}


def _texts(asked: Mapping[str, Any], name: str) -> dict[str, str]:
    told = asked.get(name, {})
    if not isinstance(told, dict) or not all(isinstance(value, str) for value in told.values()):
        raise ValueError(f"{name} is {told!r}: write names with texts")
    return told
