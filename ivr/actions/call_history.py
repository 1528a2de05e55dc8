"""A customer's own calls: request a ring-back and then, on it, report the last call or withdraw the last report.

Caller id can be forged. Actions that reveal or undo something work only on a leg that the service dialled to the
registered number. Each of them checks the signed Direction itself and doesn't rely on the page.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Literal

from ivr.actions.declared import action
from ivr.flow.engine import ActionCall, ActionResult
from ivr.flow.state import in_digits
from ivr.jobs.job import ASKED, FAILED, UNREGISTERED, RingBack
from ivr.records.base import DAY
from ivr.store.counters import RING_BACKS
from ivr.voicemail import word_of

if TYPE_CHECKING:
    from ivr.actions.context import Context
    from ivr.calls.call_record import CallRecord
    from ivr.flow.facts import Facts
    from ivr.flow.state import State
    from ivr.reports import Report
    from ivr.telephony.webhook import Webhook

LAST_CALL = "last"  # the report on the call that was read out last; URLs hold no CallSid of another call
_WITHDRAWN_WITHIN = DAY  # a report may be withdrawn for a day
ENDING_DIGITS = 2  # of the caller's number, by which the customer recognises the call


class CallHistoryActions:
    """The actions of one deployment on a customer's own calls."""

    def __init__(self, context: Context) -> None:
        self.context = context

    @action("ask_ring_back", "Asks for a ring-back to the registered number, if there is one.")
    def ask_ring_back(
        self, action: ActionCall, webhook: Webhook
    ) -> ActionResult[Literal["asked", "no_more", "no_number", "unable"]]:
        """Request a ring-back. The result doesn't reveal whether the number is registered: caller id is no proof.

        So an unregistered number counts towards the limit too.
        """
        number = self.context.read(webhook.person).text  # a trunk may send the national format
        if not number:
            return ActionResult("no_number")
        if not self.context.api.capabilities.rings:
            return ActionResult("unable")
        line = self.context.line_of(number, webhook)
        ring_back = RingBack(
            call_sid=webhook.call_sid,
            person=self.context.pseudonym(number),
            day=self.context.local_day(webhook.now),
            line=line.number if line else "",
            languages="-".join(action.state.languages),
            asked_at=webhook.now,
            expires=webhook.now + DAY,
            state=ASKED if line else FAILED,
            outcome="" if line else UNREGISTERED,
        )
        if self.context.store.ring_backs.ask(ring_back, most=self.context.settings.ring_backs_a_day):
            return ActionResult("asked")
        self.context.log.count("capped", what=RING_BACKS)
        return ActionResult("no_more")

    @action("take_ring_back", "Stores that the customer took the ring-back.")
    def take_ring_back(self, action: ActionCall, webhook: Webhook) -> ActionResult[Literal["taken"]]:
        """Store that the customer took the ring-back with a key: no further one on the day of the request."""
        if webhook.is_ring_back and action.state.asked:
            self.context.store.ring_backs.take(self.context.person(webhook), in_digits(action.state.asked), webhook.now)
        return ActionResult("taken")

    @action("find_last_call", "Looks up the last screened call to this customer.")
    def find_last_call(self, _: ActionCall, webhook: Webhook) -> ActionResult[Literal["found", "none"]]:
        """Find the last screened call to this customer: day, time and the last digits of the caller's number."""
        last = self.context.store.latest.call(self.context.person(webhook)) if webhook.is_ring_back else None
        call = self.context.store.calls.get(last.call_sid) if last else None
        if call is None:
            return ActionResult("none")
        values = told(call.rang_at, call.caller, self.context.settings.timezone)
        return ActionResult("found", sets={"call": word_of(call.call_sid)}, values=values)

    @action("find_last_report", "Looks up the customer's last report, if it is not older than a day.")
    def find_last_report(self, _: ActionCall, webhook: Webhook) -> ActionResult[Literal["found", "none"]]:
        """Find the customer's last report, if it may still be withdrawn."""
        report = self._last_report(webhook)
        return ActionResult("found", sets={"reference": report.reference}) if report else ActionResult("none")

    @action("withdraw_last_report", "Withdraws that report.")
    def withdraw_last_report(self, action: ActionCall, webhook: Webhook) -> ActionResult[Literal["withdrawn", "none"]]:
        """Withdraw the customer's last report, if it still is the one whose reference was read out."""
        report = self._last_report(webhook)
        if report is None or report.reference != action.state.reference:
            return ActionResult("none")
        self.context.store.reports.withdraw(report)
        return ActionResult("withdrawn")

    def call_read_out(self, state: State, webhook: Webhook) -> CallRecord | None:
        """The call that was read out to the customer on this ring-back, even if newer calls have come in.

        It can be found while it is their last call or their last reported one. None on any other leg.
        """
        if not webhook.is_ring_back or not state.call:
            return None
        person, store = self.context.person(webhook), self.context.store
        for find in (store.latest.call, store.latest.report):
            last = find(person)
            if last and word_of(last.call_sid) == state.call:
                return store.calls.get(last.call_sid)
        return None

    def _last_report(self, webhook: Webhook) -> Report | None:
        if not webhook.is_ring_back:
            return None
        last = self.context.store.latest.report(self.context.person(webhook))
        report = self.context.store.reports.get(last.call_sid, last.which) if last else None
        in_time = report and webhook.now - report.reported_at <= _WITHDRAWN_WITHIN
        return report if report and in_time and not report.withdrawn else None


def told(at: int, caller: str, timezone: str) -> Facts:
    """The facts by which a customer recognises a call: day, time and the last digits of the caller's number."""
    from zoneinfo import ZoneInfo  # only a ring-back needs it

    then = datetime.fromtimestamp(at, ZoneInfo(timezone))
    return {"day": f"{then:%d}", "clock": f"{then:%H%M}", "ending": caller[-ENDING_DIGITS:]}
