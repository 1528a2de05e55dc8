"""`ivr reports`: what customers reported."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from infra.cli import output
from infra.cli.days import Days, day_options
from infra.cli.target import reachable
from infra.cli.words import CATEGORIES, LOSSES, counted_in_words, report_as_json

if TYPE_CHECKING:
    from infra.cli.target import Place

_PSEUDONYM_SHOWN = 8  # of 32 digits: enough to see that two reports are one person's


@click.group
def reports() -> None:
    """List what customers reported, show one, and write its dossier."""


@reports.command("list")
@day_options
@output.as_json
@click.pass_obj
def list_reports(place: Place, *, day: str | None, days: int | None, as_json: bool) -> None:
    """List the reports of the last days, oldest first. Days are those of the deployment's time zone."""
    target = place.target()
    meant = Days.of(day, days, target.settings.timezone)
    with reachable(target):
        found = [report for one in meant.utc for report in target.store.reports_of(one) if report.reported_at in meant]
    if as_json:
        output.print_json([report_as_json(report) for report in found])
        return
    output.print_table(
        ("Time", "Reference", "Caller", "Wanted", "Loss", "Counts", "Line", "Reporter"),
        (
            (
                output.local_time(report.reported_at, target.settings.timezone),
                report.reference,
                report.caller or "withheld",
                CATEGORIES.get(report.category, report.category),
                LOSSES.get(report.loss, report.loss),
                counted_in_words(report),
                report.line or "-",
                report.reporter[:_PSEUDONYM_SHOWN],
            )
            for report in found
        ),
        empty="Nothing was reported in that time.",
    )
