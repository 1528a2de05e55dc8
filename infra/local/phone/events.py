"""What happened in a call, as events with ids, for any number of listeners who may come late or come back."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

KEEP_ALIVE_SECONDS = 10.0
"""How often a listener hears that the connection lives, so that a window that was closed is noticed."""


class Event(NamedTuple):
    """One event. Ids count from 1."""

    id: int
    name: str
    data: dict[str, Any]

    def written(self) -> str:
        """The event as Server-Sent Events write it (WHATWG HTML, section 9.2)."""
        return f"id: {self.id}\nevent: {self.name}\ndata: {json.dumps(self.data, ensure_ascii=False)}\n\n"


class EventLog:
    """The events of one call, from its beginning. Any thread may add and read."""

    def __init__(self) -> None:
        self._events: list[Event] = []
        self._changed = threading.Condition()
        self.is_closed = False

    def __len__(self) -> int:
        return len(self._events)

    def add(self, name: str, /, **data: Any) -> int:
        """Add an event. Returns its id. After ``close`` nothing is added, and 0 returned."""
        with self._changed:
            if self.is_closed:
                return 0
            event = Event(len(self._events) + 1, name, data)
            self._events.append(event)
            self._changed.notify_all()
            return event.id

    def close(self) -> None:
        """There will be no more events. Safe to repeat."""
        with self._changed:
            self.is_closed = True
            self._changed.notify_all()

    def after(self, last: int = 0) -> list[Event]:
        """The events after the one with this id, so far."""
        return self._events[last:]

    def wait(self, last: int, seconds: float) -> list[Event]:
        """The events after this id, as soon as there is one. Empty: the time is over, or the log is closed."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._events) > last or self.is_closed, seconds)
            return self._events[last:]

    def stream(self, last: int = 0) -> Iterator[str]:
        """The events after this id as Server-Sent Events, until the last one of the call."""
        while True:
            events = self.wait(last, KEEP_ALIVE_SECONDS)
            for event in events:
                last = event.id
                yield event.written()
            if not events:
                if self.is_closed:
                    return
                yield ": listening\n\n"
