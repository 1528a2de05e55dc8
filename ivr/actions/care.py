"""Customer care: its hours, what the agent hears, whether an agent took the call, and call-backs.

``ivr.care`` and time zones are imported at first use: most calls never need them.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Literal

from ivr.actions.declared import action
from ivr.care import ALWAYS
from ivr.flow.engine import ActionCall, ActionResult
from ivr.numbers import phone_number
from ivr.numbers.phone_number import Kind
from ivr.pseudonym import reference
from ivr.records.base import expiry
from ivr.store import StoreUnavailableError

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from ivr.actions.context import Context
    from ivr.actions.reports import ReportActions
    from ivr.care.call_backs import CallBack
    from ivr.care.hours import Hours
    from ivr.flow.facts import Facts
    from ivr.flow.state import State
    from ivr.telephony.webhook import Webhook

_CARE_CALL_DAYS = 1  # an agent hears only about this call
_TICKET = "call_back"  # the name of the call-back's reference within the call
_ROUNDED_TO = 900  # a quarter of an hour: the promised time is a round one
_ENDING_DIGITS = 2  # of the number that will be called back, so that the person recognises it
_LAST_WORDS_SECONDS = 60  # longer than what an agent hears after the accepting key, in any language


class CareActions:
    """The actions of one deployment on customer care."""

    def __init__(self, context: Context, reports: ReportActions) -> None:
        self.context = context
        self.reports = reports

    @action("care_hours", "Looks up whether customer care is open.")
    def care_hours(self, _: ActionCall, webhook: Webhook) -> ActionResult[Literal["open", "closed"]]:
        """Whether care is open now, and when it opens next. Needs no store."""
        if self.context.settings.care_hours == ALWAYS or self._hours.open_at(webhook.now):
            return ActionResult("open")
        return ActionResult("closed", values=self._said(self._hours.opens_next(webhook.now), webhook.now))

    # The way to an agent.

    @action("brief_care", "Keeps the number that was reported for the agent.")
    def brief_care(self, action: ActionCall, webhook: Webhook) -> ActionResult[Literal["ready"]]:
        """Store the number that was reported in this call for the agent who takes it. Without a report, nothing."""
        if number := self._reported(action, webhook):
            from ivr.care.call_backs import CareCall

            expires = expiry(webhook.now, _CARE_CALL_DAYS)
            self.context.store.care_calls.put(CareCall(call_sid=webhook.call_sid, number=number, expires=expires))
        return ActionResult("ready")

    def _reported(self, action: ActionCall, webhook: Webhook) -> str:
        made = self.reports.made(action, webhook)
        if not made:
            return ""
        call_sid, which = made
        # If the report waits in the queue, the call's record has the caller.
        about = self.context.store.reports.get(call_sid, which) or self.context.store.calls.get(call_sid)
        return about.caller if about else ""

    @action("accept_care", "Stores that the agent takes the call.")
    def accept_care(self, _: ActionCall, webhook: Webhook) -> ActionResult[Literal["accepted"]]:
        """Store that the agent on this leg took the call, and say which number was reported in it."""
        from ivr.care.call_backs import CareCall

        accepted = self.context.store.care_calls.accept(
            CareCall(
                call_sid=webhook.screened_sid,
                accepted_by=webhook.call_sid,
                accepted_at=webhook.now,
                expires=expiry(webhook.now, _CARE_CALL_DAYS),
            )
        )
        return ActionResult("accepted", values={"number": accepted.number})

    @action("judge_care", "Looks up whether an agent took the call, and no voicemail.")
    def judge_care(self, _: ActionCall, webhook: Webhook) -> ActionResult[Literal["talked", "not_taken"]]:
        """Whether an agent took the call that has just ended, rather than a voicemail.

        If Twilio says that the two were bridged, an agent took it. If it doesn't say, the stored acceptance counts if
        it is older than the agent's prompts take: a younger one means that the agent hung up before the talk. A dial
        that nothing answered needs no look-up.
        """
        talked = webhook.dial.bridged
        if webhook.dial.answered and not talked:
            call = self.context.store.care_calls.get(webhook.call_sid)
            accepted = call is not None and call.accepted_by == webhook.dial.leg_sid != ""
            talked = bool(call and accepted and webhook.now - call.accepted_at > _LAST_WORDS_SECONDS)
        if talked:
            self.context.log.count("care_talked")
            return ActionResult("talked")
        self.context.log.count("care_not_taken")
        return ActionResult("not_taken")

    @action("wait_in_queue", "Looks up how long this person has waited.")
    def wait_in_queue(self, _: ActionCall, webhook: Webhook) -> ActionResult[Literal["wait", "too_long"]]:
        """The person's position in Twilio's queue, and whether they have waited too long."""
        position, waited = webhook.queue
        if waited is not None and waited >= self.context.settings.care_queue_seconds:
            return ActionResult("too_long")
        return ActionResult("wait", values={"position": position or 0})

    # The call-back.

    @action("can_call_back", "Looks up whether this number may be called back.")
    def can_call_back(self, _: ActionCall, webhook: Webhook) -> ActionResult[Literal["yes", "no"]]:
        """Whether a call-back may be offered on this leg. Only a number of another region is looked up in the store."""
        return ActionResult("yes" if self._number_to_call(webhook) else "no")

    @action("ask_call_back", "Asks for a call-back, unless one is open or was made today.")
    def ask_call_back(
        self, action: ActionCall, webhook: Webhook
    ) -> ActionResult[Literal["asked", "already", "late", "had_today", "no_number"]]:
        """Ask for a call-back to the person on this leg, one at a time and one a day."""
        from ivr.care.call_backs import DONE

        try:
            number = self._number_to_call(webhook)
            if not number:
                return ActionResult("no_number")
            asked = self._call_back(number, action.state, webhook)
            counts = self._ask(asked, webhook.now)
        except StoreUnavailableError:
            self.context.log.count("call_back_not_recorded")
            raise
        ending: Facts = {"ending": number[-_ENDING_DIGITS:]}
        if counts.call_sid == webhook.call_sid:  # by this webhook or its first delivery
            return ActionResult("asked", values={**self._said(counts.due_at, webhook.now), **ending})
        if counts.state == DONE:
            self.context.log.count("capped", what="call_backs")
            return ActionResult("had_today")
        if not webhook.is_outbound:  # caller id is no proof: reveal no earlier call-back
            return ActionResult("asked", values={**self._said(asked.due_at, webhook.now), **ending})
        if counts.is_late(webhook.now):  # a promised time that has passed is not repeated
            return ActionResult("late", values=ending)
        return ActionResult("already", values={**self._said(counts.due_at, webhook.now), **ending})

    def _ask(self, asked: CallBack, now: int) -> CallBack:
        """Store a call-back, or send it to the queue. Returns the person's open one."""
        most = self.context.settings.call_backs_a_day
        counts = self.context.outbox.keep_or_send(
            asked, lambda asked: self.context.store.call_backs.ask(asked, now, most=most)
        )
        if counts is asked:
            self.context.log.count("call_back_asked")
        return counts or asked

    def _call_back(self, number: str, state: State, webhook: Webhook) -> CallBack:
        from ivr.care.call_backs import CallBack

        settings, now = self.context.settings, webhook.now
        due = self._hours.after(now, settings.call_back_within_hours * 3600)
        due += -due % _ROUNDED_TO
        return CallBack(
            person=self.context.pseudonym(number),
            call_sid=webhook.call_sid,
            ticket=reference(webhook.call_sid, _TICKET, self.context.hmac_key()),
            asked_at=now,
            day=self.context.local_day(now),
            due_at=due,
            languages="-".join(state.languages),
            expires=expiry(due, settings.retention_call_backs_days),
            number=number,
            proved=int(webhook.is_outbound),
            category=state.category,
            loss=state.loss,
            reference=state.reference,
            told_at=now if state.reference else 0,
        )

    def _number_to_call(self, webhook: Webhook) -> str:
        """The number of the person on this leg, if care may call it: registered, or a telephone of the home region.

        The service dials only registered numbers.
        """
        number = self.context.read(webhook.called if webhook.is_outbound else webhook.caller)
        if number.kind is not Kind.E164:
            return ""
        if phone_number.may_be_dialled(number, *self.context.settings.numbering):
            return number.text
        from ivr.jobs.destinations import why_not_ring

        if why_not_ring(number.text):
            return ""
        return number.text if webhook.is_outbound or self.context.line_of(number.text, webhook) else ""

    # Made at first use.

    @cached_property
    def _zone(self) -> ZoneInfo:
        from zoneinfo import ZoneInfo

        return ZoneInfo(self.context.settings.timezone)

    @cached_property
    def _hours(self) -> Hours:
        from ivr.care.hours import read

        return read(self.context.settings.care_hours, self._zone)

    def _said(self, moment: int, now: int) -> Facts:
        from ivr.flow.dates import said

        return said(moment, now, self._zone)
