"""An incoming call: one look-up, one verdict, and the route of the call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from ivr.actions.declared import action
from ivr.calls.verdict import Reason, VerdictKind
from ivr.flow.engine import ActionCall, ActionResult
from ivr.observability.failures import Why
from ivr.screening.judging import Arrival, judge
from ivr.secrets import SecretUnavailableError
from ivr.store import StoreUnavailableError

if TYPE_CHECKING:
    from ivr.actions.context import Context
    from ivr.calls.verdict import Verdict
    from ivr.flow.state import StateChanges
    from ivr.screening.judging import Judgement
    from ivr.screening.routing import Route
    from ivr.screening.rules import CallerLookup
    from ivr.telephony.webhook import Webhook

_NOT_THEIRS = frozenset({Reason.IMPERSONATION, Reason.SPOOFED})  # the shown number is another person's
_MOST_COUNTED_ALOUD = 200  # "more than 200"


class ScreeningActions:
    """The actions of one deployment when a call comes in."""

    def __init__(self, context: Context) -> None:
        self.context = context

    @action("screen", "Looks up the caller and gives a verdict.")
    def screen(
        self, _: ActionCall, webhook: Webhook
    ) -> ActionResult[
        Literal[
            "loop",
            "report_line",
            "hotline_down",
            "blocked",
            "ring",
            "unknown",
            "flagged",
            "strict_withheld",
            "strict_flagged",
        ]
    ]:
        """Judge the caller and choose the route."""
        context = self.context
        try:
            judged = self.judge(webhook)
        except StoreUnavailableError as error:
            if context.read(webhook.called).text != context.settings.report_number:
                raise
            context.unreached(error)
            return ActionResult("hotline_down")  # HOTLINE_NUMBER is known without the table
        case, verdict = judged.case, judged.verdict
        if not case.lookup.complete:
            context.log.count("store_read_failed")
        unregistered = {"line": "unregistered"} if case.lookup.line is None and case.lookup.complete else {}
        context.log.count(
            "call_screened",
            verdict=verdict.kind,
            reason=verdict.reason,
            way=judged.route,
            caller=case.caller,
            **unregistered,
        )
        return self._result(judged, judged.route)

    def rehearse(self, webhook: Webhook) -> ActionResult[Route]:
        """What ``screen`` results in for an unknown caller of this number. Raises ``StoreUnavailableError``.

        It reads what a call would read, and that is all: no later step may write where ``unknown`` waits for a key.
        """
        judged = self.judge(webhook)
        if not judged.case.lookup.complete:  # a call would go on with what this container remembers
            raise StoreUnavailableError(Why.UNPROCESSED)
        return self._result(judged, "report_line" if judged.route == "report_line" else "unknown")

    def _result(self, judged: Judgement, route: Route) -> ActionResult[Route]:
        if route == "report_line":
            return ActionResult(route)
        lookup, verdict = judged.case.lookup, judged.verdict
        mode = lookup.line.mode if lookup.line else ""
        meets = self.context.api.capabilities.conferences  # a guarded talk needs one
        return ActionResult(
            route,
            sets={
                "verdict": verdict.kind,
                "why": verdict.reason,
                "digits": judged.case.caller.last_digits,
                **_reputation_in_words(verdict, lookup),
                "quiet": mode == "off",  # nothing is asked
                "guarded": meets and mode != "off" and verdict.kind is not VerdictKind.TRUSTED,
            },
        )

    def count_failed_check(self, why: str, webhook: Webhook) -> None:
        """Count that this caller failed the check, unless the shown number is forged.

        ``why`` is the verdict's reason. Raises ``StoreUnavailableError``.
        """
        context, caller = self.context, self.context.read(webhook.caller)
        if not caller.text or why in _NOT_THEIRS or caller.text in context.settings.numbers_of_our_own:
            return
        most = context.settings.failed_checks_an_hour
        if context.store.failed_checks.note(caller.text, webhook.call_sid, webhook.now, most=most):
            context.log.count("capped", what="failed_checks", caller=caller)

    def call_ended(self, webhook: Webhook) -> Judgement:
        """Judge a call that rang nobody, after its end. Safe to repeat. Raises ``StoreUnavailableError`` for the read.

        Nothing is written while the caller waits. So a call that was refused because its caller is blocked is recorded
        here: the line is careful for a minute (rule 11). A failed write is only logged.
        """
        context, judged = self.context, self.judge(webhook)
        line, verdict = judged.case.lookup.line, judged.verdict
        try:
            if webhook.went_unanswered and judged.route == "blocked" and line:
                context.store.put_once(context.call_record(webhook, line, verdict=verdict.kind, reason=verdict.reason))
        except StoreUnavailableError as error:
            context.unreached(error)
        except SecretUnavailableError as error:
            context.log.failed("secret_unavailable", error)
        return judged

    def judge(self, webhook: Webhook) -> Judgement:
        """Look the caller up and judge the call. Raises ``StoreUnavailableError``."""
        context, settings = self.context, self.context.settings
        arrival = Arrival(
            caller=context.read(webhook.caller),
            called=context.read(webhook.called).text,
            now=webhook.now,
            call_sid=webhook.call_sid,
            forwarded_from=context.read(webhook.forwarded_from).text,
            signals=webhook.signals,
        )
        return judge(
            arrival,
            context.store.look_up(arrival.called, arrival.caller, arrival.now),
            own_numbers=settings.numbers_of_our_own,
            always_ring=settings.normalised(settings.always_ring),
        )


def _reputation_in_words(verdict: Verdict, lookup: CallerLookup) -> StateChanges:
    """The number of people who reported a flagged caller, and the main category, as state of the call."""
    if verdict.reason is not Reason.REPORTED or not lookup.reputation:
        return {}
    many = lookup.reputation.more or lookup.reputation.live > _MOST_COUNTED_ALOUD
    return {"reports": "many" if many else lookup.reputation.live, "about": verdict.category}
