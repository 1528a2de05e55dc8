"""Sets the table before a script's first call. Every function may raise ``StoreUnavailableError``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.local import past_reports
from ivr.records.base import DAY
from ivr.screening.caller_list import ListEntry
from ivr.screening.desk_decision import DeskDecision, PrefixRule
from ivr.screening.line import Line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.cli.scripts.model import Script
    from infra.cli.scripts.stage import Stage
    from ivr.records.base import Record

_WORDS = {"trusted": "allow", "blocked": "block"}


def set_table(script: Script, stage: Stage) -> None:
    """Store what stands there before the script, and let the service take note of it."""
    for record in records(script, stage.now):
        stage.store.put(record)
    for reports in script.before.reports:
        made = past_reports.of(
            reports.caller,
            people=reports.people,
            at=stage.now - int(reports.ago),
            key=stage.settings.hmac_key,
            category=reports.category,
        )
        for report in made:
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
