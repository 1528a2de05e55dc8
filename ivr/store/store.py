"""The store: one table, and one class for each subject that is kept in it.

Each class is imported and built at its first use, which keeps a cold start short.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from ivr.store.table import Table

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from ivr.numbers.phone_number import Number
    from ivr.records.base import Record
    from ivr.screening.rules import CallerLookup
    from ivr.store.call_backs import CallBacks
    from ivr.store.caller_lists import CallerLists
    from ivr.store.caller_lookup import CallerLookups
    from ivr.store.calls import Calls
    from ivr.store.care_calls import CareCalls
    from ivr.store.conferences import Conferences
    from ivr.store.disputes import Disputes
    from ivr.store.failed_checks import FailedCheckCounts
    from ivr.store.fingerprints import Fingerprints
    from ivr.store.jobs import Jobs
    from ivr.store.latest import LatestRecords
    from ivr.store.line_locks import LineLocks
    from ivr.store.lines import Lines
    from ivr.store.opt_outs import OptOuts
    from ivr.store.outcomes import Outcomes
    from ivr.store.reports import Reports
    from ivr.store.reputations import Reputations
    from ivr.store.ring_backs import RingBacks
    from ivr.store.sms import SmsMessages
    from ivr.store.voicemails import Voicemails


class Store:
    """The store of one deployment: the table ``name``, reached through ``client``."""

    _for_people = False

    def __init__(self, name: str, client: DynamoDBClient) -> None:
        self.table = Table(name, client)

    def look_up(self, to: str, caller: Number, now: int) -> CallerLookup:
        """Everything that a verdict needs, in one request (``ivr.store.caller_lookup``)."""
        return self._lookups.look_up(to, caller, now)

    def known_fingerprint(self) -> str:
        """The fingerprint of the table's key, if a look-up has read it; else an empty string."""
        return self._lookups.known_fingerprint()

    def prepare(self) -> None:
        """Import what a screened call needs, for a snapshot that is restored into every container. Asks nothing."""
        _ = self._lookups, self.line_locks, self.calls, self.conferences, self.outcomes, self.reports
        _ = self.failed_checks, self.voicemails, self.latest

    def put(self, record: Record) -> None:
        """Store a record of any kind, in place of what was there."""
        self.table.put(record)

    def put_once(self, record: Record) -> bool:
        """Store a record of any kind if its key is free. False: it is not; the stored item stays."""
        return self.table.put_once(record)

    @cached_property
    def _lookups(self) -> CallerLookups:
        from ivr.store.caller_lookup import CallerLookups

        return CallerLookups(self.table, self.lines, for_people=self._for_people)

    @cached_property
    def lines(self) -> Lines:
        """The registered lines."""
        from ivr.store.lines import Lines

        return Lines(self.table)

    @cached_property
    def line_locks(self) -> LineLocks:
        """The locks of lines that ring or talk."""
        from ivr.store.line_locks import LineLocks

        return LineLocks(self.table)

    @cached_property
    def calls(self) -> Calls:
        """The records of screened calls."""
        from ivr.store.calls import Calls

        return Calls(self.table)

    @cached_property
    def conferences(self) -> Conferences:
        """Guarded talks."""
        from ivr.store.conferences import Conferences

        return Conferences(self.table)

    @cached_property
    def outcomes(self) -> Outcomes:
        """The outcomes of calls."""
        from ivr.store.outcomes import Outcomes

        return Outcomes(self.table)

    @cached_property
    def reports(self) -> Reports:
        """The reports."""
        from ivr.store.reports import Reports

        return Reports(self.table, self.caller_lists)

    @cached_property
    def caller_lists(self) -> CallerLists:
        """Customers' caller lists."""
        from ivr.store.caller_lists import CallerLists

        return CallerLists(self.table)

    @cached_property
    def latest(self) -> LatestRecords:
        """People's last calls and reports."""
        from ivr.store.latest import LatestRecords

        return LatestRecords(self.table)

    @cached_property
    def ring_backs(self) -> RingBacks:
        """The requested ring-backs."""
        from ivr.store.ring_backs import RingBacks

        return RingBacks(self.table)

    @cached_property
    def voicemails(self) -> Voicemails:
        """Voicemails and their recordings."""
        from ivr.store.voicemails import Voicemails

        return Voicemails(self.table)

    @cached_property
    def call_backs(self) -> CallBacks:
        """Call-backs by customer care."""
        from ivr.store.call_backs import CallBacks

        return CallBacks(self.table)

    @cached_property
    def care_calls(self) -> CareCalls:
        """Calls to customer care."""
        from ivr.store.care_calls import CareCalls

        return CareCalls(self.table)

    @cached_property
    def failed_checks(self) -> FailedCheckCounts:
        """Failed human checks."""
        from ivr.store.failed_checks import FailedCheckCounts

        return FailedCheckCounts(self.table)

    @cached_property
    def disputes(self) -> Disputes:
        """Disputes about numbers."""
        from ivr.store.disputes import Disputes

        return Disputes(self.table)

    @cached_property
    def reputations(self) -> Reputations:
        """Callers' reputations, to read."""
        from ivr.store.reputations import Reputations

        return Reputations(self.table)

    @cached_property
    def jobs(self) -> Jobs:
        """The jobs of the follow-up function."""
        from ivr.store.jobs import Jobs

        return Jobs(self.table)

    @cached_property
    def sms(self) -> SmsMessages:
        """The SMS about reports."""
        from ivr.store.sms import SmsMessages

        return SmsMessages(self.table)

    @cached_property
    def opt_outs(self) -> OptOuts:
        """Opt-outs from SMS."""
        from ivr.store.opt_outs import OptOuts

        return OptOuts(self.table)

    @cached_property
    def fingerprints(self) -> Fingerprints:
        """The fingerprint of the table's key."""
        from ivr.store.fingerprints import Fingerprints

        return Fingerprints(self.table)
