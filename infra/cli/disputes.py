"""`ivr callers dispute`, `clear` and `keep`: disputes of listed numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from infra.cli import options, output
from infra.cli.labels import as_json as record_as_json
from infra.cli.target import reachable
from ivr.desk import disputes as desk

if TYPE_CHECKING:
    from collections.abc import Iterable

    from infra.cli.target import Place
    from ivr.desk.actor import Actor
    from ivr.desk.disputes import Dispute


@click.command(epilog=options.example('ivr callers dispute +13035550122 --note "a bakery, with its licence"'))
@click.argument("number")
@options.note("What speaks for the number.")
@options.by
@output.as_json
@click.pass_obj
def dispute(place: Place, *, number: str, note: str, by: Actor, as_json: bool) -> None:
    """Open a dispute about NUMBER. To one that is open the note is added."""
    target = place.target()
    with reachable(target):
        opened = desk.open_dispute(target.desk, number, note, by=by)
    output.tell(record_as_json(opened), f"A dispute about {opened.caller} is open.", as_json=as_json)


@click.command(epilog=options.example('ivr callers clear +13035550122 --note "saw the licence"'))
@click.argument("number")
@options.note("Why it is cleared.")
@options.by
@output.as_json
@click.pass_obj
def clear(place: Place, *, number: str, note: str, by: Actor, as_json: bool) -> None:
    """Clear NUMBER: reports from before now count no longer. A decision of the desk on it stays as it is."""
    target = place.target()
    with reachable(target):
        cleared = desk.clear(target.desk, number, note=note, by=by)
    words = f"{cleared.caller} is cleared: reports from before now count no longer."
    output.tell(record_as_json(cleared), words, as_json=as_json)


@click.command(epilog=options.example('ivr callers keep +13035550122 --note "no answer to two letters"'))
@click.argument("number")
@options.note("Why it stays listed.")
@options.by
@output.as_json
@click.pass_obj
def keep(place: Place, *, number: str, note: str, by: Actor, as_json: bool) -> None:
    """Keep NUMBER listed: its dispute is decided against it."""
    target = place.target()
    with reachable(target):
        kept = desk.keep(target.desk, number, note=note, by=by)
    output.tell(record_as_json(kept), f"{kept.caller} is kept as it is listed.", as_json=as_json)


@click.command("disputes", epilog=options.example("ivr callers disputes --all"))
@output.limits
@output.as_json
@click.pass_obj
def list_disputes(place: Place, *, limit: int, every: bool, as_json: bool) -> None:
    """List the disputes and how they were decided, open ones last."""
    target = place.target()
    with reachable(target):
        found = output.up_to(None if every else limit, desk.disputes(target.desk))
        if as_json:
            output.print_json_list(map(record_as_json, found))
        else:
            _print(found, target.settings.timezone)


def _print(found: Iterable[Dispute], zone: str) -> None:
    output.print_table(
        ("Caller", "Opened", "By", "State", "For it", "Decided", "By", "Decision"),
        (
            (
                one.caller,
                output.local_time(one.opened_at, zone),
                one.source,
                one.state,
                one.note,
                output.local_time(one.resolved_at, zone) if one.resolved_at else "-",
                one.resolved_by or "-",
                one.resolution,
            )
            for one in found
        ),
        empty="There are no disputes.",
    )
