"""`ivr reports`: what customers reported."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from infra.cli import options, output
from infra.cli.labels import CATEGORIES, LOSSES, counted_in_words, report_as_json
from infra.cli.options import day_options, days_of
from infra.cli.target import reachable
from ivr.desk.numbers import customers_number, decidable
from ivr.desk.report_pages import CATEGORIES as CATEGORIES_KNOWN
from ivr.desk.report_pages import Choice, Wanted, chosen
from ivr.pseudonym import shortened

if TYPE_CHECKING:
    from collections.abc import Iterable

    from infra.cli.target import Place
    from ivr.reports import Report


_STATES = ("verified", "unverified", "withdrawn")
_OF_A_CALLER = 400  # days, unless told


@click.group
def reports() -> None:
    """List what customers reported, show one, and write its dossier."""


@reports.command(
    "list",
    epilog=options.example(
        "ivr reports list --days 7 --category money --loss yes --state verified",
        "ivr reports list --caller +96891234567",
    ),
)
@click.option("--caller", help="Only about one number.")
@click.option("--line", help="Only of calls to one line.")
@options.only("--category", (*CATEGORIES_KNOWN, "none"), "What was wanted.")
@options.only("--loss", ("yes", "no", "none"), "Whether anything was lost.")
@options.only("--state", ("verified", "unverified", "withdrawn"), "Only those in this state.")
@day_options
@output.limits
@output.as_json
@click.pass_obj
def list_reports(
    place: Place,
    *,
    caller: str | None,
    line: str | None,
    category: str,
    loss: str,
    state: str,
    day: str | None,
    days: int | None,
    limit: int,
    every: bool,
    as_json: bool,
) -> None:
    """List the reports of the last days, oldest first. Days are those of the deployment's time zone.

    Where there are more than the limit, the newest are listed. "none" is what the customer did not say. With
    --caller those of the last 400 days are listed unless days are given, with --all newest first.
    """
    target = place.target()
    meant = days_of(day, days or (_OF_A_CALLER if caller and day is None else None), target.settings.timezone)
    choice = Choice(
        Wanted(category, loss, state),
        decidable(target.desk, caller) if caller else "",
        customers_number(target.desk, line, "--line") if line else "",
    )
    with reachable(target):
        found = chosen(target.desk, meant, choice, newest_first=not every)
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
