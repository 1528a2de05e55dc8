"""From a change of the table to the jobs that follow from it: pure.

When is the message about a report asked for? When its reporter can say no more about it, and without a timer: as soon
as the last question (was anything lost?) has an answer, or, where the customer hangs up before that, when their leg of
the call in which it was made has ended, or the report is stored later than that (it may have waited in the queue). All
of it may happen, come twice or in another order: the message stands beside the report under a key made of the report's,
is written only where it is not there yet, and so is one. A report that was made long after its call (on a ring-back)
has only the first way: who hangs up there before the last answer gets none.

Each of the two counts as it happens, as the difference between the item's old image and its new one, so that no later
change of a report (a withdrawal) sends anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.jobs.job import ASKED, RingBack, Sms
from ivr.reports.report import Report

if TYPE_CHECKING:
    from ivr.records.base import Item


def kind_of(item: Item) -> str:
    """What an item is, as its sort key begins."""
    return str(item["sk"]).partition("#")[0]


def job_of(item: Item) -> RingBack | Sms | None:
    """The job that an item asks for. One that was tried before is none: its own event comes again for that."""
    job: RingBack | Sms | None = None
    match kind_of(item):
        case "RING_BACK":
            job = RingBack.from_item(item)
        case "MESSAGE":
            job = Sms.from_item(item)
    return job if job and job.state == ASKED and not job.tried_since else None


def loss_answered(old: Item, new: Item) -> Report | None:
    """The report whose last question was answered just now."""
    return Report.from_item(new) if kind_of(new) == "REPORT" and new.get("loss") and not old.get("loss") else None


def customer_left(old: Item, new: Item) -> str:
    """The call (its CallSid) whose customer's leg ended just now, or an empty string.

    That leg may go on after the caller has left: 9 and * take it to the questions of the report.
    """
    return str(new["call_sid"]) if kind_of(new) == "CALL" and new.get("left_at") and not old.get("left_at") else ""


def stored_just_now(old: Item, new: Item) -> Report | None:
    """A report that was stored just now, with nothing said of a loss yet."""
    return Report.from_item(new) if kind_of(new) == "REPORT" and not old and not new.get("loss") else None


def message_about(report: Report) -> Sms | None:
    """The message about a report. None where its reporter is not known to be the customer of a line of ours."""
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
