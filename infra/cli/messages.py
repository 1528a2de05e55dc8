"""`ivr messages`: what became of the SMS about each report, and who wants none."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from infra.cli import output
from infra.cli.days import Days, day_options
from infra.cli.labels import as_json as record_as_json
from infra.cli.labels import iso_time
from infra.cli.numbers import full_number
from infra.cli.pseudonyms import person_of
from infra.cli.reports import reports_in
from infra.cli.target import reachable
from ivr.jobs.job import STATES, UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from infra.cli.target import Place
    from ivr.jobs.job import Sms
    from ivr.reports.report import Report

    Told = tuple[Report, Sms]  # a report, and the message about it


@click.group
def messages() -> None:
    """List the messages about reports, and opt customers out of them."""


@messages.command("list")
@day_options
@click.option("--state", default="", type=click.Choice(["", *STATES]), help="Only those in this state.")
@output.limits
@output.as_json
@click.pass_obj
def list_messages(
    place: Place, *, day: str | None, days: int | None, state: str, limit: int, every: bool, as_json: bool
) -> None:
    """List the messages about the reports of the last days, oldest first, and what became of each.

    States: asked (waits), claimed (being sent), done (Twilio took it), failed (never sent: the outcome says why) and
    unknown (it may have been sent, and is never sent again). Of more than the limit, the newest are listed.
    """
    target = place.target()
    now, meant = int(time.time()), Days.of(day, days, target.settings.timezone)
    with reachable(target):
        reports = reports_in(meant, target, newest_first=not every)
        found: Iterator[Told] = target.store.sms.about(reports)
        found = (one for one in found if state in {"", one[1].state_at(now)})
        if not every:
            found = reversed([*output.up_to(limit, found)])
        if as_json:
            output.print_json_list(
                {**record_as_json(message), "state": message.state_at(now), "reported": iso_time(report.reported_at)}
                for report, message in found
            )
        else:
            _print(found, now, target.settings.timezone)


def _print(found: Iterable[Told], now: int, timezone: str) -> None:
    unknown = 0

    def rows() -> Iterator[tuple[str, ...]]:
        nonlocal unknown
        for report, message in found:
            unknown += message.state_at(now) == UNKNOWN
            yield (
                output.local_time(report.reported_at, timezone),
                message.reference,
                message.line,
                message.state_at(now),
                message.outcome or "-",
                str(message.segments or "-"),
            )

    columns = ("Reported", "Reference", "Line", "State", "Outcome", "Segments")
    output.print_table(columns, rows(), empty="There is no such message about the reports of that time.")
    if unknown:
        click.echo(f"Of unknown outcome: {unknown}. They may have been sent, and are never sent again.")


@messages.command("opt-out")
@click.argument("number")
@output.as_json
@click.pass_obj
def opt_out(place: Place, *, number: str, as_json: bool) -> None:
    """Send no messages to NUMBER, a customer's telephone, until they opt in again."""
    _change(place, number, wanted=False, as_json=as_json)


@messages.command("opt-in")
@click.argument("number")
@output.as_json
@click.pass_obj
def opt_in(place: Place, *, number: str, as_json: bool) -> None:
    """Send messages to NUMBER again, a customer's telephone that had opted out."""
    _change(place, number, wanted=True, as_json=as_json)


def _change(place: Place, number: str, *, wanted: bool, as_json: bool) -> None:
    target = place.target()
    text = full_number(number, target.settings.home_region, "NUMBER", target.settings.extra_number_ranges)
    person, now = person_of(text, target), int(time.time())
    opt_outs = target.store.opt_outs
    with reachable(target):
        registered = any(line.ring_to == text for line in target.store.lines.all())
        target.announce()
        if wanted:
            changed = opt_outs.end(person, now, kept_days=target.settings.retention_decisions_days)
        else:
            changed = opt_outs.begin(person, now)
    if as_json:
        output.print_json({"number": text, "opted_out": not wanted, "changed": changed, "registered": registered})
        return
    gets = "gets messages about its reports" if wanted else "gets no messages"
    click.echo(f"{text} {gets}{' from now on' if changed else ', as before'}.")
    if not registered:
        click.echo("No line rings this number: it gets none in any case.")
