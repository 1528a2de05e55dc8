"""Carries out jobs: check whether the job may be done, claim it, do it once, store the outcome.

Before the claim nothing was done, and the job may be retried. A claimed job without a result has an unknown outcome and
is never done again: Twilio may have done it, and no message is better than two.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.dead_letters import DeadLetters
from ivr.flow.page import Position
from ivr.flow.state import State, in_letters
from ivr.flow.url_codec import to_url
from ivr.job_runner.erasure import ErasureRunner
from ivr.jobs import triggers
from ivr.jobs.destinations import why_not_ring, why_not_text
from ivr.jobs.job import ASKED, CLAIMED, DONE, FAILED, UNKNOWN, UNREGISTERED, RingBack, Sms
from ivr.jobs.segments import segments
from ivr.jobs.sms_text import body, texts
from ivr.observability.failures import CodedError, Why
from ivr.pseudonym import pseudonym
from ivr.secrets import SecretUnavailableError
from ivr.telephony.port import NotSentError, RefusedError, UnknownOutcomeError
from ivr.voicemail import Erasure

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.observability.log import Log
    from ivr.records.base import Item
    from ivr.screening.line import Line
    from ivr.settings import Settings
    from ivr.store import Store
    from ivr.telephony.api import Api

_TRIED_FOR_SECONDS = 300  # after this nobody waits for a ring-back any more, and a message would only puzzle
_START = Position("ring_back", "start")
OPTED_OUT, OFF, NO_ACCOUNT = "opted_out", "off", "no_account"
BY_US, BY_PROVIDER = "us", "provider"  # who refused an errand
NOT_REACHED, NEVER_TOLD = "not_reached", "never_told"  # outcomes, in addition to Twilio's error codes


class PutOffError(CodedError):
    """A job can't be done yet: its record must be retried. The text is a code for the reason."""


class JobRunner:
    """Does the jobs of one deployment.

    ``clock`` gives epoch seconds; its times are compared only with each other. ``pause`` waits for some seconds.
    """

    def __init__(
        self,
        settings: Settings,
        hmac_key: Callable[[], str],
        store: Store,
        api: Api,
        log: Log,
        *,
        clock: Callable[[], float],
        pause: Callable[[float], None],
    ) -> None:
        if settings.sms_from:
            for code in settings.languages:
                texts(code)  # a language that lacks one is refused here, and not when a customer waits for it
        self.settings = settings
        self.hmac_key = hmac_key
        self.store = store
        self.api = api
        self.log = log
        store.table.notice.count_in(log)
        self.clock = clock
        self.pause = pause
        self.dead_letters = DeadLetters(
            log, settings.set_aside_queue_url, passing=(SecretUnavailableError, PutOffError)
        )
        self.erasing = ErasureRunner(store, api, log, clock=clock)

    def process(self, old: Item, new: Item) -> None:
        """Do the job that a change of the table asks for. Raises if its record must be retried."""
        self.log.begin(str(new.get("call_sid", "")))
        if triggers.kind_of(new) == "ERASURE":
            self.erasing.run(Erasure.from_item(new))
        elif job := triggers.job_of(new):
            self._run(job)
        elif self.settings.sms_from:
            self._ask_messages(old, new)

    def removed(self, gone: Item) -> None:
        """Store the erasure of a recording that a removal asks for, if it does. Raises as ``process`` does."""
        self.log.begin(str(gone.get("call_sid", "")))
        self.erasing.removed(gone)

    def _left_at(self, call_sid: str) -> int:
        """When the customer's leg of a call ended, or 0."""
        call = self.store.calls.get(call_sid)
        return call.left_at if call else 0

    def _ask_messages(self, old: Item, new: Item) -> None:
        reports = [report] if (report := triggers.loss_answered(old, new)) else []
        if call_sid := triggers.customer_left(old, new):
            reports = self.store.reports.of_call(call_sid)
        if (late := triggers.stored_just_now(old, new)) and late.reported_at <= self._left_at(late.call_sid):
            reports = [late]
        for message in filter(None, map(triggers.message_about, reports)):
            self.store.sms.ask(message, self._now(), most=self.settings.sms_a_day)

    def _run(self, job: RingBack | Sms) -> None:
        """Carry out a job that is neither done nor claimed. The record may be old, so the item is read again."""
        current = self.store.jobs.current(job)
        if current and current.state == CLAIMED:
            self._give_up_on(current)
        elif current and current.state == ASKED:
            self._carry_out(current)

    def _give_up_on(self, job: RingBack | Sms) -> None:
        """End a claim whose function has ended: its outcome is unknown."""
        if job.state_at(self._now()) == CLAIMED:
            raise PutOffError(Why.CLAIMED)
        self._finish(job, UNKNOWN, NEVER_TOLD)

    def _carry_out(self, job: RingBack | Sms) -> None:
        line = self.store.lines.get(job.line)
        if why := self._why_not(job, line):
            if self.store.jobs.refuse(job, why):
                self.log.count("errand_failed", kind=_kind(job), refused_by=BY_US, why=why)
            return
        assert line, "a job about no line is refused"
        if isinstance(job, RingBack) and self.settings.ring_back_after_seconds:
            self.pause(self.settings.ring_back_after_seconds)  # the customer still hears that they should hang up
        self.api.account.ready()  # before the claim, since nothing can be done without it
        text = self._text(job, line) if isinstance(job, Sms) else ""
        claimed = self.store.jobs.claim(job, self._now(), segments=segments(text) if text else 0)
        if claimed is None:
            raise PutOffError(Why.CLAIMED)
        try:
            sid = self._act(claimed, line, text)
        except NotSentError as error:
            self._put_off(claimed, error)
        except RefusedError as error:
            self._finish(claimed, FAILED, str(error))
        except UnknownOutcomeError as error:
            self._finish(claimed, UNKNOWN, str(error))
        else:
            self._finish(claimed, DONE, sid)

    def _why_not(self, job: RingBack | Sms, line: Line | None) -> str:
        """Why a job may not be done, or an empty string."""
        can = self.api.capabilities
        if not (can.rings if isinstance(job, RingBack) else can.texts):
            return NO_ACCOUNT
        if not line or not line.ring_to:
            return UNREGISTERED
        if isinstance(job, Sms) and not self.settings.sms_from:
            return OFF
        if pseudonym(line.ring_to, self.hmac_key()) != job.person:
            return UNREGISTERED  # the line has another customer now
        return why_not_ring(line.ring_to) if isinstance(job, RingBack) else self._why_not_message(job, line)

    def _why_not_message(self, message: Sms, line: Line) -> str:
        if self.store.opt_outs.is_opted_out(message.person):
            return OPTED_OUT
        return why_not_text(line.ring_to, self.settings.extra_number_ranges)

    def _text(self, message: Sms, line: Line) -> str:
        language = self.settings.spoken(message.language or line.languages).split("-")[0]
        return body(message, language, self.settings.brand[language])

    def _act(self, job: RingBack | Sms, line: Line, text: str) -> str:
        if isinstance(job, Sms):
            return self.api.account.send(number=line.ring_to, body=text)
        state = State(languages=tuple(job.languages.split("-")), leg="rung_back", asked=in_letters(job.day))
        return self.api.account.ring(number=line.ring_to, line=line.number, to=to_url(_START, state))

    def _put_off(self, job: RingBack | Sms, error: NotSentError) -> None:
        """The provider never got the request: retry it with its record, for some minutes."""
        if self._now() - job.tried_since >= _TRIED_FOR_SECONDS:
            self._finish(job, FAILED, NOT_REACHED)
            return
        self.store.jobs.put_off(job)
        raise PutOffError(error.code) from error

    def _finish(self, job: RingBack | Sms, state: str, outcome: str) -> None:
        if not self.store.jobs.finish(job, state, outcome):
            return
        if state == FAILED:
            self.log.count("errand_failed", kind=_kind(job), refused_by=BY_PROVIDER, why=outcome)
        elif state == UNKNOWN:
            self.log.count("errand_unknown", kind=_kind(job), why=outcome)
        elif isinstance(job, Sms):
            self.log.count("message_sent", sid=outcome, segments=job.segments)
        else:
            self.log.count("ring_back_placed", sid=outcome)

    def _now(self) -> int:
        return int(self.clock())


def _kind(job: RingBack | Sms) -> str:
    return "message" if isinstance(job, Sms) else "ring_back"
