"""Why a call was not connected, or no ring-back came: the sentences that `ivr call` prints.

They are derived from the verdict and the stored records, and contain no number.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from infra.cli.call_words import as_clause
from infra.cli.explain import because
from infra.cli.output import local_time
from ivr.calls.outcome import Outcome
from ivr.calls.verdict import Reason
from ivr.desk import calls
from ivr.desk.call_summary import NO_ERROR, Finding
from ivr.desk.people import person_of
from ivr.locales import catalog, folder

if TYPE_CHECKING:
    from infra.carrier import Call, Leg
    from infra.cli.target import Target
    from ivr.calls.call_record import CallRecord
    from ivr.screening.caller_list import ListEntry
    from ivr.screening.judging import Judgement

_STRICT = {
    "strict_flagged": "the line is strict: a flagged caller never rings it",
    "strict_withheld": "the line is strict: a caller without a number never rings it",
}
_UNANSWERED = {"busy": Finding.BUSY, "failed": Finding.UNREACHABLE, "canceled": Finding.GAVE_UP}


class Obstacles:
    """The obstacles of one call, which was ``judged`` just before it was placed."""

    def __init__(self, target: Target, judged: Judgement, call: Call) -> None:
        self._target, self._judged, self._call = target, judged, call
        self._timezone = target.settings.timezone

    def of_the_call(self) -> str:
        """Why caller and customer did not talk, or an empty string. Raises ``StoreUnavailableError``."""
        route = self._judged.route
        if route == "report_line" or any(e.kind == "bridged" for e in self._call.transcript.of(self._call.leg.name)):
            return ""
        if route == "blocked":
            return self._block()
        return _STRICT.get(route) or (self._loop() if route == "loop" else self._untaken())

    def of_the_ring_back(self, *, came: bool) -> str:
        """Why a ring-back that the call requested did not come, or an empty string.

        Raises ``StoreUnavailableError``.
        """
        if self._caller_heard("ring_back_no_more"):  # the service says this to unregistered callers too
            most = self._target.settings.ring_backs_a_day
            return f"today's are used up: {most} were requested, or one was taken with a key"
        if came or not self._caller_heard("ring_back_asked"):
            return ""
        if not self._is_registered():
            return "no line is registered for this number"
        return "it was requested, but no call was placed: read the stack's log for the reason"

    def _is_registered(self) -> bool:
        caller, line = self._judged.case.caller.text, self._judged.case.lookup.line
        if line is None or line.ring_to != caller:  # the service then uses the line of the last call to this person
            last = self._target.store.latest.call(person_of(self._target.desk, caller))
            line = self._target.store.lines.recent(last.line, self._judged.case.now) if last else None
        return bool(line and line.ring_to == caller)

    def _block(self) -> str:
        lookup, verdict = self._judged.case.lookup, self._judged.verdict
        if verdict.reason is Reason.OWN_BLOCK and lookup.listed:
            until = self._until(lookup.listed.until)
            return f"blocked by the customer's own block {until}{self._because_of(lookup.listed)}"
        if verdict.reason is Reason.DESK_BLOCKED and lookup.decision:
            return f"blocked by the fraud desk's decision on this number, {self._until(lookup.decision.until)}"
        if verdict.reason is Reason.PREFIX_BLOCKED:
            return "blocked by the fraud desk's rule for this number's prefix"
        return "blocked"

    def _until(self, epoch: int) -> str:
        return f"until {local_time(epoch, self._timezone)}" if epoch else "for ever"

    def _because_of(self, listed: ListEntry) -> str:
        if not listed.by_report:
            return ""
        report = self._target.store.reports.get(*listed.source.split("#", 1))
        if report is None:
            return " because of a report that has been deleted"
        at = local_time(report.reported_at, self._timezone)
        return f" because of report {report.reference} of {at}"

    def _loop(self) -> str:
        lookup, ring, now = self._judged.case.lookup, self._judged.case.lookup.ring, self._judged.case.now
        if lookup.caller_is_line:
            return "refused as busy: the caller is one of the service's own lines"
        if ring and ring.rings_until > now and ring.caller and ring.caller == self._judged.case.caller.text:
            at = local_time(ring.rings_until, self._timezone)
            return f"refused as busy: this caller's last call still rings, until {at} at the latest"
        return "refused as busy: the customer's telephone forwarded the call, or the call comes from its own line"

    def _untaken(self) -> str:
        """Why a call that should ring the customer was not accepted."""
        rung = [leg for leg in self._call.legs if leg.parent is self._call.leg]
        if not rung:
            return self._never_rang()
        ended = _UNANSWERED.get(rung[0].state) or self._unaccepted(rung[0])
        return as_clause(ended, self._dial_error() if ended is Finding.UNREACHABLE else "")

    def _dial_error(self) -> str:
        record = self._target.store.calls.get(self._call.sid)
        return record.dial_error.replace(NO_ERROR, "") if record else ""

    def _never_rang(self) -> str:
        case, ring = self._judged.case, self._judged.case.lookup.ring
        if ring and ring.until > case.now:
            at = local_time(ring.until, self._timezone)
            return f"the line is engaged with another call, until {at} at the latest"
        record = self._target.store.calls.get(self._call.sid)
        if record and record.dial_status:  # the Dial ended without a ring
            return "Twilio could not or would not dial the customer's telephone: check the line's number and ring_to"
        ended = calls.file(self._target.desk, self._call.sid).row
        if ended and ended.outcome == Outcome.HUNG_UP:
            return as_clause(Finding.HUNG_UP)
        if self._caller_heard("key.reach_person"):
            return as_clause(Finding.FAILED_CHECK)
        return "the customer was not rung"

    def _unaccepted(self, rung: Leg) -> Finding:
        if rung.answered_at is None:
            return Finding.NOT_ANSWERED
        record, reports = self._target.store.calls.with_reports(self._call.sid)
        if reports or (record and record.reported_at):
            return Finding.REPORTED
        return _by_record(record)

    def _caller_heard(self, prompt: str) -> bool:
        said = self._call.transcript.said(self._call.leg.name)
        return any(re.search(pattern, text) for pattern in _spoken(prompt) for text in said)


def _by_record(record: CallRecord | None) -> Finding:
    if record and record.declined_at:
        return Finding.DECLINED
    if record and record.moved_to.startswith("care/"):
        return Finding.CARE
    if record and record.accepted_at:
        return Finding.NOT_JOINED
    if record and record.ended_by == "caller":
        return Finding.GAVE_UP
    return Finding.NO_KEY


def _spoken(prompt: str) -> list[str]:
    """Patterns of a prompt's wordings in every language. Empty if no catalog has the prompt."""
    wordings = [words for one in folder.known() if (words := catalog.load(one).prompts.get(prompt))]
    return [re.sub(r"\\\{\w+\\\}", ".+?", re.escape(text)) for words in wordings for text in words.say]


def verdict_in_words(judged: Judgement) -> str:
    """A call's verdict and the rule that gave it, in words."""
    if judged.route == "report_line":
        return "none: the report line answers"
    return f"{judged.verdict.kind.value}, by {because(judged.verdict)}"
