"""The call arrives: one look-up, one verdict, and the way that the call takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.flow.engine import Effect, Outcome
from ivr.screening import rules
from ivr.screening.verdict import Reason, VerdictKind
from ivr.screening.way_in import way_in
from ivr.secrets import SecretUnavailableError
from ivr.store import StoreUnavailableError

if TYPE_CHECKING:
    from ivr.acts.means import Acts, Means
    from ivr.numbers import Number
    from ivr.screening.verdict import Verdict
    from ivr.webhook import Webhook

_NOT_THEIRS = frozenset({Reason.IMPERSONATION, Reason.SPOOFED})  # the number that is shown is somebody else's
_MOST_COUNTED_ALOUD = 200  # "more than 200"


class Arriving:
    """The effects of one deployment when a call comes in."""

    def __init__(self, means: Means) -> None:
        self.means = means

    @property
    def acts(self) -> Acts:
        """Each effect by the name that pages call it."""
        return {"screen": self.screen}

    def screen(self, _: Effect, webhook: Webhook) -> Outcome:
        """Judge the caller and choose the way in."""
        means = self.means
        try:
            judged = self.judge(webhook)
        except StoreUnavailableError as error:
            if means.read(webhook.called).text != means.settings.report_number:
                raise
            means.unreached(error)
            return Outcome("hotline_down")  # the settings alone say that this is the report line
        caller, looked, verdict, way = judged
        if not looked.complete:
            means.journal.count("store_read_failed")
        means.journal.count("call_screened", verdict=verdict.kind, reason=verdict.reason, way=way, caller=caller)
        if way == "report_line":
            return Outcome(way)
        mode = looked.line.mode if looked.line else ""
        return Outcome(
            way,
            sets={
                "verdict": verdict.kind,
                "why": verdict.reason,
                "digits": caller.last_digits,
                **_reputation_in_words(verdict, looked),
                "quiet": "yes" if mode == "off" else "",  # nothing is asked
                "guarded": "yes" if mode != "off" and verdict.kind is not VerdictKind.TRUSTED else "",
            },
        )

    def count_failed_check(self, why: str, webhook: Webhook) -> None:
        """Count that this caller failed the check, so that a robot is warned of; not where the number is not theirs.

        ``why`` is the verdict's reason. Raises ``StoreUnavailableError``.
        """
        from ivr.store.checks import Checks  # most callers pass

        means, caller = self.means, self.means.read(webhook.caller)
        if not caller.text or why in _NOT_THEIRS or caller.text in means.settings.numbers_of_our_own:
            return
        most = means.settings.failed_checks_an_hour
        if Checks.beside(means.store).note_failure(caller.text, webhook.call_sid, webhook.now, most=most):
            means.journal.count("capped", what="failed_checks", caller=caller)

    def call_ended(self, webhook: Webhook) -> None:
        """Record a call that was refused because its caller is blocked: the line is careful for a minute (rule 11).

        Nothing is written while the caller waits, so this is known only afterwards: the caller is judged once more.
        Safe to repeat; it never troubles Twilio.
        """
        means = self.means
        if not webhook.went_unanswered:
            return
        try:
            _, looked, verdict, way = self.judge(webhook)
            if way == "blocked" and looked.line:
                means.store.put_once(
                    means.call_record(webhook, looked.line, verdict=verdict.kind, reason=verdict.reason)
                )
        except StoreUnavailableError as error:
            means.unreached(error)
        except SecretUnavailableError as error:
            means.journal.failed("secret_unavailable", error)

    def judge(self, webhook: Webhook) -> tuple[Number, rules.Looked, Verdict, str]:
        """The caller, what is known, the verdict, and the way in. Raises ``StoreUnavailableError``."""
        means, settings = self.means, self.means.settings
        caller = means.read(webhook.caller)
        always_ring = settings.normalised(settings.always_ring)
        looked = means.store.look_up(means.read(webhook.called).text, caller, webhook.now)
        verdict = rules.judge(
            rules.Case(
                caller=caller,
                looked=looked,
                now=webhook.now,
                own_numbers=settings.numbers_of_our_own,
                always_ring=always_ring,
                attestation=webhook.form.get("StirVerstat"),
                spam_score=webhook.spam_score,
            )
        )
        way = way_in(
            looked,
            verdict,
            caller=caller,
            forwarded_from=means.read(webhook.form.get("ForwardedFrom")).text,
            call_sid=webhook.call_sid,
            now=webhook.now,
            always_ring=always_ring,
        )
        return caller, looked, verdict, way


def _reputation_in_words(verdict: Verdict, looked: rules.Looked) -> dict[str, str]:
    """How many people reported a caller who is flagged for it, and for what, as the state of the call."""
    if verdict.reason is not Reason.REPORTED or not looked.reputation:
        return {}
    many = looked.reputation.more or looked.reputation.live > _MOST_COUNTED_ALOUD
    return {"reports": "many" if many else str(looked.reputation.live), "about": verdict.category}
