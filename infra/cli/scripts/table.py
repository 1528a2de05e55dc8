"""Sets the table before a script's first call. Every function may raise ``StoreUnavailableError``."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from ivr.pseudonym import pseudonym
from ivr.records.base import DAY
from ivr.reports import Report
from ivr.screening.caller_list import ListEntry
from ivr.screening.desk_decision import DeskDecision, PrefixRule
from ivr.screening.line import Line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.cli.scripts.before import ReportsBefore
    from infra.cli.scripts.model import Script
    from infra.cli.scripts.stage import Stage
    from ivr.records.base import Record

_WORDS = {"trusted": "allow", "blocked": "block"}
_REPORTED_LINE = "+12025550180"  # no customer's: reports on a line's own calls would change how it is called
_KEPT_DAYS = 400


def set_table(script: Script, stage: Stage) -> None:
    """Store what stands there before the script, and let the service take note of it."""
    for record in records(script, stage.now):
        stage.store.put(record)
    for reports in script.before.reports:
        for report in _reports(reports, stage):
            stage.store.reports.put(report)
    stage.settle()


def records(script: Script, now: int) -> Iterator[Record]:
    """The lines, decisions, rules and list entries that stand there before a script."""
    before = script.before
    for line in before.lines:
        languages = "-".join(line.languages)
        yield Line(number=line.number, kind=line.kind, ring_to=line.rings or "", languages=languages, mode=line.mode)
    for decision in before.decisions:
        yield DeskDecision(caller=decision.caller, verdict=decision.verdict, note="a call script", decided_at=now - DAY)
    for rule in before.prefixes:
        yield PrefixRule(prefix=rule.prefix, verdict=rule.verdict, note="a call script")
    for listed in before.lists:
        yield ListEntry(line=listed.line, caller=listed.caller, word=_WORDS[listed.word], at=now - DAY)


def _reports(reports: ReportsBefore, stage: Stage) -> Iterator[Report]:
    at = stage.now - int(reports.ago)
    for nth in range(reports.people):
        drawn = hashlib.sha256(f"{reports.caller} {nth} {at}".encode()).hexdigest()
        yield Report(
            call_sid=f"CA{drawn[:32]}",
            which="screened",
            reference=f"{int(drawn[:8], 16) % 10**8:08}",
            reported_at=at,
            reporter=pseudonym(f"reporter {nth} of a call script", stage.settings.hmac_key),
            expires=at + _KEPT_DAYS * DAY,
            verified=1,
            caller=reports.caller,
            line=_REPORTED_LINE,
            verdict="unknown",
            reason="unknown",
            category=reports.category,
            loss="no",
        )
