"""`ivr reports`: what customers reported."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from infra.cli import output
from infra.cli.labels import CATEGORIES, LOSSES, counted_in_words, report_as_json
from infra.cli.options import day_options, days_of
from infra.cli.target import reachable
from ivr.desk import reports as desk
from ivr.pseudonym import shortened

if TYPE_CHECKING:
    from collections.abc import Iterable

    from infra.cli.target import Place
    from ivr.reports import Report


@click.group
def reports() -> None:
    """List what customers reported, show one, and write its dossier."""


@reports.command("list")
@day_options
@output.limits
@output.as_json
@click.pass_obj
def list_reports(place: Place, *, day: str | None, days: int | None, limit: int, every: bool, as_json: bool) -> None:
    """List the reports of the last days, oldest first. Days are those of the deployment's time zone.

    Where there are more than the limit, the newest are listed.
    """
    target = place.target()
    meant = days_of(day, days, target.settings.timezone)
    with reachable(target):
        found = desk.of_days(target.desk, meant, newest_first=not every)
        if not every:
            found = reversed([*output.up_to(limit, found)])
        if as_json:
            output.print_json_list(map(report_as_json, found))
        else:
            _print(found, target.settings.timezone)


def _print(found: Iterable[Report], timezone: str) -> None:
    output.print_table(
        ("Time", "Reference", "Caller", "Wanted", "Loss", "Counts", "Line", "Reporter"),
        (
            (
                output.local_time(report.reported_at, timezone),
                report.reference,
                report.caller or "withheld",
                CATEGORIES.get(report.category, report.category),
                LOSSES.get(report.loss, report.loss),
                counted_in_words(report),
                report.line or "-",
                shortened(report.reporter),
            )
            for report in found
        ),
        empty="Nothing was reported in that time.",
    )
