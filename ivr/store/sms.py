"""The SMS about reports: one a report, and a limited number a day."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from ivr.jobs.job import FAILED, TOO_MANY, Sms, sms_key
from ivr.observability.failures import Why
from ivr.records.base import day_of
from ivr.store.counters import SMS, Counters, counts_key
from ivr.store.errors import StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ivr.reports import Report
    from ivr.store.table import Table

_MOST_IN_A_BATCH = 100  # DynamoDB's limit


class SmsMessages:
    """The SMS about reports. Every method may raise ``StoreUnavailableError``."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._counters = Counters(table)

    def ask(self, message: Sms, now: int, *, most: int) -> None:
        """Store the SMS about a report, once. Over ``most`` for this person today it is stored as not sent."""
        if self._table.get(message.key):  # cheaper than a transaction that fails, which is billed in full
            return
        day = counts_key(message.person, day_of(now))
        refused = self._table.all_or_none(
            sms={"Put": self._table.putting_once(message)},
            count={"Update": self._counters.increment(day, SMS, now, most=most)},
        )
        if refused and "sms" not in refused:
            self._table.put_once(replace(message, state=FAILED, outcome=TOO_MANY))

    def get(self, call_sid: str, which: str) -> Sms | None:
        """The SMS about a report, if there is one."""
        return self._table.read(Sms, self._table.get(sms_key(call_sid, which)))

    def about(self, reports: Iterable[Report]) -> Iterator[tuple[Report, Sms]]:
        """Each report with its SMS, in the given order, without the reports that have none."""
        coming = iter(reports)
        while batch := list(islice(coming, _MOST_IN_A_BATCH)):
            keys = [sms_key(report.call_sid, report.which) for report in batch]
            items, missing = self._table.batch_get(keys)
            if missing:
                raise StoreUnavailableError(Why.UNPROCESSED)
            messages = (self._table.read(Sms, items.get(key)) for key in keys)
            yield from ((report, message) for report, message in zip(batch, messages, strict=True) if message)
