"""What the table holds now about past calls: their lines and customers, the desk's rules, the reports."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple, Protocol

from ivr.calls.verdict import Reason
from ivr.reputation import items as kept
from ivr.reputation.items import Block, Familiar, Reputation
from ivr.screening.caller_list import ListEntry, list_entry_key
from ivr.screening.desk_decision import PrefixRule, rule_key
from ivr.screening.line import Line, line_key
from ivr.store.paging import listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ivr.desk.context import Context
    from ivr.records.base import ItemKey
    from ivr.screening.rules import CallerLookup

_MOST_LINES = 50  # whose records and whose customers' blocks one request reads
_MOST_CUSTOMERS = 40  # of whom one request reads what they know of the caller, beside twenty items about the caller
_MOST_RULES = 200
_SHORTEST_PREFIX = 2  # a plus and a digit


class PastCall(Protocol):
    """A call that has been, as it was judged."""

    @property
    def at(self) -> int:
        """Epoch seconds."""

    @property
    def caller(self) -> str:
        """E.164, or a short code."""

    @property
    def line(self) -> str:
        """E.164."""

    @property
    def reason(self) -> str:
        """Why it got its verdict."""


class Known(NamedTuple):
    """What the table holds now about the lines that were called, and beside the decision."""

    lines: Mapping[str, Line]  # by number; one that is missing is taken for a standard line
    blocks: Mapping[tuple[str, str], ListEntry]  # customers' blocks, by line and caller
    rules: tuple[PrefixRule, ...] = ()  # the desk's, beside the one that it is about
    familiar: Mapping[tuple[str, str], Familiar] = {}  # what customers know of callers, by line and caller


NOTHING_KNOWN = Known({}, {})


class Standing(NamedTuple):
    """What speaks about one caller now, beside the desk's decision: what lasts longer than an hour."""

    reputation: Reputation | None = None
    blocks: tuple[Block, ...] = ()  # of numbers, of ten and of a hundred
    rules: tuple[PrefixRule, ...] = ()
    familiar: Mapping[str, Familiar] = {}  # by line
    listed: Mapping[str, ListEntry] = {}  # customers' blocks, by line

    def on(self, lookup: CallerLookup, line: str) -> CallerLookup:
        """A look-up that found this, for a call to a line."""
        familiar = self.familiar.get(line)
        return lookup._replace(
            reputation=self.reputation,
            blocks=self.blocks,
            prefix_rules=self.rules,
            listed=self.listed.get(line),
            talk_days=familiar.talk_days if familiar else frozenset(),
            distrusted=bool(familiar and familiar.reported),
        )

    def without_reports(self, caller: str) -> Standing:
        """The same once no report on the caller counts. Those on the numbers around it still do."""
        around = (
            Block({end: one for end, one in block.members.items() if not caller.endswith(end)}) for block in self.blocks
        )
        return self._replace(reputation=None, blocks=tuple(block for block in around if block.members))


def known_about(context: Context, calls: Sequence[PastCall], *, prefix: str = "") -> Known:
    """Read what the table holds about past calls: for a rule, give its prefix. One request, and one more for a rule.

    Of more than fifty lines, those with the most calls are read. Raises ``StoreUnavailableError``.
    """
    table = context.store.table
    often = Counter(call.line for call in calls)
    numbers = [number for number, _ in often.most_common(_MOST_LINES)]
    blocked = Counter((call.line, call.caller) for call in calls if call.reason == Reason.OWN_BLOCK)
    pairs = [pair for pair, _ in blocked.most_common(_MOST_LINES)]
    keys = [*map(line_key, numbers), *(list_entry_key(*pair) for pair in pairs)]
    items = table.batch_get(keys)[0] if keys else {}
    lines = table.read_all(Line, (items[key] for key in map(line_key, numbers) if key in items))
    entries = table.read_all(ListEntry, (item for key, item in items.items() if key.sk != "LINE"))
    return Known(
        lines={line.number: line for line in lines},
        blocks={(one.line, one.caller): one for one in entries if one.word == "block"},
        rules=_longer_rules(context, prefix) if prefix else (),
    )


def known_without(context: Context, calls: Sequence[PastCall], prefix: str) -> Known:
    """The same, with what speaks in the place of the rule for a prefix: other rules, and customers' earlier talks.

    Three requests. Of more than forty customers and callers, those with the most calls are read. Raises
    ``StoreUnavailableError``.
    """
    table = context.store.table
    pairs = [pair for pair, _ in Counter((call.line, call.caller) for call in calls).most_common(_MOST_CUSTOMERS)]
    shorter = [rule_key(prefix[:length]) for length in range(_SHORTEST_PREFIX, len(prefix))]
    talks = {pair: kept.familiar_key(*pair) for pair in pairs}
    items = table.batch_get([*shorter, *talks.values()])[0] if shorter or talks else {}
    rules = table.read_all(PrefixRule, (items[key] for key in shorter if key in items))
    familiar = {pair: table.read(Familiar, items.get(key)) for pair, key in talks.items()}
    known = known_about(context, calls, prefix=prefix)
    return known._replace(rules=(*rules, *known.rules), familiar={pair: one for pair, one in familiar.items() if one})


def _longer_rules(context: Context, prefix: str) -> tuple[PrefixRule, ...]:
    found = listed(context.store.table, PrefixRule, "prefixes", prefix=prefix, most=_MOST_RULES)
    return tuple(rule for rule in found.records if rule.prefix != prefix)


def standing(context: Context, caller: str, calls: Sequence[PastCall]) -> Standing:
    """Read what speaks about a caller, and what the customers of the lines with the most calls know. One request.

    Raises ``StoreUnavailableError``.
    """
    table = context.store.table
    lines = [number for number, _ in Counter(call.line for call in calls).most_common(_MOST_CUSTOMERS)]
    about = [
        kept.reputation_key(caller),
        *(key(block) for block in kept.blocks_of(caller) for key in (kept.block_key, kept.members_key)),
    ]
    rules = [rule_key(caller[:length]) for length in range(_SHORTEST_PREFIX, len(caller) + 1)]
    familiar = {line: kept.familiar_key(line, caller) for line in lines}
    listed = {line: list_entry_key(line, caller) for line in lines}
    items = table.batch_get([*about, *rules, *familiar.values(), *listed.values()])[0]

    def read(kind: type[Block], *keys: ItemKey) -> Iterator[Block]:
        return table.read_all(kind, (items[key] for key in keys if key in items))

    entries = {line: table.read(ListEntry, items.get(key)) for line, key in listed.items()}
    talks = {line: table.read(Familiar, items.get(key)) for line, key in familiar.items()}
    return Standing(
        reputation=table.read(Reputation, items.get(about[0])),
        blocks=tuple(kept.blocks_from(read, caller)),
        rules=tuple(table.read_all(PrefixRule, (items[key] for key in rules if key in items))),
        familiar={line: one for line, one in talks.items() if one},
        listed={line: one for line, one in entries.items() if one and one.word == "block"},
    )
