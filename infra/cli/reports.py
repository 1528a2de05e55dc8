"""`ivr reports`: what customers reported."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import click

from infra.cli import output
from infra.cli.target import reachable
from infra.cli.words import CATEGORIES, LOSSES, counted_in_words, report_as_json

if TYPE_CHECKING:
    from infra.cli.target import Place

_AHEAD = timedelta(minutes=30)  # a simulated call's clock runs ahead of ours while it talks
_PSEUDONYM_SHOWN = 8  # of 32 digits: enough to see that two reports are one person's


@click.group
def reports() -> None:
    """List what customers reported, show one, and write its dossier."""


@reports.command("list")
@click.option("--day", default="", help="One day (UTC), such as 2026-11-24.")
@click.option("--days", default=2, show_default=True, type=click.IntRange(1, 400), help="So many days, up to now.")
@output.as_json
@click.pass_obj
def list_reports(place: Place, *, day: str, days: int, as_json: bool) -> None:
    """List the reports of the last days, oldest first. Days are those of UTC."""
    target = place.target()
    with reachable(target):
        found = [report for one in days_of(day, days) for report in target.store.reports_of(one)]
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


def days_of(day: str, days: int) -> list[str]:
    """The days (UTC) that ``--day`` or ``--days`` name. Raises ``click.ClickException``."""
    if day:
        try:
            return [date.fromisoformat(day.strip()).isoformat()]
        except ValueError as error:
            raise click.ClickException(f"--day is {day!r}: write it as 2026-11-24") from error
    now = datetime.now(UTC)
    first, last = (now - timedelta(days=days - 1)).date(), (now + _AHEAD).date()
    return [(first + timedelta(days=nth)).isoformat() for nth in range((last - first).days + 1)]
