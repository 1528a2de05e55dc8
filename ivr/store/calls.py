"""The table as the calls use it: one look-up for the first answer, then conditional writes by the call's own id."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from ivr.calls.call_record import CallRecord, LineLock, call_key, line_lock_key
from ivr.observability.failures import Why
from ivr.reports.report import SCREENED, Report, report_key
from ivr.reputation import items as kept
from ivr.screening.caller_list import ListEntry, list_entry_key
from ivr.screening.desk_decision import DeskDecision, PrefixRule, decision_key, rule_key
from ivr.screening.failed_checks import FailedChecks, checks_key
from ivr.screening.line import Line, line_key
from ivr.screening.rules import CallerLookup
from ivr.secrets.key_fingerprint import FINGERPRINT_KEY
from ivr.store.caller_lists import ALLOW, BLOCK
from ivr.store.counting import RING
from ivr.store.reports import Reports
from ivr.store.table import StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mypy_boto3_dynamodb import DynamoDBClient

    from ivr.numbers.phone_number import Number
    from ivr.records.base import Item, ItemKey
    from ivr.store.table import R, Value

_LINES_KEPT = 1000
_LINE_FRESH_SECONDS = 60  # a call's notice and check take less
_SHORTEST_PREFIX = 2  # a plus and a digit: no rule of the desk is wider than a numbering zone


class Store(Reports):
    """The table, for the voice webhooks."""

    def __init__(self, table: str, client: DynamoDBClient) -> None:
        super().__init__(table, client)
        self._lines: dict[str, tuple[Line, int]] = {}  # the last good record of each line, and when it was read
        self._fingerprint = ""

    def known_fingerprint(self) -> str:
        """The fingerprint of the table's key, if a look-up has read it in passing; else an empty string."""
        return self._fingerprint

    # The caller's first answer: one round trip.

    def look_up(self, to: str, caller: Number, now: int) -> CallerLookup:
        """Everything that a verdict needs, in ONE BatchGetItem of keys made from To and From alone.

        A partial answer comes back with ``complete`` False, and so does one with an item in it that can't be read.
        Where the line itself could not be read, the container's last good record of it serves; raises
        ``StoreUnavailableError`` where there is none.
        """
        keys = list(dict.fromkeys(_keys_for(to, caller.text, now)))  # a line may ring itself; no key may stand twice
        if not self._fingerprint:  # once a container, so that the key of the pseudonyms is known before it is needed
            keys.append(FINGERPRINT_KEY)
        try:
            items, missing = self._batch_get(keys)
        except StoreUnavailableError:
            if to in self._lines:
                return CallerLookup(line=self._lines[to][0], complete=False)
            raise
        missing.discard(FINGERPRINT_KEY)  # no verdict hangs on it
        self._fingerprint = self._fingerprint or str(items.get(FINGERPRINT_KEY, {}).get("fingerprint", ""))
        line = self._remember(to, items, missing, now)

        def read(kind: type[R], *keys: ItemKey) -> list[R]:
            """The records that stand at these keys; one that can't be read is missing as one that was not."""
            found = []
            for key in keys:
                record = self._read(kind, items.get(key))
                if record is not None:
                    found.append(record)
                elif key in items:
                    missing.add(key)
            return found

        def one(kind: type[R], key: ItemKey) -> R | None:
            return next(iter(read(kind, key)), None)

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
            prefix_rules=tuple(read(PrefixRule, *(key for key in keys if key.pk.startswith("PREFIX#")))),
            reputation=one(kept.Reputation, kept.reputation_key(caller.text)),
            blocks=tuple(read(kept.Block, *map(kept.block_key, kept.blocks_of(caller.text)))),
            campaign_lines=frozenset().union(*(campaign.lines for campaign in campaigns)),
            talk_days=familiar.talk_days if familiar else frozenset(),
            distrusted=bool(familiar and familiar.reported),
            shaken_at=aftermath.last if aftermath else 0,
            failing_until=failing.flagged_until if failing else 0,
        )
        return lookup._replace(complete=not missing)

    def _remember(self, to: str, items: dict[ItemKey, Item], missing: set[ItemKey], now: int) -> Line | None:
        """The line, as it was read just now or, where it could not be, as this container read it last."""
        key = line_key(to)
        line = self._read(Line, items.get(key))
        if line is None:
            if key in items:
                missing.add(key)
            if key in missing:
                if to not in self._lines:
                    raise StoreUnavailableError(Why.UNPROCESSED)
                return self._lines[to][0]
            self._lines.pop(to, None)
            return None
        if len(self._lines) >= _LINES_KEPT:
            self._lines.pop(next(iter(self._lines)))
        self._lines[to] = line, now
        return line

    # Ringing the customer.

    def line(self, number: str, now: int) -> Line | None:
        """A line by its number.

        What this container read within the last minute needs no read, and an older record serves when there is none.
        """
        known, read_at = self._lines.get(number, (None, 0))
        if known and now - read_at <= _LINE_FRESH_SECONDS:
            return known
        key = line_key(number)
        try:
            item = self._get(key)
        except StoreUnavailableError:
            if known:
                return known
            raise
        return self._remember(number, {key: item} if item else {}, set(), now)

    def open_ring(self, ring: LineLock, call: CallRecord, now: int) -> bool:
        """Take the line for this call and record the call, in one write. False: another call has the line, or had it.

        A call that once found its line taken never takes it: its captured request would hold the line while nobody is
        rung, so that the line's own callers would find it engaged. Nor does one whose record has expired.
        """
        # A damaged ring, whose end nobody can read, holds no line for ever.
        is_free = (
            "attribute_not_exists(pk) OR #until <= :now OR call_sid = :call OR NOT attribute_type(#until, :number)"
        )
        take_line = self._putting(ring, is_free, now=now, call=ring.call_sid, number="N")
        once = self._for_the_first_time(ring.call_sid, RING, now)
        refused = self._all_or_none({"Put": take_line}, {"Put": self._putting_once(call)}, {"Put": once})
        if not refused:
            return True
        is_taken, is_recorded, is_remembered = refused
        if is_taken and not is_remembered:
            with suppress(StoreUnavailableError):  # the caller finds the line taken all the same
                self._do(self.client.put_item, once)
        return is_recorded and not is_taken  # the same call again: its record is there

    def hold_ring(self, line: str, call_sid: str, until: int, now: int) -> None:
        """Keep the line taken while the two talk; a line that was freed meanwhile stays free."""
        self._change_ring(line, call_sid, until, "#until > :now", now=now)

    def close_ring(self, line: str, call_sid: str) -> None:
        """Free the line, if this call still has it."""
        self._change_ring(line, call_sid, 0, "attribute_exists(pk)")

    def _change_ring(self, line: str, call_sid: str, until: int, condition: str, **values: Value) -> None:
        self._update_if(
            line_lock_key(line),
            "SET #until = :until, rings_until = :none",  # it rings no more, either way
            f"call_sid = :call AND {condition}",
            call=call_sid,
            until=until,
            none=0,
            **values,
        )

    # The screened call's record.

    def accept(
        self, call_sid: str, now: int, *, wants_trust: bool, customer_sid: str = "", languages: str = ""
    ) -> CallRecord | None:
        """Store that the customer accepted this call with a key, the first time it was said. None: no such call.

        ``customer_sid`` is the customer's leg of a call that is to be guarded, ``languages`` what it is spoken to in.
        """
        guarded = {"customer_sid": customer_sid, "languages": languages} if customer_sid else {}
        return self._set_once(
            CallRecord,
            call_key(call_sid),
            "attribute_exists(pk)",
            accepted_at=now,
            wants_trust=int(wants_trust),
            **guarded,
        )

    def decline(self, call_sid: str, now: int) -> CallRecord | None:
        """Store that the customer declined this call with a key, the first time it was said. None: no such call."""
        return self._set_once(CallRecord, call_key(call_sid), "attribute_exists(pk)", declined_at=now)

    def report_waits(self, call_sid: str, now: int) -> None:
        """Store that a report on this call waits in the queue, the first time it was said."""
        self._set_once(CallRecord, call_key(call_sid), "attribute_exists(pk)", reported_at=now)

    def end(
        self, call_sid: str, now: int, *, talked: bool, by: str = "", dial_status: str = "", dial_error: str = ""
    ) -> None:
        """Store that a call is over, who left it and what Twilio said of its Dial, the first time it was said."""
        self._update_if(
            call_key(call_sid),
            "SET ended_at = :now, talked = :talked, ended_by = :by, dial_status = :status, dial_error = :error",
            "attribute_exists(pk) AND attribute_not_exists(ended_at)",
            now=now,
            talked=int(talked),
            by=by,
            status=dial_status,
            error=dial_error,
        )

    def trust(self, call: CallRecord, now: int) -> None:
        """Put a call's caller on the customer's own list, once a call: what is undone later stays undone.

        A block that stands there was made meanwhile, and stays. So does a report on the call, which may be under way at
        this very moment: the customer's leg makes it while the caller's tells that the talk is over.
        """
        allow = ListEntry(line=call.line, caller=call.caller, word=ALLOW, at=now, source=call.call_sid)
        once = self._updating(call.key, "SET trusted_at = :now", "attribute_not_exists(trusted_at)", now=now)
        no_block = "attribute_not_exists(pk) OR #word <> :block OR #until <= :now"
        unreported = self._checking(report_key(call.call_sid, SCREENED), "attribute_not_exists(pk)")
        put = self._putting(allow, no_block, block=BLOCK, now=now)
        self._all_or_none({"Update": once}, {"Put": put}, {"ConditionCheck": unreported})

    def call_with_reports(self, call_sid: str) -> tuple[CallRecord | None, list[Report]]:
        """A call's record and what was reported in it, in one query."""
        items = list(self._partition(call_key(call_sid).pk))
        calls = [*self._read_all(CallRecord, (item for item in items if item["sk"] == "CALL"))]
        reports = [*self._read_all(Report, (item for item in items if item["sk"].startswith("REPORT#")))]
        return (calls[0] if calls else None), reports

    def call(self, call_sid: str) -> CallRecord | None:
        """A call's record."""
        return self._read(CallRecord, self._get(call_key(call_sid)))


def _keys_for(to: str, caller: str, now: int) -> Iterable[ItemKey]:
    """The keys of the one look-up, made of To, From and the time alone: as many for ten reports as for a million."""
    yield line_key(to)
    yield line_lock_key(to)
    yield kept.aftermath_key(to)
    if caller:
        yield line_key(caller)
        yield list_entry_key(to, caller)
        yield kept.familiar_key(to, caller)
        yield decision_key(caller)
        yield kept.reputation_key(caller)
        yield checks_key(caller)
        yield from kept.campaign_keys(caller, now)
        yield from map(kept.block_key, kept.blocks_of(caller))
        for length in range(_SHORTEST_PREFIX, len(caller) + 1):
            yield rule_key(caller[:length])
