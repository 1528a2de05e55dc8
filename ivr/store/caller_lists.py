"""Customers' caller lists: a report blocks its caller, and the newest entry for a caller can be undone.

Each entry names the call or the report that made it, so that an undo never touches another one's entry.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ivr.records.base import is_in_force
from ivr.screening.caller_list import ListEntry, list_entry_key, of_caller

if TYPE_CHECKING:
    from ivr.records.base import Item
    from ivr.reports import Report
    from ivr.store.attributes import Value
    from ivr.store.table import Table

ALLOW, BLOCK, TAKEN_BACK = "allow", "block", "taken_back"
_NO_LONGER_BLOCK = "attribute_not_exists(pk) OR #word <> :block OR (attribute_exists(#until) AND #until < :until)"
_TAKEN_BACK = "(undone_at = :undone AND attribute_not_exists(#at))"


class CallerLists:
    """Customers' caller lists. Every method may raise ``StoreUnavailableError``."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def of_line(self, line: str) -> list[ListEntry]:
        """All entries of a line's customer, expired ones included."""
        return [*self._table.read_all(ListEntry, self._table.partition(*list_entry_key(line, "")))]

    def of_caller(self, caller: str, most: int) -> tuple[list[ListEntry], bool]:
        """Entries of customers for a caller, expired ones included, and whether there are more. One request."""
        items, more = self._table.page("listing", "list_kind = :pk", most, pk=of_caller(caller))
        return [*self._table.read_all(ListEntry, items)], more

    def is_unreadable(self, item: Item | None) -> bool:
        """Whether an item is damaged. A damaged entry has no effect."""
        return item is not None and self._table.read(ListEntry, item) is None

    def take_back(self, listed: ListEntry, now: int) -> bool:
        """Undo an entry and restore the one that it replaced. False: a newer entry is stored there."""
        back = replace(
            listed,
            word=listed.before or TAKEN_BACK,
            until=listed.before_until if listed.before else now,
            expires=listed.before_until if listed.before else now,
            source=listed.before_source,
            at=0,
            undone_at=listed.at,
            before="",
            before_until=0,
            before_source="",
        )
        word: dict[str, Value] = {"word": listed.word, "source": listed.source, "at": listed.at}
        still_there = " AND ".join(
            f"#{name} = :{name}" if value else f"attribute_not_exists(#{name})" for name, value in word.items()
        )
        written = {name: value for name, value in word.items() if value}
        if listed.at:  # a repeated write finds its own undo, which is a success
            still_there, written["undone"] = f"({still_there}) OR {_TAKEN_BACK}", listed.at
        return self._table.put_if(back, still_there, **written)

    def take_trust_back(self, report: Report) -> None:
        """Remove the trust that the reported call itself earned; entries from other calls stay."""
        if report.verified and report.line and report.caller:
            self._table.update_if(
                list_entry_key(report.line, report.caller),
                "SET #word = :back, #until = :now, expires = :now, undone_at = #at",
                "#word = :allow AND #source = :call",
                back=TAKEN_BACK,
                now=report.reported_at,
                allow=ALLOW,
                call=report.call_sid,
            )

    def lift(self, report: Report) -> None:
        """Remove the block that this report made; entries from other reports stay."""
        if not blocks(report):
            return
        listed = self._table.read(ListEntry, self._table.get(list_entry_key(report.line, report.caller)))
        if listed and listed.word == BLOCK and listed.source == report.source:
            self.take_back(listed, report.reported_at)

    def block_by(self, report: Report, *, replace_damaged: bool = False) -> Any:
        """The write by which a report blocks its caller. It is refused if a longer block is stored.

        The previous entry is saved in the same item: an update expression reads the item as it was before the update.
        ``replace_damaged``: write without a condition, over an entry that can't be read and so blocks nobody.
        """
        update = (
            "SET #before = if_not_exists(#word, :none), before_until = if_not_exists(#until, :never), "
            "before_source = if_not_exists(#source, :none), "
            "#line = :line, #caller = :caller, #word = :block, #until = :until, expires = :until, "
            "#at = :at, #source = :source, list_kind = :kind, list_key = :line"
        )
        return self._table.updating(
            list_entry_key(report.line, report.caller),
            update,
            "" if replace_damaged else _NO_LONGER_BLOCK,
            none="",
            never=0,
            block=BLOCK,
            line=report.line,
            caller=report.caller,
            until=report.blocks_until,
            at=report.reported_at,
            source=report.source,
            kind=of_caller(report.caller),
        )


def blocks(report: Report) -> bool:
    """Whether a report blocks its caller on its line: only a verified one, of a caller with a number."""
    return bool(report.verified and report.blocks_until and report.line and report.caller)


def has_effect(listed: ListEntry, now: int) -> bool:
    """Whether a customer's entry for a caller has effect at ``now`` (epoch seconds)."""
    return listed.word in {ALLOW, BLOCK} and is_in_force(listed.until, now)
