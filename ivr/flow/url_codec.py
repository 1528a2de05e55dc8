"""Positions and states as relative URLs, and back: /voice/PAGE/STEP?state. The one place that spells them.

A call that is in progress while a deployment replaces this code goes on with URLs of the previous release. So a
parameter keeps its name and the form of its values; what needs another form gets another name, and the old one is read
for one release more. tests/previous_release replays the URLs of the release before.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ivr.calls.verdict import Reason, VerdictKind
from ivr.flow.page import Position
from ivr.flow.state import State, StateError
from ivr.locales.codes import are_codes
from ivr.telephony.routes import ROOT, step_path
from ivr.telephony.urlencoded import pairs

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ivr.flow.page import Book

_WORD = re.compile(r"[a-z0-9_-]{1,32}", re.ASCII)
_WHOLE = re.compile(r"[0-9]{1,4}", re.ASCII)
_YES = "yes"  # a flag that is not set is left out
_DEFAULTS = State._field_defaults


class AddressError(LookupError):
    """A path below the root at which no step lives."""


def to_url(position: Position, state: State) -> str:
    """The relative URL at which the provider finds this step again, in this state."""
    query = to_query(state)
    return step_path(position.page, position.step) + (f"?{query}" if query else "")


def from_url(path: str, query: str, book: Book) -> tuple[Position, State]:
    """Read what ``to_url`` wrote. Raises ``AddressError`` or ``ivr.flow.state.StateError``."""
    page, _, step = path.removeprefix(ROOT).partition("/")
    if not path.startswith(ROOT) or page not in book.pages or step not in book.pages[page].steps:
        raise AddressError(f"no step lives at {path!r}")
    return Position(page, step), from_query(query)


def to_query(state: State) -> str:
    """The fields that differ from their defaults, as a query string."""
    fields = zip(_DEFAULTS.items(), state, strict=True)
    # Nothing needs quoting: each value is a word, or ``from_query`` would not read it.
    return "&".join(f"{name}={_written(value)}" for (name, default), value in fields if value != default)


def from_query(query: str) -> State:
    """Read what ``to_query`` wrote, or did in the previous release. Raises ``StateError`` for anything else."""
    if not query:
        return State()
    values: dict[str, object] = {}
    for name, text in pairs(query, errors="replace"):
        if name not in _DEFAULTS or not _WORD.fullmatch(text):
            raise StateError(f"the query parameter {name!r} is not one of ours")
        try:
            values[name] = _READ.get(name, str)(text)
        except ValueError as error:
            raise StateError(f"the query parameter {name!r} has no value {text!r}") from error
    return State(**values)  # type: ignore[arg-type]  # each is of the type that its reader returns


def is_agents(query: str) -> bool:
    """Whether a query carries the state of an agent's leg. It may be any text: nothing else of it is read."""
    return _AGENTS in query.split("&")


def _written(value: object) -> str:
    match value:
        case bool():
            return _YES
        case tuple():
            return "-".join(value)
        case _:
            return str(value)


def _flag(text: str) -> bool:
    if text != _YES:
        raise ValueError(text)
    return True


def _whole(text: str) -> int:
    if not _WHOLE.fullmatch(text):
        raise ValueError(text)
    return int(text)


def _attempt(text: str) -> int:
    return int(_one_of("1", "2", "3")(text))


def _languages(text: str) -> tuple[str, ...]:
    if not are_codes(text):
        raise ValueError(text)
    return tuple(text.split("-"))


def _reports(text: str) -> int | str:
    return text if text == "many" else _whole(text)


def _one_of(*words: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in words:
            raise ValueError(text)
        return text

    return read


_READ: Mapping[str, Callable[[str], object]] = {  # any other field is a word
    "languages": _languages,
    "attempt": _attempt,
    "verdict": VerdictKind,
    "why": Reason,
    "quiet": _flag,
    "leg": _one_of("customer", "talk", "rung_back", "agent"),
    "guarded": _flag,
    "looked": _whole,
    "waited": _whole,
    "bridged": _flag,
    "loss": _one_of("yes", "no"),
    "reports": _reports,
    "recorded": _one_of("no", "queued"),
    "messages": _whole,
    "coming": _one_of("customer", "caller"),
}
_AGENTS = to_query(State(leg="agent"))
