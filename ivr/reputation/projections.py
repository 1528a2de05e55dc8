"""From a change of the table to what follows from it: pure, so that the same change always has the same consequences.

Only reports, calls and the desk's clearings have consequences. A removal by TTL has none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ivr.calls.call_record import CallRecord
from ivr.records.base import day_of
from ivr.reports import Report
from ivr.reputation import latest
from ivr.reputation.counting import is_forged
from ivr.reputation.evidence import Clearing, Evidence, order_of

if TYPE_CHECKING:
    from ivr.records.base import Item
    from ivr.reputation.latest import Latest


@dataclass(frozen=True, slots=True)
class Testifies:
    """Somebody's evidence on a caller changed: keep the newest of theirs and score the caller again."""

    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Clears:
    """The desk cleared a caller: score them again."""

    caller: str


@dataclass(frozen=True, slots=True)
class CallArrived:
    """A caller rang a line: part of a campaign, perhaps. All its calls write to one partition."""

    caller: str
    line: str
    at: int


@dataclass(frozen=True, slots=True)
class CallAccepted:
    """A customer accepted and talked with a caller on a day (UTC)."""

    line: str
    caller: str
    day: str


@dataclass(frozen=True, slots=True)
class Distrusted:
    """A line's customer reported a caller: the two are not familiar."""

    line: str
    caller: str
    at: int


@dataclass(frozen=True, slots=True)
class RecentFraud:
    """A line was reported on: be careful with unknown callers for a minute."""

    line: str
    at: int


@dataclass(frozen=True, slots=True)
class Refused:
    """A line had a blocked call, which costs its caller nothing: be careful for a minute, once in an hour."""

    line: str
    at: int


@dataclass(frozen=True, slots=True)
class Newer:
    """A customer has a newer call or report than the one that was named last."""

    latest: Latest


Consequence = Newer | Testifies | Clears | CallArrived | CallAccepted | Distrusted | RecentFraud | Refused


def consequences(item: Item, *, is_new: bool) -> list[Consequence]:
    """What follows from an item's image; ``is_new``: it is the item's first. An item of any other kind has none.

    An image has all that follows from it, so that a later one mends what an earlier one could not do. Only what is
    known when a call rings is told by its first image alone: a call has many, and a partition takes 1,000 writes a
    second. That image comes again until it was followed; one that never could be is mended by the next call.
    """
    kind, _, _ = str(item["sk"]).partition("#")
    match kind:
        case "REPORT":
            return _of_report(Report.from_item(item))
        case "CALL":
            return _of_call(CallRecord.from_item(item), is_new=is_new)
        case "CLEARING":
            return [Clears(Clearing.from_item(item).caller)]
        case _:
            return []


def _of_report(report: Report) -> list[Consequence]:
    found: list[Consequence] = []
    if report.line:
        found.append(
            Newer(
                latest.Latest(
                    person=report.reporter,
                    what=latest.REPORT,
                    call_sid=report.call_sid,
                    which=report.which,
                    line=report.line,
                    at=report.reported_at,
                    expires=report.expires,
                )
            )
        )
    if report.counted and report.caller:
        source = f"{report.call_sid}#{report.which}"
        found.append(
            Testifies(
                Evidence(
                    caller=report.caller,
                    person=report.reporter,
                    axis="spam",
                    at=report.reported_at,
                    order=order_of(report.reported_at, source, report.revision),
                    expires=report.expires,
                    category=report.category,
                    withdrawn=report.withdrawn,
                )
            )
        )
    if report.line and not report.withdrawn:
        found.append(RecentFraud(report.line, report.reported_at))
        if report.caller and not is_forged(report.reason):
            found.append(Distrusted(report.line, report.caller, report.reported_at))
    return found


def _of_call(call: CallRecord, *, is_new: bool) -> list[Consequence]:
    found: list[Consequence] = []
    if call.verdict == "blocked":
        return [Refused(call.line, call.rang_at)]
    if is_new:
        newest = latest.Latest(
            person=call.customer,
            what=latest.CALL,
            call_sid=call.call_sid,
            line=call.line,
            at=call.rang_at,
            expires=call.expires,
        )
        found.append(Newer(newest))
    if not call.caller or is_forged(call.reason):  # of the number shown such a call says nothing
        return found
    if is_new:
        found.append(CallArrived(call.caller, call.line, call.rang_at))
    if call.talked and call.accepted_at:
        found.append(CallAccepted(call.line, call.caller, day_of(call.accepted_at)))
    if call.trusted_at:
        found.append(
            Testifies(
                Evidence(
                    caller=call.caller,
                    person=call.customer,
                    axis="legit",
                    at=call.trusted_at,
                    # Before "#screened": a report on this very call, made in the same second, is the last word.
                    order=order_of(call.trusted_at, f"{call.call_sid}#allowed", 0),
                    expires=call.expires,
                )
            )
        )
    return found
