"""Removal of a person's data: every item with their number or pseudonym.

It scans the table, which needs IAM rights that no function has.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from ivr.records.base import ItemKey
from ivr.reputation.campaigns import rang_name
from ivr.reputation.items import block_key, blocks_of, member_name
from ivr.screening.line import line_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ivr.records.base import Item
    from ivr.store.scores import Scores
    from ivr.store.table import Table

_REPORTED = "REPORTED"
_MEMBERS, _SCORES = "MEMBERS", "SCORES"
_IN_BLOCKS = frozenset({_MEMBERS, _SCORES})
_LINE, _OPT_OUT, _COUNTED, _CAMPAIGN, _AUDIT = "LINE", "OPT_OUT", "COUNTED", "CAMPAIGN", "AUDIT"
_KINDS = {
    "CALL": "calls",
    "ENDING": "ends of calls",
    "REPORT": "reports",
    "MESSAGE": "messages about reports",
    "DRAFT": "numbers typed",
    "EVIDENCE": "evidence",
    "REPUTATION": "reputation",
    _MEMBERS: "places in blocks of numbers",  # of an earlier release
    _SCORES: "places in blocks of numbers",
    _REPORTED: "places among a block's reported numbers",
    "CHECKS": "failed checks",
    "CLEARING": "clearings",
    "DISPUTE": "disputes",
    "DECISION": "decisions of the desk",
    "RULE": "rules of the desk",
    "CALLER": "entries in customers' lists",
    "FAMILIAR": "talks with a customer",
    "AFTERMATH": "aftermaths of lines",
    "RING": "locks of lines",
    "RING_BACK": "ring-backs",
    "COUNTS": "counts of a day",
    "LEFT_BY": "counts of voicemails",
    "ONCE": "marks against replays",
    "CALL_BACK": "call-backs by customer care",
    "CARE": "calls to customer care",
    "LEFT": "voicemails",
    "RECORDING": "recordings of voicemails",
    "ERASURE": "recordings to be erased",
    "LATEST": "last calls and reports",
    "DAY": "counts of reports",
    _COUNTED: "marks of what was counted",
    "TALLY": "numbers of a day",
    _OPT_OUT: "opt-outs from SMS",
    _CAMPAIGN: "campaigns",
    _LINE: "registrations of lines",
    "ENDED": "sessions of the desk that were signed out of",
    "PART": "parts of imported files",
    "CONNECTED": "settings of numbers from before they were connected",
    "HMAC_KEY": "fingerprints of the key",
    _AUDIT: "entries of the audit, which forget whom they are about",
}


_OF_BLOCKS = _IN_BLOCKS | {_REPORTED}
_STILL_THERE = "attribute_exists(pk)"  # an update of an item that has expired meanwhile would make it anew, for ever


class Forgetting:
    """The removal of a person's data from the table. Every method may raise ``StoreUnavailableError``."""

    def __init__(self, table: Table, scores: Scores) -> None:
        self._table = table
        self._scores = scores

    def all_about(self, number: str, person: str, *, with_lines: bool = False) -> list[Item]:
        """Every item that contains a number (E.164) or its pseudonym, registrations of lines included.

        ``with_lines``: also the items of the lines that ring it, so that a line's next owner inherits nothing.
        """
        everything = list(self._table.scan())
        found = [item for item in everything if _is_about(item, number, person)]
        # The mark of what was counted of a call or report names neither customer nor reporter, and goes with it.
        calls = {item["pk"] for item in found if str(item["pk"]).startswith("CALL#")}
        found += _others(everything, found, lambda one: kind_of(one) == _COUNTED and one["pk"] in calls)
        if not with_lines:
            return found
        lines = {str(item["number"]) for item in found if is_line(item) and item.get("ring_to") == number}
        return found + _others(everything, found, lambda one: _is_of(one, lines))

    def clear_line(self, line: str) -> None:
        """Remove a line's items for its next owner. Its registration stays."""
        items = [item for item in self._table.partition(line_key(line).pk) if not is_line(item)]
        self.remove(items, "")

    def remove(self, items: list[Item], number: str) -> None:
        """Remove items, and score every caller again whose evidence was among them.

        A block of numbers has other members too, so only the member ``number`` is removed from it.
        """
        lines = {str(item["number"]) for item in items if is_line(item)}
        for item in items:
            key = ItemKey(str(item["pk"]), str(item["sk"]))
            places = _places_in(item, number)
            if places:
                self._table.update_if(key, f"REMOVE {', '.join(f'#{name}' for name in places)}", _STILL_THERE)
            elif rung := lines & set(item.get("lines", ())):  # the campaign also rang other lines
                update = "DELETE #lines :lines ADD held :fewer"
                self._table.update_if(key, update, _STILL_THERE, lines=rung, fewer=-len(rung))
            else:
                self._table.delete(key)
        for block in sorted({str(item["pk"]).partition("#")[2] for item in items if kind_of(item) in _IN_BLOCKS}):
            self._scores.settle_block(block)
        for caller in sorted(
            {str(item["pk"]).partition("#")[2] for item in items if kind_of(item) == "EVIDENCE"} - {number}
        ):
            self._scores.refresh(caller)


def _others(everything: list[Item], found: list[Item], wanted: Callable[[Item], bool]) -> list[Item]:
    """The wanted items that are not found yet."""
    known = {(item["pk"], item["sk"]) for item in found}
    return [item for item in everything if (item["pk"], item["sk"]) not in known and wanted(item)]


def kind_of(item: Item) -> str:
    """The kind of an item: the word before the "#" of its sort key; of its partition key, where that sorts by time."""
    first = str(item["pk"]).partition("#")[0]
    return first if first in {_CAMPAIGN, _AUDIT} else str(item["sk"]).partition("#")[0]


def kinds(items: list[Item]) -> dict[str, int]:
    """The number of items of each kind, by the kind's name in English."""
    return dict(Counter(_KINDS.get(kind, kind) for kind in map(kind_of, items)))


def is_line(item: Item) -> bool:
    """Whether an item registers a line."""
    return kind_of(item) == _LINE


def is_opt_out(item: Item) -> bool:
    """Whether an item is a person's opt-out from SMS."""
    return kind_of(item) == _OPT_OUT


def is_audit(item: Item) -> bool:
    """Whether an item is an entry of the audit."""
    return kind_of(item) == _AUDIT


def texts_in(item: Item) -> Iterator[str]:
    """Every text in an item, those of its maps too."""
    for value in item.values():
        if isinstance(value, dict):
            yield from texts_in(value)
        elif isinstance(value, str):
            yield value


def _is_about(item: Item, number: str, person: str) -> bool:
    if is_audit(item):  # a pseudonym stays there: the entry says what the desk did, and no longer to whom
        return any(number in text for text in texts_in(item))
    if kind_of(item) in _OF_BLOCKS:  # its key is a number without its last digits, which may be another number
        return bool(_places_in(item, number))
    keys = {part for key in ("pk", "sk") for part in str(item[key]).split("#")}
    values = {value for value in item.values() if isinstance(value, str)}
    return bool({number, person} & (keys | values))


def _is_of(item: Item, lines: set[str]) -> bool:
    """Whether an item is in a line's partition, or is a campaign that rang a line."""
    return item["pk"] in {line_key(line).pk for line in lines} or bool(lines & set(item.get("lines", ())))


def _places_in(item: Item, number: str) -> list[str]:
    """The attributes of a number in a block's item; none if the item is no block or lacks the number."""
    places = {block_key(block).pk: member_name(block, number) for block in blocks_of(number)}
    names = (places.get(str(item["pk"]), ""), rang_name(number))
    return [name for name in names if name in item] if kind_of(item) in _OF_BLOCKS else []
