"""Forgetting a person: everything that the table holds under their number or their pseudonym, found and removed.

A scan, by a person of the desk with rights of their own; no function of the service may do this.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from ivr.records.base import ItemKey
from ivr.reputation.items import block_key, blocks_of, member_name
from ivr.screening.line import line_key

if TYPE_CHECKING:
    from ivr.records.base import Item
    from ivr.store.scores import Scores
    from ivr.store.table import Table

_LINE, _OPT_OUT, _MEMBERS, _CAMPAIGN = "LINE", "OPT_OUT", "MEMBERS", "CAMPAIGN"
_WORDS = {
    "CALL": "calls",
    "ENDING": "ends of calls",
    "REPORT": "reports",
    "MESSAGE": "messages about reports",
    "DRAFT": "numbers typed",
    "EVIDENCE": "evidence",
    "REPUTATION": "reputation",
    _MEMBERS: "places in blocks of numbers",
    "CHECKS": "failed checks",
    "CLEARING": "clearings",
    "DISPUTE": "disputes",
    "DECISION": "decisions of the desk",
    "RULE": "rules of the desk",
    "CALLER": "entries in customers' lists",
    "FAMILIAR": "talks with a customer",
    "AFTERMATH": "warnings of a minute",
    "RING": "open rings",
    "RING_BACK": "ring-backs",
    "COUNTS": "counts of a day",
    "LEFT_BY": "counts of messages left",
    "ONCE": "marks of calls that had an effect",
    "CALL_BACK": "call-backs by customer care",
    "CARE": "ways to customer care",
    "LEFT": "messages that callers left",
    "RECORDING": "recordings of such messages",
    "ERASURE": "recordings to be erased",
    "LATEST": "last calls and reports",
    "DAY": "counts of reports",
    _OPT_OUT: "wishes to get no messages",
    _CAMPAIGN: "campaigns",
    _LINE: "registrations of lines",
    "HMAC_KEY": "fingerprints of the key",
}


class Forgetting:
    """The removal of what the table holds about a person. Every method may raise ``StoreUnavailableError``."""

    def __init__(self, table: Table, scores: Scores) -> None:
        self._table = table
        self._scores = scores

    def held(self, number: str, person: str, *, with_lines: bool = False) -> list[Item]:
        """Every item that speaks of a number in clear or of its pseudonym; registrations of lines are among them.

        ``with_lines``: and all that the lines which ring it know, so that their next owner inherits nothing.
        """
        everything = list(self._table.scan())
        found = [item for item in everything if _speaks_of(item, number, person)]
        if not with_lines:
            return found
        lines = {str(item["number"]) for item in found if is_line(item) and item.get("ring_to") == number}
        known = {(item["pk"], item["sk"]) for item in found}
        return found + [one for one in everything if (one["pk"], one["sk"]) not in known and _is_of(one, lines)]

    def clear_line(self, line: str) -> None:
        """Remove all that a line knows, for its next owner, and leave its registration."""
        items = [item for item in self._table.partition(line_key(line).pk) if not is_line(item)]
        self.remove(items, "")

    def remove(self, items: list[Item], number: str) -> None:
        """Remove items, and score anew every caller whose evidence was among them.

        A block of numbers stays, for it is others' too; ``number`` only loses its place in it.
        """
        lines = {str(item["number"]) for item in items if is_line(item)}
        for item in items:
            key = ItemKey(str(item["pk"]), str(item["sk"]))
            place = _place_in(item, number)
            if place:
                self._table.update_if(key, f"REMOVE #{place}", "")
            elif rung := lines & set(item.get("lines", ())):  # a campaign of a caller who rang others too
                self._table.update_if(key, "DELETE #lines :lines ADD held :fewer", "", lines=rung, fewer=-len(rung))
            else:
                self._table.delete(key)
        for caller in sorted(
            {str(item["pk"]).partition("#")[2] for item in items if kind_of(item) == "EVIDENCE"} - {number}
        ):
            self._scores.refresh(caller)


def kind_of(item: Item) -> str:
    """What kind of item it is: the word that its sort key begins with, or for a campaign its partition key."""
    key = item["pk"] if str(item["pk"]).startswith(f"{_CAMPAIGN}#") else item["sk"]
    return str(key).partition("#")[0]


def kinds(items: list[Item]) -> dict[str, int]:
    """How many items there are of each kind, in words."""
    return dict(Counter(_WORDS.get(kind, kind) for kind in map(kind_of, items)))


def is_line(item: Item) -> bool:
    """Whether an item registers a line."""
    return kind_of(item) == _LINE


def is_opt_out(item: Item) -> bool:
    """Whether an item is a person's wish to get no messages."""
    return kind_of(item) == _OPT_OUT


def _speaks_of(item: Item, number: str, person: str) -> bool:
    if kind_of(item) == _MEMBERS:  # its key may well be somebody else's number, a digit shorter
        return bool(_place_in(item, number))
    keys = {part for key in ("pk", "sk") for part in str(item[key]).split("#")}
    values = {value for value in item.values() if isinstance(value, str)}
    return bool({number, person} & (keys | values))


def _is_of(item: Item, lines: set[str]) -> bool:
    """Whether a line has an item in its own partition, or is named in it as rung by a campaign."""
    return item["pk"] in {line_key(line).pk for line in lines} or bool(lines & set(item.get("lines", ())))


def _place_in(item: Item, number: str) -> str:
    """The attribute by which a number stands in a block of numbers, or an empty string where it is none, or in none."""
    places = {block_key(block).pk: member_name(block, number) for block in blocks_of(number)}
    place = places.get(str(item["pk"]), "")
    return place if place in item else ""
