"""The facts of a dossier, from a report's records. Pure; its keys stay as they are, and new ones may come."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Protocol

from infra.dossier.wording import LANGUAGES, coded, said, time
from ivr.locales import language

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ivr.calls.call_record import CallRecord
    from ivr.records.base import Record
    from ivr.reports.report import Report
    from ivr.screening.desk_decision import DeskDecision

FORMAT = "formal-complaint-dossier/1"


class Operator(Protocol):
    """What a dossier needs of the settings: who issues it, and in which time zone."""

    @property
    def brand(self) -> Mapping[str, str]: ...  # noqa: D102
    @property
    def timezone(self) -> str: ...  # noqa: D102


def facts(
    report: Report, call: CallRecord | None, operator: Operator, decisions: Iterable[DeskDecision], now: int
) -> dict[str, Any]:
    """Everything that the dossier states, ready for JSON: words in both languages, each with its code.

    ``call`` is None where no record of it is held; decisions on other numbers are passed over; ``now`` (epoch
    seconds) is when the document is made. The desk's notes are left out: they are for the desk alone
    (``ivr.screening.verdict``).
    """
    zone = operator.timezone
    caller, line = report.caller or None, report.line or (call.line if call else "") or None
    typed = report.which.startswith("typed")
    return {
        "format": FORMAT,
        "reference": report.reference,
        "made": time(now, zone),
        "timezone": zone,
        "operator": {code: operator.brand.get(code) or language.load(code).brand for code in LANGUAGES},
        "numbers": {"caller": caller, "line": line},
        "report": {
            "call_sid": report.call_sid,
            "which": report.which,
            "source": coded("source", "typed" if typed else "screened"),
            "reported": time(report.reported_at, zone),
            "withdrawn": _truth("withdrawn", report.withdrawn),
            "reporter": report.reporter,
            "category": coded("categories", report.category),
            "loss": coded("losses", report.loss),
            "verified": _truth("verified", report.verified),
            "counted": _truth("counted", report.counted),
        },
        "call": _call(call, zone) if call else None,
        "verdict_history": [*_of_rules(report, call, zone), *_of_desk(report, decisions, zone, now)],
        "known": _statements("known", _known(report, typed=typed)),
        "not_claimed": _statements("not_claimed", _not_claimed(report, typed=typed)),
    }


def json_file(facts: dict[str, Any]) -> bytes:
    """The facts as the bytes of the JSON file, whose SHA-256 the PDF prints."""
    return (json.dumps(facts, ensure_ascii=False, indent=2) + "\n").encode("utf-8", "backslashreplace")


def _call(call: CallRecord, zone: str) -> dict[str, Any]:
    return {
        "call_sid": call.call_sid,
        "caller": call.caller or None,
        "line": call.line,
        "rang": time(call.rang_at, zone),
        "accepted": _time_of(call, "accepted_at", zone),
        "talked": _truth("talked", call.talked),
        "ended": _time_of(call, "ended_at", zone),
        "verdict": coded("verdicts", call.verdict),
        "reason": coded("reasons", call.reason),
    }


def _of_rules(report: Report, call: CallRecord | None, zone: str) -> list[dict[str, Any]]:
    """What the rules said when the call came in; a report carries a copy that outlives the call record."""
    verdict, reason = (call.verdict, call.reason) if call else (report.verdict, report.reason)
    if not verdict:
        return []
    at = time(call.rang_at, zone) if call else None
    spoke = {"by": "rules", "at": at, "verdict": coded("verdicts", verdict), "reason": coded("reasons", reason)}
    return [{**spoke, "until": None, "in_force": None}]


def _of_desk(report: Report, decisions: Iterable[DeskDecision], zone: str, now: int) -> list[dict[str, Any]]:
    return [
        {
            "by": "desk",
            "at": _time_of(decision, "decided_at", zone),
            "verdict": coded("verdicts", decision.verdict),
            "reason": None,
            "until": time(decision.until, zone) if decision.until else None,
            "in_force": decision.until == 0 or decision.until > now,
        }
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


def _statements(group: str, codes: list[str]) -> list[dict[str, str]]:
    return [coded(group, code) for code in codes]


def _time_of(record: Record, name: str, zone: str) -> dict[str, Any] | None:
    """A time that a record may hold, or one that records of its kind do not hold yet."""
    at = getattr(record, name, 0)
    return time(at, zone) if at else None


def _truth(group: str, value: int) -> dict[str, Any]:
    return {"value": bool(value), **said(group, "yes" if value else "no")}
