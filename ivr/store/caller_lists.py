"""Customers' own lists: a report blocks its caller, and the last word on a caller can be taken back.

Each word names the call or the report that it came from, so that only that very word is taken back.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ivr.screening.caller_list import ListEntry, list_entry_key

if TYPE_CHECKING:
    from ivr.records.base import Item
    from ivr.reports import Report
    from ivr.store.attributes import Value
    from ivr.store.table import Table

ALLOW, BLOCK, TAKEN_BACK = "allow", "block", "taken_back"
_NO_LONGER_BLOCK = "attribute_not_exists(pk) OR #word <> :block OR (attribute_exists(#until) AND #until < :until)"
_TAKEN_BACK = "(undone_at = :undone AND attribute_not_exists(#at))"


class CallerLists:
    """Customers' own lists. Every method may raise ``StoreUnavailableError``."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def of_line(self, line: str) -> list[ListEntry]:
        """All that the customer of a line said of callers, including what no longer holds."""
        return [*self._table.read_all(ListEntry, self._table.partition(*list_entry_key(line, "")))]

    def is_unreadable(self, item: Item | None) -> bool:
        """Whether an item of a list can't be read, and so does not hold."""
        return item is not None and self._table.read(ListEntry, item) is None

    def take_back(self, listed: ListEntry, now: int) -> bool:
        """Take back one word on a caller; what it replaced holds again. False: another word stands there by now."""
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
        if listed.at:  # a retried write that meets its own first one has taken it back
            still_there, written["undone"] = f"({still_there}) OR {_TAKEN_BACK}", listed.at
        return self._table.put_if(back, still_there, **written)

    def take_trust_back(self, report: Report) -> None:
        """Take back the trust that was earned in the very call that is reported, and no other word."""
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
        """Take back the block that a report made, and no other."""
        if not blocks(report):
            return
        listed = self._table.read(ListEntry, self._table.get(list_entry_key(report.line, report.caller)))
        if listed and listed.word == BLOCK and listed.source == report.source:
            self.take_back(listed, report.reported_at)

    def block_by(self, report: Report, *, over: bool = False) -> Any:
        """The write by which a report blocks its caller; it is refused where a block that lasts longer stands.

        What stood there before is kept beside it: an update reads the item as it was (DynamoDB, "SET"). ``over`` is for
        an item that can't be read, and so blocks nobody: it is replaced whatever it says.
        """
        update = (
            "SET #before = if_not_exists(#word, :none), before_until = if_not_exists(#until, :never), "
            "before_source = if_not_exists(#source, :none), "
            "#line = :line, #caller = :caller, #word = :block, #until = :until, expires = :until, "
            "#at = :at, #source = :source"
        )
        return self._table.updating(
            list_entry_key(report.line, report.caller),
            update,
            "" if over else _NO_LONGER_BLOCK,
            none="",
            never=0,
            block=BLOCK,
            line=report.line,
            caller=report.caller,
            until=report.blocks_until,
            at=report.reported_at,
            source=report.source,
        )


def blocks(report: Report) -> bool:
    """Whether a report blocks its caller on its line: a verified one, of a caller who has a number."""
    return bool(report.verified and report.blocks_until and report.line and report.caller)


def holds(listed: ListEntry, now: int) -> bool:
    """Whether a customer's word on a caller is in force."""
    return listed.word in {ALLOW, BLOCK} and (listed.until == 0 or listed.until > now)
