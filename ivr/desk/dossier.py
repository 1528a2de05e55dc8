"""What a dossier for the Public Prosecution states of a report: facts and codes. Words and pages are elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ivr.desk import audit
from ivr.desk.audit import About, Action
from ivr.records.base import is_in_force

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ivr.calls.call_record import CallRecord
    from ivr.desk.actor import Actor
    from ivr.desk.context import Context
    from ivr.reports import Report
    from ivr.screening.desk_decision import DeskDecision


class Judged(NamedTuple):
    """A verdict on the caller. Times are epoch seconds, 0 where none is known."""

    by: str  # "rules", as the call came in, or "desk"
    verdict: str
    reason: str = ""  # the rules'
    at: int = 0
    until: int = 0
    in_force: bool | None = None  # of the desk's decision, as the dossier is made; a rule's verdict was of its moment


class Facts(NamedTuple):
    """What is known, of which the desk's notes are no part: they are for the desk alone."""

    report: Report
    call: CallRecord | None  # None: no record of it is held
    made_at: int  # epoch seconds
    caller: str  # E.164, or empty
    line: str  # likewise
    is_typed: bool  # the customer typed the number, and no call shows it
    history: list[Judged]
    known: list[str]  # codes of what the operator's records show
    not_claimed: list[str]  # codes of what the dossier does not claim


def gathered(context: Context, found: Sequence[Report], *, by: Actor, at: int = 0) -> list[Facts]:
    """Gather the facts of each of these reports of one reference; the audit keeps who took them.

    They are made now, or made again as of ``at`` (epoch seconds).
    """
    audit.looked(context, Action.TAKE_DOSSIER, by=by, about=About.REPORT, what=found[0].reference)
    return [_of_report(context, report, at or context.now()) for report in found]


def _of_report(context: Context, report: Report, at: int) -> Facts:
    call = context.store.calls.get(report.call_sid)
    decision = context.store.decisions.get(report.caller) if report.caller else None
    return facts_of(report, call, [decision] if decision else [], at)


def facts_of(report: Report, call: CallRecord | None, decisions: Iterable[DeskDecision], now: int) -> Facts:
    """Put together what the records say at ``now`` (epoch seconds). Decisions on other numbers are passed over."""
    typed = report.which.startswith("typed")
    return Facts(
        report=report,
        call=call,
        made_at=now,
        caller=report.caller,
        line=report.line or (call.line if call else ""),
        is_typed=typed,
        history=[*_of_rules(report, call), *_of_desk(report, decisions, now)],
        known=_known(report, typed=typed),
        not_claimed=_not_claimed(report, typed=typed),
    )


def _of_rules(report: Report, call: CallRecord | None) -> list[Judged]:
    """What the rules said when the call came in; a report carries a copy that outlives the call record."""
    verdict, reason = (call.verdict, call.reason) if call else (report.verdict, report.reason)
    return [Judged("rules", verdict, reason, at=call.rang_at if call else 0)] if verdict else []


def _of_desk(report: Report, decisions: Iterable[DeskDecision], now: int) -> list[Judged]:
    return [
        Judged(
            "desk",
            decision.verdict,
            at=decision.decided_at,
            until=decision.until,
            in_force=is_in_force(decision.until, now),
        )
        for decision in decisions
        if report.caller and decision.caller == report.caller
    ]


def _known(report: Report, *, typed: bool) -> list[str]:
    if report.verified:
        shown = "verified" if report.caller else "verified_withheld"
    else:
        shown = "typed" if typed else "unverified"
    return ["records", shown, "identifier", "pseudonym"]


def _not_claimed(report: Report, *, typed: bool) -> list[str]:
    number = "typed" if typed else "caller_id"
    return [number if report.caller else "withheld", "recording", "statement", "verdict", "reference"]
