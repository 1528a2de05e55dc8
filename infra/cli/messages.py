"""`ivr messages`: the SMS about reports, and opt-outs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from infra.cli import options, output
from infra.cli.labels import as_json as record_as_json
from infra.cli.options import day_options, days_of
from infra.cli.target import reachable
from ivr.desk import messages as desk
from ivr.records.base import moment_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from infra.cli.target import Place
    from ivr.desk.actor import Actor
    from ivr.desk.messages import AboutReport


@click.group
def messages() -> None:
    """List the messages about reports, and opt customers out of them."""


@messages.command("list", epilog=options.example("ivr messages list --state failed --days 7"))
@day_options
@options.only("--state", desk.STATES, "Only those in this state.")
@output.limits
@output.as_json
@click.pass_obj
def list_messages(
    place: Place, *, day: str | None, days: int | None, state: str, limit: int, every: bool, as_json: bool
) -> None:
    """List the SMS about the reports of the last days with their states, oldest first.

    States: asked (waits), claimed (being sent), done (Twilio took it), failed (never sent: the outcome says why) and
    unknown (it may have been sent, and is never sent again). Of more than the limit, the newest are listed.
    """
    target = place.target()
    meant = days_of(day, days, target.settings.timezone)
    with reachable(target):
        found: Iterator[AboutReport] = desk.of_days(target.desk, meant, state, newest_first=not every)
        if not every:
            found = reversed([*output.up_to(limit, found)])
        if as_json:
            output.print_json_list(
                {**record_as_json(message), "state": state, "reported": moment_of(report.reported_at)}
                for report, message, state in found
            )
        else:
            _print(found, target.settings.timezone)


def _print(found: Iterable[AboutReport], timezone: str) -> None:
    unknown = 0

    def rows() -> Iterator[tuple[str, ...]]:
        nonlocal unknown
        for report, message, state in found:
            unknown += state == desk.UNKNOWN
            yield (
                output.local_time(report.reported_at, timezone),
                message.reference,
                message.line,
                state,
                message.outcome or "-",
                str(message.segments or "-"),
            )

    columns = ("Reported", "Reference", "Line", "State", "Outcome", "Segments")
    output.print_table(columns, rows(), empty="There is no such message about the reports of that time.")
    if unknown:
        click.echo(f"Of unknown outcome: {unknown}. They may have been sent, and are never sent again.")


@messages.command("opt-out", epilog=options.example("ivr messages opt-out +12025550111 --by salma"))
@click.argument("number")
@options.by
@output.as_json
@click.pass_obj
def opt_out(place: Place, *, number: str, by: Actor, as_json: bool) -> None:
    """Send no messages to NUMBER, a customer's telephone, until they opt in again."""
    _change(place, number, wanted=False, by=by, as_json=as_json)


@messages.command("opt-in", epilog=options.example("ivr messages opt-in +12025550111 --by salma"))
@click.argument("number")
@options.by
@output.as_json
@click.pass_obj
def opt_in(place: Place, *, number: str, by: Actor, as_json: bool) -> None:
    """Send messages to NUMBER again, a customer's telephone that had opted out."""
    _change(place, number, wanted=True, by=by, as_json=as_json)


def _change(place: Place, number: str, *, wanted: bool, by: Actor, as_json: bool) -> None:
    target = place.target()
    with reachable(target):
        change = desk.opt_in if wanted else desk.opt_out
        wish = change(target.desk, number, by=by)
    if as_json:
        told = {"number": wish.number, "opted_out": not wanted, "changed": wish.changed}
        output.print_json({**told, "registered": wish.is_registered})
        return
    gets = "gets messages about its reports" if wanted else "gets no messages"
    click.echo(f"{wish.number} {gets}{' from now on' if wish.changed else ', as before'}.")
    if not wish.is_registered:
        click.echo("No line rings this number: it gets none in any case.")
