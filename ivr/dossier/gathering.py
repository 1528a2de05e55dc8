"""The facts of a dossier in both languages. Pure; its keys stay as they are, and new ones may come."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Protocol

from ivr.dossier.wording import LANGUAGES, coded, said, time
from ivr.locales import language

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ivr.calls.call_record import CallRecord
    from ivr.desk.dossier import Facts, Judged
    from ivr.records.base import Record

FORMAT = "formal-complaint-dossier/1"


class Operator(Protocol):
    """What a dossier needs of the settings: who issues it, and in which time zone."""

    @property
    def brand(self) -> Mapping[str, str]: ...  # noqa: D102
    @property
    def timezone(self) -> str: ...  # noqa: D102


def facts(known: Facts, operator: Operator) -> dict[str, Any]:
    """Everything that the dossier states, ready for JSON: words in both languages, each with its code."""
    zone, report = operator.timezone, known.report
    return {
        "format": FORMAT,
        "reference": report.reference,
        "made": time(known.made_at, zone),
        "timezone": zone,
        "operator": {code: operator.brand.get(code) or language.load(code).brand for code in LANGUAGES},
        "numbers": {"caller": known.caller or None, "line": known.line or None},
        "report": {
            "call_sid": report.call_sid,
            "which": report.which,
            "source": coded("source", "typed" if known.is_typed else "screened"),
            "reported": time(report.reported_at, zone),
            "withdrawn": _truth("withdrawn", report.withdrawn),
            "reporter": report.reporter,
            "category": coded("categories", report.category),
            "loss": coded("losses", report.loss),
            "verified": _truth("verified", report.verified),
            "counted": _truth("counted", report.counted),
        },
        "call": _call(known.call, zone) if known.call else None,
        "verdict_history": [_judged(verdict, zone) for verdict in known.history],
        "known": _statements("known", known.known),
        "not_claimed": _statements("not_claimed", known.not_claimed),
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


def _judged(verdict: Judged, zone: str) -> dict[str, Any]:
    return {
        "by": verdict.by,
        "at": time(verdict.at, zone) if verdict.at else None,
        "verdict": coded("verdicts", verdict.verdict),
        "reason": coded("reasons", verdict.reason) if verdict.by == "rules" else None,
        "until": time(verdict.until, zone) if verdict.until else None,
        "in_force": verdict.in_force,
    }


def _statements(group: str, codes: list[str]) -> list[dict[str, str]]:
    return [coded(group, code) for code in codes]


def _time_of(record: Record, name: str, zone: str) -> dict[str, Any] | None:
    """A time of a record, which older records may lack."""
    at = getattr(record, name, 0)
    return time(at, zone) if at else None


def _truth(group: str, value: int) -> dict[str, Any]:
    return {"value": bool(value), **said(group, "yes" if value else "no")}
