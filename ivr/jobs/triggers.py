"""Which jobs a change of the table asks for. No input or output.

The message about a report is sent when its reporter can add nothing more. Three changes ask for it:
- the reporter answers the last question (was anything lost?);
- the customer's leg of the reported call ends before that answer;
- the report is stored after the end of that leg, because it waited in the queue.

These changes may all happen, twice and in any order. The message is still one: its key is made of the report's, and it
is written only if it does not exist. A report made long after its call, on a ring-back, has only the first change: a
reporter who hangs up before the last answer gets no message.

A change is the difference between the old and the new image of an item, so a later change of the report, such as a
withdrawal, sends nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.jobs.job import ASKED, RingBack, Sms
from ivr.reports import Report

if TYPE_CHECKING:
    from ivr.records.base import Item


def kind_of(item: Item) -> str:
    """The kind of an item: the first part of its sort key."""
    return str(item["sk"]).partition("#")[0]


def job_of(item: Item) -> RingBack | Sms | None:
    """The job that an item asks for. None for a job that was tried before: its first record is retried instead."""
    job: RingBack | Sms | None = None
    match kind_of(item):
        case "RING_BACK":
            job = RingBack.from_item(item)
        case "MESSAGE":
            job = Sms.from_item(item)
    return job if job and job.state == ASKED and not job.tried_since else None


def loss_answered(old: Item, new: Item) -> Report | None:
    """The report, if this change answers its last question."""
    return Report.from_item(new) if kind_of(new) == "REPORT" and new.get("loss") and not old.get("loss") else None


def customer_left(old: Item, new: Item) -> str:
    """The CallSid of the call, if this change ends its customer's leg, else an empty string.

    That leg may go on after the caller has left: 9 and * take it to the questions of the report.
    """
    return str(new["call_sid"]) if kind_of(new) == "CALL" and new.get("left_at") and not old.get("left_at") else ""


def stored_just_now(old: Item, new: Item) -> Report | None:
    """The report, if this change stores it, without an answer to the last question."""
    return Report.from_item(new) if kind_of(new) == "REPORT" and not old and not new.get("loss") else None


def message_about(report: Report) -> Sms | None:
    """The message about a report. None if the reporter is not verified as the customer of a line."""
    if not report.verified or not report.line or report.withdrawn:
        return None
    return Sms(
        call_sid=report.call_sid,
        which=report.which,
        reference=report.reference,
        line=report.line,
        person=report.reporter,
        expires=report.expires,
        category=report.category,
        loss=report.loss,
        language=report.language,
    )
