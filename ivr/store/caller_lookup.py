"""The look-up of a line and its caller: everything that a verdict needs, in one request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.calls.call_record import LineLock, line_lock_key
from ivr.reputation import items as kept
from ivr.screening.caller_list import ListEntry, list_entry_key
from ivr.screening.desk_decision import DeskDecision, PrefixRule, decision_key, rule_key
from ivr.screening.failed_checks import FailedChecks, checks_key
from ivr.screening.line import Line, line_key
from ivr.screening.rules import CallerLookup
from ivr.secrets.key_fingerprint import FINGERPRINT_KEY
from ivr.store.errors import StoreUnavailableError
from ivr.store.kept_rules import KEPT_SECONDS, KeptRules

if TYPE_CHECKING:
    from ivr.numbers.phone_number import Number
    from ivr.records.base import ItemKey
    from ivr.store.lines import Lines
    from ivr.store.table import R, Table

_SHORTEST_PREFIX = 2  # a plus and a digit: no rule of the desk is wider than a numbering zone


class CallerLookups:
    """The look-up of a line and its caller.

    ``for_people``: of the desk, who see what they have just changed, and which numbers make a block bad. For a call,
    rules of the desk are kept for a minute, and of a block only the time is read until which it is bad.
    """

    def __init__(self, table: Table, lines: Lines, *, for_people: bool = False) -> None:
        self._table = table
        self._lines = lines
        self._rules = KeptRules(0 if for_people else KEPT_SECONDS)
        self._for_people = for_people
        self._fingerprint = ""

    def known_fingerprint(self) -> str:
        """The fingerprint of the table's key, if a look-up has read it; else an empty string."""
        return self._fingerprint

    def look_up(self, to: str, caller: Number, now: int) -> CallerLookup:
        """Everything that a verdict needs, in ONE BatchGetItem of keys made from To and From alone.

        ``complete`` is False if DynamoDB left keys unprocessed or an item can't be read. If the line itself could not
        be read, this container's last good record of it is used. Raises ``StoreUnavailableError`` if there is none.
        """
        keys = list(dict.fromkeys(_keys_for(to, caller.text, now)))  # a line may ring itself; no key twice
        by_prefix = _rule_keys(caller.text)
        rules = self._rules.known(by_prefix, now)
        unknown_rules = [key for key in by_prefix if key not in rules]
        keys += unknown_rules
        if self._for_people:
            keys += map(kept.members_key, kept.blocks_of(caller.text))
        if not self._fingerprint:  # once a container: a wrong pseudonym key is noticed early
            keys.append(FINGERPRINT_KEY)
        try:
            items, missing = self._table.batch_get(keys)
        except StoreUnavailableError:
            if known := self._lines.known(to):
                return CallerLookup(line=known, complete=False)
            raise
        missing.discard(FINGERPRINT_KEY)  # no verdict needs it
        self._fingerprint = self._fingerprint or str(items.get(FINGERPRINT_KEY, {}).get("fingerprint", ""))
        line = self._lines.remember(to, items, missing, now)

        def read(kind: type[R], *keys: ItemKey) -> list[R]:
            """The records at these keys. One that can't be read counts as missing."""
            found = []
            for key in keys:
                if key not in items:
                    continue
                record = self._table.read(kind, items[key])
                if record is None:
                    missing.add(key)
                else:
                    found.append(record)
            return found

        def one(kind: type[R], key: ItemKey) -> R | None:
            return next(iter(read(kind, key)), None)

        newly = {key: one(PrefixRule, key) for key in unknown_rules}
        self._rules.keep(newly, now, unread=missing)
        rules |= newly
        familiar = one(kept.Familiar, kept.familiar_key(to, caller.text))
        failing = one(FailedChecks, checks_key(caller.text))
        aftermath = one(kept.Aftermath, kept.aftermath_key(to))
        campaigns = read(kept.Campaign, *kept.campaign_keys(caller.text, now))
        lookup = CallerLookup(
            line=line,
            caller_is_line=bool(caller.text) and one(Line, line_key(caller.text)) is not None,
            ring=one(LineLock, line_lock_key(to)),
            listed=one(ListEntry, list_entry_key(to, caller.text)),
            decision=one(DeskDecision, decision_key(caller.text)),
            prefix_rules=tuple(rule for key in by_prefix if (rule := rules[key])),
            reputation=one(kept.Reputation, kept.reputation_key(caller.text)),
            blocks=tuple(kept.blocks_from(read, caller.text)),
            campaign_lines=frozenset().union(*(campaign.lines for campaign in campaigns)),
            talk_days=familiar.talk_days if familiar else frozenset(),
            distrusted=bool(familiar and familiar.reported),
            shaken_at=aftermath.last if aftermath else 0,
            failing_until=failing.flagged_until if failing else 0,
        )
        return lookup._replace(complete=not missing)


def _keys_for(to: str, caller: str, now: int) -> list[ItemKey]:
    """The keys, made from To, From and the time alone: their number doesn't grow with the number of reports."""
    keys = [line_key(to), line_lock_key(to), kept.aftermath_key(to)]
    if caller:
        keys += [
            line_key(caller),
            list_entry_key(to, caller),
            kept.familiar_key(to, caller),
            decision_key(caller),
            kept.reputation_key(caller),
            checks_key(caller),
            *kept.campaign_keys(caller, now),
            *map(kept.block_key, kept.blocks_of(caller)),
        ]
    return keys


def _rule_keys(caller: str) -> list[ItemKey]:
    """The keys of every rule that could be about a caller, the shortest prefix first."""
    return [rule_key(caller[:length]) for length in range(_SHORTEST_PREFIX, len(caller) + 1)]
