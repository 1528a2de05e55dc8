"""Positions and states as relative URLs, and back: PAGE/STEP?state below the root of the routes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.flow.page import Position
from ivr.flow.state import State
from ivr.telephony.routes import ROOT, step_path

if TYPE_CHECKING:
    from ivr.flow.page import Book


class AddressError(LookupError):
    """A path below the root at which no step lives."""


def to_url(position: Position, state: State) -> str:
    """The relative URL at which Twilio finds this step again, in this state."""
    query = state.to_query()
    return step_path(position.page, position.step) + (f"?{query}" if query else "")


def from_url(path: str, query: str, book: Book) -> tuple[Position, State]:
    """Read what ``to_url`` wrote. Raises ``AddressError`` or ``ivr.flow.state.StateError``."""
    page, _, step = path.removeprefix(ROOT).partition("/")
    if not path.startswith(ROOT) or page not in book.pages or step not in book.pages[page].steps:
        raise AddressError(f"no step lives at {path!r}")
    return Position(page, step), State.from_query(query)
