"""The records of screened calls. Each change is stored once; a repeated webhook changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.calls.call_record import CallRecord, call_key
from ivr.reports import SCREENED, Report, report_key
from ivr.screening.caller_list import ListEntry
from ivr.store.caller_lists import ALLOW, BLOCK

if TYPE_CHECKING:
    from ivr.store.table import Table


class Calls:
    """The records of screened calls. Every method may raise ``StoreUnavailableError``."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def accept(
        self, call_sid: str, now: int, *, wants_trust: bool, customer_sid: str = "", languages: str = ""
    ) -> CallRecord | None:
        """Store that the customer accepted this call with a key, once. None: no such call.

        For a guarded call, ``customer_sid`` is the customer's leg and ``languages`` are the languages it hears.
        """
        guarded = {"customer_sid": customer_sid, "languages": languages} if customer_sid else {}
        return self._table.set_once(
            CallRecord,
            call_key(call_sid),
            "attribute_exists(pk)",
            accepted_at=now,
            wants_trust=int(wants_trust),
            **guarded,
        )

    def decline(self, call_sid: str, now: int) -> CallRecord | None:
        """Store that the customer declined this call with a key, once. None: no such call."""
        return self._table.set_once(CallRecord, call_key(call_sid), "attribute_exists(pk)", declined_at=now)

    def report_waits(self, call_sid: str, now: int) -> None:
        """Store that a report on this call waits in the queue, once."""
        self._table.set_once(CallRecord, call_key(call_sid), "attribute_exists(pk)", reported_at=now)

    def end(
        self, call_sid: str, now: int, *, talked: bool, by: str = "", dial_status: str = "", dial_error: str = ""
    ) -> CallRecord | None:
        """Store that a call is over, who ended it, and the status and error that Twilio gave for its Dial. Once.

        The line must have been released before. Returns the record as it is now, whichever webhook has ended the call.
        None: no such call.
        """
        item = self._table.change_or_read(
            call_key(call_sid),
            "SET ended_at = :now, freed_at = :now, talked = :talked, ended_by = :by, "
            "dial_status = :status, dial_error = :error",
            "attribute_exists(pk) AND attribute_not_exists(ended_at)",  # all of one webhook, or none
            now=now,
            talked=int(talked),
            by=by,
            status=dial_status,
            error=dial_error,
        )
        return self._table.read(CallRecord, item)

    def hang_up(self, call_sid: str, now: int, seconds: int) -> CallRecord | None:
        """Store that the caller's leg has ended after ``seconds``, once, while the customer's goes on.

        The customer's leg stores its end in the same item, so that the second to end sees both. None: no such call.
        """
        key, is_there = call_key(call_sid), "attribute_exists(pk)"
        return self._table.set_once(CallRecord, key, is_there, hung_up_at=now, seconds=seconds)

    def trust(self, call: CallRecord, now: int) -> None:
        """Put a call's caller on the customer's caller list as trusted, once a call: a later undo stays.

        A block or a report on this call wins, even one that is stored at the same moment: the customer's leg reports
        while the caller's leg ends the call.
        """
        allow = ListEntry(line=call.line, caller=call.caller, word=ALLOW, at=now, source=call.call_sid)
        unsettled = "attribute_not_exists(trusted_at) AND attribute_not_exists(reported_at)"
        once = self._table.updating(call.key, "SET trusted_at = :now", unsettled, now=now)
        no_block = "attribute_not_exists(pk) OR #word <> :block OR #until <= :now"
        unreported = self._table.checking(report_key(call.call_sid, SCREENED), "attribute_not_exists(pk)")
        put = self._table.putting(allow, no_block, block=BLOCK, now=now)
        self._table.all_or_none(once={"Update": once}, allow={"Put": put}, unreported={"ConditionCheck": unreported})

    def with_reports(self, call_sid: str) -> tuple[CallRecord | None, list[Report]]:
        """A call's record and what was reported in it, in one query."""
        items = list(self._table.partition(call_key(call_sid).pk))
        calls = [*self._table.read_all(CallRecord, (item for item in items if item["sk"] == "CALL"))]
        reports = [*self._table.read_all(Report, (item for item in items if item["sk"].startswith("REPORT#")))]
        return (calls[0] if calls else None), reports

    def get(self, call_sid: str) -> CallRecord | None:
        """A call's record."""
        return self._table.read(CallRecord, self._table.get(call_key(call_sid)))
