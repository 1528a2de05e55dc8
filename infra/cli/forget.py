"""`ivr forget`: remove a person's data, and list what was removed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from infra.cli import options, output
from infra.cli.target import reachable
from ivr.desk import forgetting as desk

if TYPE_CHECKING:
    from infra.cli.target import Place
    from ivr.desk.actor import Actor


@click.command(epilog=options.example("ivr forget +12025550111 --dry-run", "ivr forget +12025550111 --yes --by salma"))
@click.argument("number")
@click.option("--unregister", is_flag=True, help="Also remove the lines that ring this number.")
@click.option("--dry-run", is_flag=True, help="Say what would be removed, and remove nothing.")
@click.option("--yes", is_flag=True, help="Do not ask before it is removed for good.")
@options.by
@output.as_json
@click.pass_obj
def forget(place: Place, *, number: str, unregister: bool, dry_run: bool, yes: bool, by: Actor, as_json: bool) -> None:
    """Remove the data of the person with NUMBER, as a caller and as a customer.

    It lists the data and asks first. It reads the whole table. Lines that ring the number stay registered unless
    --unregister is given, which removes their data about callers too. While a line rings the number, its opt-out from
    SMS stays, because it would get them again.
    """
    target = place.target()
    if as_json and not (dry_run or yes):
        raise click.ClickException("--json can't ask: add --yes to remove the data for good, or --dry-run")
    with reachable(target):
        found = desk.find(target.desk, number, unregister=unregister)
    if not dry_run:
        target.announce()
    told = found.kinds
    if found.removed and not (dry_run or yes):
        listed = ", ".join(f"{kind}: {count}" for kind, count in sorted(told.items()))
        click.confirm(f"Stored about {found.number}: {listed}. Remove it for good?", abort=True, err=True)
    if not dry_run:
        with reachable(target):
            desk.forget(target.desk, found, by=by)
    if as_json:
        output.print_json({"number": found.number, "removed": told, "dry_run": dry_run})
        return
    output.print_table(
        ("Removed" if not dry_run else "Would be removed", "How many"),
        ((kind, str(count)) for kind, count in sorted(told.items())),
        empty="Nothing is held about this number.",
    )
    if found.stays_registered:
        too = " Its opt-out from SMS stays too." if found.opt_out_stays else ""
        click.echo(f"It is still rung by a line; --unregister removes that too.{too}")
