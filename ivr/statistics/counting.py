"""What one image of a record adds to the days' numbers. Pure: the same image always adds the same."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from ivr.calls.call_record import CallRecord
from ivr.calls.outcome import CallOutcome
from ivr.care import call_backs as care
from ivr.care.call_backs import CallBack
from ivr.jobs import job
from ivr.jobs.job import Sms
from ivr.records.base import DAY
from ivr.records.decoding import UnreadableError
from ivr.reports import Report
from ivr.reputation.disputes import CLEARED, OPEN, Dispute
from ivr.statistics import names
from ivr.statistics.mark import CALL, CALL_BACK, DISPUTE, MESSAGE, REPORT, SMS, Mark, Recount, written
from ivr.voicemail import Voicemail

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from ivr.records.base import Item

# A mark outlives its record by more than the stream (a day) and the dead letters (14 days) may repeat the last image.
_OUTLIVES_SECONDS = 60 * DAY
_BEGUN, _RUNG, _CLOSED = 1, 2, 3  # the stages of a call
_LOST = "yes"
_SMS_STAGES = {job.UNKNOWN: 1, job.FAILED: 2, job.DONE: 3}  # a late result replaces "unknown"
_SMS_NAMES = {job.UNKNOWN: names.SMS_UNKNOWN, job.FAILED: names.SMS_FAILED, job.DONE: names.SMS_SENT}


def recount(item: Item, old: Item | None, zone: ZoneInfo, *, is_new: bool) -> Recount | None:
    """What is counted of an image in place of the image before, ``old``. None: nothing.

    A report has one record, and so has a call that rings: what was counted of it before is what ``old`` says. What this
    expects in vain, such as of a repeated image, is noticed as it is counted. Raises ``UnreadableError``.
    """
    mark = counted(item, zone, is_new=is_new)
    if mark is None:
        return None
    if is_new:
        return Recount(mark, None, is_known=_kind(item) in {"REPORT", "CALL"})
    try:
        before = counted(old, zone, is_new=False) if old and _kind(item) == "REPORT" else None
    except UnreadableError:
        before = None
    return Recount(mark, before, is_known=before is not None)


def _kind(item: Item) -> str:
    return str(item["sk"]).partition("#")[0]


def counted(item: Item, zone: ZoneInfo, *, is_new: bool) -> Mark | None:  # noqa: PLR0911  # a kind of record a line
    """What is counted of an item's image. ``is_new``: it is the item's first image; days are those of ``zone``.

    None: nothing. Raises ``ivr.records.decoding.UnreadableError``.
    """
    match _kind(item):
        case "CALL":  # its later images add nothing: the outcome tells how it ended
            return _of_call(CallRecord.from_item(item), _RUNG, zone) if is_new else None
        case "ENDING":
            return _of_ending(CallOutcome.from_item(item), zone)
        case "REPORT":
            return _of_report(Report.from_item(item), zone)
        case "CALL_BACK":
            return _of_call_back(CallBack.from_item(item), zone)
        case "MESSAGE":
            return _of_sms(Sms.from_item(item), zone)
        case "DISPUTE":
            return _of_dispute(Dispute.from_item(item), zone)
        case "LEFT":
            return _of_message(Voicemail.from_item(item), zone)
        case _:
            return None


def _of_ending(ending: CallOutcome, zone: ZoneInfo) -> Mark:
    if not ending.closed_at:
        return _of_call(ending, _BEGUN, zone)
    return _of_call(ending, _CLOSED, zone, names.of_word(names.OUTCOMES, ending.outcome))


def _of_call(call: CallRecord | CallOutcome, stage: int, zone: ZoneInfo, *more: str) -> Mark:
    day, hour = _day_and_hour(call.rang_at, zone)
    found = {
        names.CALLS,
        names.of_hour(names.CALL_HOURS, hour),
        names.of_word(names.VERDICTS, call.verdict),
        names.of_word(names.REASONS, call.reason),
        *more,
    }
    return Mark(
        owner=f"CALL#{call.call_sid}",
        what=CALL,
        stage=stage,
        counted=written({day: found}),
        expires=_after(call.expires),
        at=call.rang_at,
        caller=call.caller,
        line=call.line,
        verdict=call.verdict,
        reason=call.reason,
    )


def _of_report(report: Report, zone: ZoneInfo) -> Mark:
    day, hour = _day_and_hour(report.reported_at, zone)
    holds = {
        names.LOSSES: report.loss == _LOST,
        names.VERIFIED: report.verified,
        names.COUNTED: report.counted,
        names.WITHDRAWN: report.withdrawn,
        names.STARS: report.pressed.endswith("=star"),
    }
    category = names.of_word(names.CATEGORY, report.category or names.NONE)
    found = {names.REPORTS, names.of_hour(names.REPORT_HOURS, hour), category}
    return Mark(
        owner=f"CALL#{report.call_sid}",
        what=f"{REPORT}#{report.which}",
        stage=report.revision + 1,
        counted=written({day: found | {name for name, held in holds.items() if held}}),
        expires=_after(report.expires),
        at=report.reported_at,
        caller=report.caller,
        line=report.line,
    )


def _of_call_back(one: CallBack, zone: ZoneInfo) -> Mark:
    found: dict[str, set[str]] = {_day(one.asked_at, zone): {names.CALL_BACKS_ASKED}}
    is_done = one.state == care.DONE
    if is_done:
        done = {names.CALL_BACKS_DONE} | ({names.CALL_BACKS_LATE} if one.done_at > one.due_at else set())
        found.setdefault(_day(one.done_at, zone), set()).update(done)
    return Mark(
        owner=one.key.pk,
        what=f"{CALL_BACK}#{one.ticket}",
        stage=1 + is_done,
        counted=written(found),
        expires=_after(one.expires),
    )


def _of_sms(message: Sms, zone: ZoneInfo) -> Mark | None:
    tried_at = message.tried_since or message.claimed_at
    if message.state not in _SMS_STAGES or not tried_at:  # a message that was never tried did not fail
        return None
    return Mark(
        owner=message.key.pk,
        what=f"{SMS}#{message.which}",
        stage=_SMS_STAGES[message.state],
        counted=written({_day(tried_at, zone): {_SMS_NAMES[message.state]}}),
        expires=_after(message.expires),
    )


def _of_dispute(dispute: Dispute, zone: ZoneInfo) -> Mark:
    found: dict[str, set[str]] = {_day(dispute.opened_at, zone): {names.DISPUTES_OPENED}}
    if dispute.state != OPEN:
        name = names.DISPUTES_CLEARED if dispute.state == CLEARED else names.DISPUTES_KEPT
        found.setdefault(_day(dispute.resolved_at, zone), set()).add(name)
    return Mark(
        owner=dispute.key.pk,
        what=f"{DISPUTE}#{dispute.opened_at}",
        stage=max(1, dispute.resolved_at),
        counted=written(found),
        expires=_after(dispute.expires),
    )


def _of_message(message: Voicemail, zone: ZoneInfo) -> Mark:
    return Mark(
        owner=f"CALL#{message.call_sid}",
        what=MESSAGE,
        stage=1,
        counted=written({_day(message.at, zone): {names.MESSAGES}}),
        expires=_after(message.expires),
    )


def _day_and_hour(at: int, zone: ZoneInfo) -> tuple[str, int]:
    moment = datetime.fromtimestamp(at, zone)
    return f"{moment:%Y-%m-%d}", moment.hour


def _day(at: int, zone: ZoneInfo) -> str:
    return _day_and_hour(at, zone)[0]


def _after(expires: int) -> int:
    return expires + _OUTLIVES_SECONDS if expires else 0
