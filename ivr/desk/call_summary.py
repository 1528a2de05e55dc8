"""What came of a call, and what went wrong in it: from what the table holds, and from the log's lines about it."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from ivr.calls.outcome import UNRUNG, Outcome
from ivr.jobs.job import FAILED, UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ivr.desk.calls import CallFile

    Line = Mapping[str, Any]

NO_ERROR = "none"  # an error code of a Dial that had no error


class Finding(StrEnum):
    """One thing that a call's records or log lines show. Those of a Dial, a check and an answer are outcomes."""

    # The product, or what it needs, failed:
    SIGNATURE_REFUSED = "signature_refused"
    SECRET_UNAVAILABLE = "secret_unavailable"  # noqa: S105  # no secret
    APOLOGY = "apology"
    FALLBACK = "fallback"
    TABLE_DOWN = "table_down"
    NO_STAR = "no_star"
    NOT_RECORDED = "not_recorded"
    REPORT_WAITS = "report_waits"
    CARE_NOT_TAKEN = "care_not_taken"
    SMS_REFUSED = "sms_refused"
    SMS_UNKNOWN = "sms_unknown"
    # What people did, or where the call went:
    UNREGISTERED = "unregistered"
    REPORT_LINE = "report_line"
    OWN_BLOCK = "own_block"
    DESK_BLOCK = "desk_block"
    REFUSED = "refused"
    LOOP = "loop"
    ENGAGED = "engaged"
    HUNG_UP = "hung_up"
    FAILED_CHECK = "failed_check"
    UNREACHABLE = "unreachable"
    BUSY = "busy"
    NOT_ANSWERED = "not_answered"
    NO_KEY = "no_key"
    GAVE_UP = "gave_up"
    NOT_JOINED = "not_joined"
    DECLINED = "declined"
    REPORTED = "reported"
    ACCEPTED = "accepted"
    CARE = "care"
    OPEN = "open"


class Found(NamedTuple):
    """A finding, with its code of an error and the like: codes and references, never a number."""

    finding: Finding
    why: str = ""


def summary(told: CallFile, lines: Sequence[Line]) -> list[Found]:
    """What is to be said of a call, the causes first. Without log lines some causes are not known."""
    first = {str(line["message"]): line for line in reversed(lines)}  # of each kind of line, the earliest
    if refused := first.get("signature_rejected"):
        return [Found(Finding.SIGNATURE_REFUSED, str(refused.get("why", "")))]
    found = [*_failures(first), *_of_the_call(told, first), *_of_messages(told)]
    return [one for nth, one in enumerate(found) if one not in found[:nth]]


def _failures(first: Mapping[str, Line]) -> Iterable[Found]:
    """What failed, by the log."""
    table = first.get("store_write_failed") or first.get("store_read_failed")
    for line, finding in (
        (first.get("secret_unavailable"), Finding.SECRET_UNAVAILABLE),
        (first.get("fallback_asked"), Finding.FALLBACK),
        (None if table else first.get("apology_spoken"), Finding.APOLOGY),
        (table, Finding.TABLE_DOWN),
    ):
        if line:
            yield Found(finding, str(line.get("why", "")))


def _of_the_call(told: CallFile, first: Mapping[str, Line]) -> Iterable[Found]:
    row = told.row
    if row is None:
        screened = first.get("call_screened", {})
        if screened.get("line") == "unregistered":
            yield Found(Finding.UNREGISTERED)
        elif screened.get("way") == "report_line":
            yield Found(Finding.REPORT_LINE)
        return
    if told.lost_star:
        yield Found(Finding.NO_STAR, str(first.get("rest_failed", {}).get("why", "")))
    if told.report_waits:
        yield Found(Finding.REPORT_WAITS)
    if "apology_spoken" in first and row.outcome in UNRUNG:  # the outcome is what the first step expected
        return
    untaken = row.outcome == Outcome.CARE and "care_not_taken" in first and "care_talked" not in first
    rings = row.is_open and row.outcome == Outcome.NOT_ANSWERED and "dial_status" not in told.words
    if not rings:  # until the Dial has ended, nobody knows whether it will be answered
        yield Found(Finding.CARE_NOT_TAKEN) if untaken else _outcome(told)
    if row.is_open:
        yield Found(Finding.OPEN)


def _outcome(told: CallFile) -> Found:
    assert told.row
    outcome, reason = told.row.outcome, told.row.reason
    status, error = told.words.get("dial_status", ""), told.words.get("dial_error", "").replace(NO_ERROR, "")
    match outcome:
        case Outcome.BLOCKED:
            return Found(Finding.OWN_BLOCK if reason == "own_block" else Finding.DESK_BLOCK, reason)
        case Outcome.DIAL_FAILED:
            return Found(Finding.UNREACHABLE, error)
        case Outcome.NOT_ANSWERED:
            return Found(Finding.BUSY if status == "busy" else Finding.NOT_ANSWERED)
        case Outcome.REFUSED:
            return Found(Finding.REFUSED, reason)
        case "":
            return Found(Finding.OPEN)
        case _:
            return Found(Finding(outcome))


def _of_messages(told: CallFile) -> Iterable[Found]:
    for message in told.messages:
        if message.state in {FAILED, UNKNOWN}:
            finding = Finding.SMS_REFUSED if message.state == FAILED else Finding.SMS_UNKNOWN
            yield Found(finding, message.outcome)
