"""Records in words for people, and as JSON for programs."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from ivr.desk.reports import why_uncounted
from ivr.records.base import moment_of

if TYPE_CHECKING:
    from ivr.records.base import Record
    from ivr.reports import Report

CATEGORIES = {
    "prize": "a prize",
    "secrets": "bank details, PIN or code",
    "money": "money",
    "pretended": "pretended to be someone else",
    "missed_call": "missed call or link",
    "other": "something else",
    "": "category not said",
}
UNCOUNTED = {
    "spoofed": "the number shown was spoofed",
    "impersonation": "the number shown was not the caller's, who impersonated us",
    "own_number": "it is a number of our own",
    "unverified": "no call shows that this number rang this person",
    "withheld": "the caller had no number",
    "over_the_limit": "its reporter had reached the day's limit",
}
LOSSES = {"yes": "something lost", "no": "nothing lost", "": "loss not said"}


def as_json(record: Record) -> dict[str, Any]:
    """Every field of a record by its name."""
    return {field.name: getattr(record, field.name) for field in fields(record)}  # type: ignore[arg-type]


def report_as_json(report: Report) -> dict[str, Any]:
    """A report, with its time also as ISO 8601 and its truth as true or false."""
    return {**as_json(report), "verified": bool(report.verified), "reported": moment_of(report.reported_at)}


def counted_in_words(report: Report) -> str:
    """Whether a report counts as evidence against its caller's number, and if not, why."""
    if report.withdrawn:
        return "withdrawn"
    why = why_uncounted(report)
    return f"no: {UNCOUNTED.get(why, why)}" if why else "yes"


def answers_in_words(category: str, loss: str) -> str:
    """What a reporter answered."""
    return f"{CATEGORIES.get(category, category)}; {LOSSES.get(loss, loss)}"


def report_in_words(report: Report) -> str:
    """A report in one line."""
    said = answers_in_words(report.category, report.loss)
    verified = "verified" if report.verified else "not verified"
    withdrawn = "; withdrawn" if report.withdrawn else ""
    return f"report {report.reference} of {report.caller or 'a withheld caller'}, {verified}: {said}{withdrawn}"
