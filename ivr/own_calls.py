"""What a customer may ask about their own calls: a ring-back, and then the last call, the last report, withdrawing it.

Caller id proves nothing (DESIGN 2). What reveals or undoes happens only on a leg that we dialled to the registered
number, and each of these effects looks at the signed Direction itself, whatever page asked for it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ivr.flow.engine import Effect, Outcome
from ivr.follow_up.records import RingBack
from ivr.pseudonym import pseudonym

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.records import CallRecord, Report
    from ivr.settings import Settings
    from ivr.store import Store
    from ivr.webhook import Webhook

LAST_CALL = "last"  # which report: that on the last screened call, whose CallSid may not ride in a URL
_DAY = 24 * 3600
_WITHDRAWN_WITHIN = _DAY  # a report may be withdrawn for a day (part 2, point 1)
_ENDING_DIGITS = 2  # of the caller's number, to know the call by


class OwnCalls:
    """The effects of one deployment on a customer's own calls."""

    def __init__(self, settings: Settings, hmac_key: Callable[[], str], store: Store) -> None:
        self.settings = settings
        self.hmac_key = hmac_key
        self.store = store

    def ask_ring_back(self, effect: Effect, webhook: Webhook) -> Outcome:
        """Ask for a ring-back. Whether the number is registered is not told: whoever asks has proved nothing."""
        number = webhook.person
        person = pseudonym(number, self.hmac_key())
        last = self.store.last_call(person)
        if last:
            day = f"{datetime.fromtimestamp(webhook.now, UTC):%Y-%m-%d}"
            self.store.ask_ring_back(
                RingBack(
                    person=person,
                    day=day,
                    number=number,
                    line=last.line,
                    languages="-".join(effect.state.languages),
                    asked_at=webhook.now,
                    expires=webhook.now + _DAY,
                )
            )
        return Outcome("asked")

    def find_last_call(self, _: Effect, webhook: Webhook) -> Outcome:
        """The last screened call to this customer: its day, its time and how the caller's number ends."""
        call = self.last_call(webhook)
        if call is None:
            return Outcome("none")
        from zoneinfo import ZoneInfo  # only this page speaks of the time of day

        at = datetime.fromtimestamp(call.rang_at, ZoneInfo(self.settings.timezone))
        values = {"day": f"{at:%d}", "clock": f"{at:%H%M}", "ending": call.caller[-_ENDING_DIGITS:]}
        return Outcome("found", values=values)

    def find_last_report(self, _: Effect, webhook: Webhook) -> Outcome:
        """The customer's last report, if it may still be withdrawn."""
        report = self._last_report(webhook)
        return Outcome("found", sets={"reference": report.reference}) if report else Outcome("none")

    def withdraw_last_report(self, _: Effect, webhook: Webhook) -> Outcome:
        """Withdraw the customer's last report."""
        report = self._last_report(webhook)
        if report is None:
            return Outcome("none")
        self.store.withdraw(report)
        return Outcome("withdrawn")

    def last_call(self, webhook: Webhook) -> CallRecord | None:
        """The last screened call to the customer whom we rang back, or None on any other leg."""
        if not webhook.is_ring_back:
            return None
        last = self.store.last_call(pseudonym(webhook.person, self.hmac_key()))
        return self.store.call(last.call_sid) if last else None

    def _last_report(self, webhook: Webhook) -> Report | None:
        if not webhook.is_ring_back:
            return None
        last = self.store.last_report(pseudonym(webhook.person, self.hmac_key()))
        report = self.store.report(last.call_sid, last.which) if last else None
        in_time = report and webhook.now - report.reported_at <= _WITHDRAWN_WITHIN
        return report if report and in_time and not report.withdrawn else None
