"""What a leg knows between two webhooks. It rides in the action URL, which Twilio signs: a menu step reads nothing.

No phone number, token or name is ever part of it (DESIGN 4): only words of our own, and the last three digits.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Self
from urllib.parse import parse_qsl, urlencode

from ivr.locales.codes import are_codes

if TYPE_CHECKING:
    from collections.abc import Mapping

_WORD = re.compile(r"[a-z0-9_-]{1,32}", re.ASCII)
_DIGITS, _AFTER_HEX = "0123456789", "ghijklmnop"  # letters after those that are digits of hexadecimal numbers
_LETTERS, _BACK = str.maketrans(_DIGITS, _AFTER_HEX), str.maketrans(_AFTER_HEX, _DIGITS)


class StateError(ValueError):
    """A query string that this project did not write; names the parameter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The state of one leg. Every field is a short lower-case word, and empty when it is not known yet."""

    languages: tuple[str, ...] = ()  # what is spoken, in this order; one alone once the person has chosen. Empty: not
    # chosen yet, and the deployment's first two are spoken (the fact "languages")
    attempt: int = 1  # of the menu that waits, from 1
    verdict: str = ""  # VerdictKind
    why: str = ""  # Reason
    digits: str = ""  # the caller's last three, for the whisper
    quiet: str = ""  # "yes": the customer is told who calls and asked nothing (trusted, mode off)
    leg: str = ""  # "customer" on a whisper, where nothing can be dialled; "talk" once moved out of it; "rung_back";
    # "agent" on the whisper to customer care; empty on a leg that came to us
    guarded: str = ""  # "yes": customer and caller are to meet in a room, which * leaves
    looked: str = ""  # how often this leg has looked for what the other one does: "1" to "3"
    waited: str = ""  # and how often it was alone in the room when it was looked after: "1" or "2"
    bridged: str = ""  # "yes": this leg and the one that it dialled were joined without a room
    category: str = ""  # of the report that this leg makes
    loss: str = ""  # "yes" or "no"
    reference: str = ""  # of the report just made: eight digits
    reports: str = ""  # on a reported caller: how many people, or "many"
    about: str = ""  # and what most of their reports are about
    recorded: str = ""  # "no": this call has no record, and can't be reported by key; "queued": its record waits (SQS)
    report: str = ""  # which report of the call: "screened", or "typed-" and a word for the number
    asked: str = ""  # the day on which this ring-back was asked for, in letters
    call: str = ""  # a word for the screened call that was told last, on a ring-back
    draft: str = ""  # the typed number that waits to be confirmed
    messages: str = ""  # how many messages this customer has, where there are any
    message: str = ""  # the name of the one that was played last
    listing: str = ""  # the name of the entry of the customer's own list that was told last
    coming: str = ""  # to an agent of customer care: "customer" (whose number we dialled) or "caller"
    speaks: str = ""  # and the language that this person chose, if they chose one

    def with_values(self, values: Mapping[str, str]) -> State:
        """The state with some fields changed; unknown names are a ``TypeError``."""
        changed: dict[str, object] = dict(values)
        if "languages" in values:
            changed["languages"] = tuple(values["languages"].split("-"))
        return replace(self, **changed)  # type: ignore[arg-type]

    def to_query(self) -> str:
        """The fields that differ from their defaults, as a query string."""
        pairs: list[tuple[str, str]] = []
        for field in fields(self):
            value = getattr(self, field.name)
            if value != field.default:
                pairs.append((field.name, "-".join(value) if isinstance(value, tuple) else str(value)))
        return urlencode(pairs)

    @classmethod
    def from_query(cls, query: str) -> Self:
        """Read what ``to_query`` wrote. Raises ``StateError`` for anything else."""
        if not query:
            return cls()
        values: dict[str, object] = {}
        known = cls.__dataclass_fields__
        for name, value in parse_qsl(query, keep_blank_values=True):
            if name not in known or not _WORD.fullmatch(value):
                raise StateError(f"the query parameter {name!r} is not one of ours")
            values[name] = value
        if "attempt" in values:
            values["attempt"] = _attempt(str(values["attempt"]))
        if "languages" in values:
            values["languages"] = _languages(str(values["languages"]))
        return cls(**values)  # type: ignore[arg-type]


def in_letters(name: str) -> str:
    """A name made of digits as one of letters that sort alike: a URL of ours holds nothing that looks like a number."""
    return name.translate(_LETTERS)


def in_digits(name: str) -> str:
    """The name made of digits that ``in_letters`` turned into one of letters."""
    return name.translate(_BACK)


def _attempt(text: str) -> int:
    if text not in {"1", "2", "3"}:
        raise StateError(f"the query parameter 'attempt' is {text!r}, not 1 to 3")
    return int(text)


def _languages(text: str) -> tuple[str, ...]:
    if not are_codes(text):
        raise StateError(f"the query parameter 'languages' is {text!r}, not one or two languages")
    return tuple(text.split("-"))
