"""Sessions of the desk that were ended by signing out, remembered until they would have ended by themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ivr.records.base import ItemKey, Record

if TYPE_CHECKING:
    from ivr.desk.context import Context


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedSession(Record):
    """A session that was signed out of."""

    session_id: str
    expires: int

    @property
    def key(self) -> ItemKey:  # noqa: D102
        return _key(self.session_id)


def _key(session_id: str) -> ItemKey:
    return ItemKey(f"SESSION#{session_id}", "ENDED")


def end(context: Context, session_id: str, until: int) -> None:
    """Remember that a session ended, until the time (epoch seconds) at which its total limit ends it."""
    context.store.put_once(EndedSession(session_id=session_id, expires=until))


def is_ended(context: Context, session_id: str) -> bool:
    """Whether a session was signed out of. One read."""
    return context.store.table.get(_key(session_id)) is not None
