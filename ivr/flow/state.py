"""What a leg knows between two webhooks. It rides in the signed URL (``ivr.flow.url_codec``): a menu reads nothing.

No phone number, token or name is ever part of it: only words of our own, and the last three digits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from typing import TypedDict, Unpack

    from ivr.calls.verdict import Reason, VerdictKind

    Leg = Literal["", "customer", "talk", "rung_back", "agent"]
    Loss = Literal["", "yes", "no"]
    Recorded = Literal["", "no", "queued"]
    Reports = int | Literal["many"]

    class StateChanges(TypedDict, total=False):
        """The fields of ``State`` with their types, for what a key or an action sets: mypy compares the two."""

        languages: tuple[str, ...]
        attempt: int
        verdict: VerdictKind | Literal[""]
        why: Reason | Literal[""]
        digits: str
        quiet: bool
        leg: Leg
        guarded: bool
        looked: int
        waited: int
        bridged: bool
        category: str
        loss: Loss
        reference: str
        reports: Reports
        about: str
        recorded: Recorded
        report: str
        asked: str
        call: str
        draft: str
        messages: int
        message: str
        listing: str
        coming: Literal["", "customer", "caller"]
        speaks: str


_DIGITS, _AFTER_HEX = "0123456789", "ghijklmnop"  # letters after those that are digits of hexadecimal numbers
_LETTERS, _BACK = str.maketrans(_DIGITS, _AFTER_HEX), str.maketrans(_AFTER_HEX, _DIGITS)


class StateError(ValueError):
    """A query string that this project did not write; names the parameter."""


class State(NamedTuple):
    """The state of one leg. A field that is not known yet is empty: "", 0 or False."""

    languages: tuple[str, ...] = ()  # spoken in this order; only one once the person has chosen. Empty: not
    # chosen yet, and the deployment's first two are spoken (the fact "languages")
    attempt: int = 1  # of the menu that waits, from 1
    verdict: VerdictKind | Literal[""] = ""
    why: Reason | Literal[""] = ""
    digits: str = ""  # the caller's last three, for the whisper
    quiet: bool = False  # the customer hears who calls and is asked nothing (trusted, mode off)
    leg: Leg = ""  # "customer" on a whisper, where nothing can be dialled; "talk" once moved out of it; "rung_back";
    # "agent" on the whisper to customer care; empty on a leg that came to us
    guarded: bool = False  # the two will talk in a conference, which * ends
    looked: int = 0  # how often this leg has polled for the other one, at most three times
    waited: int = 0  # and how often it was found alone in the conference, at most twice
    bridged: bool = False  # this leg and the one that it dialled were joined without a room
    category: str = ""  # of the report that this leg makes
    loss: Loss = ""
    reference: str = ""  # of the report just made: eight digits
    reports: Reports = 0  # on a reported caller: how many people
    about: str = ""  # and the category of most of their reports
    recorded: Recorded = ""  # "no": this call has no record, and can't be reported by key; "queued": its record waits
    report: str = ""  # which report of the call: "screened", or "typed-" and a word for the number
    asked: str = ""  # the day on which this ring-back was asked for, in letters
    call: str = ""  # a word for the screened call that was read out last, on a ring-back
    draft: str = ""  # the typed number that waits to be confirmed
    messages: int = 0  # how many messages this customer has
    message: str = ""  # the name of the one that was played last
    listing: str = ""  # the name of the entry of the caller list that was read out last
    coming: Literal["", "customer", "caller"] = ""  # to an agent of customer care; a customer's number we dialled
    speaks: str = ""  # and the language that this person chose, if they chose one

    def changed(self, **changes: Unpack[StateChanges]) -> State:
        """The state with some fields changed."""
        return self._replace(**changes) if changes else self


def in_letters(name: str) -> str:
    """Spell a name of digits with letters that sort alike: URLs must contain nothing like a telephone number."""
    return name.translate(_LETTERS)


def in_digits(name: str) -> str:
    """The name made of digits that ``in_letters`` turned into one of letters."""
    return name.translate(_BACK)
