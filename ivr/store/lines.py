"""The registered lines, with a cache of those that this container has read."""

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
_FRESH_SECONDS = 60  # longer than a call's notice and check


class Lines:
    """The registered lines. Every method may raise ``StoreUnavailableError``."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._known: dict[str, tuple[Line, int]] = {}  # the record and the time of its read

    def get(self, number: str) -> Line | None:
        """A line as the table has it now."""
        return self._table.read(Line, self._table.get(line_key(number)))

    def recent(self, number: str, now: int) -> Line | None:
        """A line by its number.

        A record that this container read within the last minute is used without a read, and an older one if DynamoDB
        doesn't answer. Raises ``StoreUnavailableError`` if there is neither.
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
        """The cached record of a line, whatever its age."""
        return self._known.get(number, (None, 0))[0]

    def remember(self, to: str, items: dict[ItemKey, Item], missing: set[ItemKey], now: int) -> Line | None:
        """The line from a look-up's ``items``, or from the cache if its key is ``missing``; updates both."""
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
