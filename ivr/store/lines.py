"""The registered lines, and those that this container read lately."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.observability.failures import Why
from ivr.screening.line import Line, line_key
from ivr.store.errors import StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.records.base import Item, ItemKey
    from ivr.store.table import Table

_MOST_KNOWN = 1000
_FRESH_SECONDS = 60  # a call's notice and check take less


class Lines:
    """The registered lines. Every method may raise ``StoreUnavailableError``."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._known: dict[str, tuple[Line, int]] = {}  # the last good record of each line, and when it was read

    def get(self, number: str) -> Line | None:
        """A line as it is registered now."""
        return self._table.read(Line, self._table.get(line_key(number)))

    def recent(self, number: str, now: int) -> Line | None:
        """A line by its number.

        What this container read within the last minute needs no read, and an older record serves when there is none.
        """
        known, read_at = self._known.get(number, (None, 0))
        if known and now - read_at <= _FRESH_SECONDS:
            return known
        key = line_key(number)
        try:
            item = self._table.get(key)
        except StoreUnavailableError:
            if known:
                return known
            raise
        return self.remember(number, {key: item} if item else {}, set(), now)

    def known(self, number: str) -> Line | None:
        """The last good record of a line that this container read, however old it is."""
        return self._known.get(number, (None, 0))[0]

    def remember(self, to: str, items: dict[ItemKey, Item], missing: set[ItemKey], now: int) -> Line | None:
        """The line, as it was read just now or, where it could not be, as this container read it last."""
        key = line_key(to)
        line = self._table.read(Line, items.get(key))
        if line is None:
            if key in items:
                missing.add(key)
            if key in missing:
                if to not in self._known:
                    raise StoreUnavailableError(Why.UNPROCESSED)
                return self._known[to][0]
            self._known.pop(to, None)
            return None
        if len(self._known) >= _MOST_KNOWN:
            self._known.pop(next(iter(self._known)))
        self._known[to] = line, now
        return line

    def all(self) -> Iterator[Line]:
        """Every registered line, by number."""
        return self._table.read_all(Line, self._table.indexed("listing", "list_kind", "lines"))
