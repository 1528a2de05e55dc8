"""`ivr forget`: remove what is held about a person, and say what it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from infra.cli import output
from infra.cli.target import reachable
from ivr.desk import forgetting as desk

if TYPE_CHECKING:
    from infra.cli.target import Place


@click.command
@click.argument("number")
@click.option("--unregister", is_flag=True, help="Also remove the lines that ring this number.")
@click.option("--dry-run", is_flag=True, help="Say what would be removed, and remove nothing.")
@click.option("--yes", is_flag=True, help="Do not ask before it is removed for good.")
@output.as_json
@click.pass_obj
def forget(place: Place, *, number: str, unregister: bool, dry_run: bool, yes: bool, as_json: bool) -> None:
    """Remove what is held about whoever has NUMBER, as a caller and as a customer.

    It says what that is and asks first. It reads the whole table. Lines that ring the number stay registered unless
    --unregister is given, which removes what they know of their callers too; until then its wish to get no messages
    stays, for it would get them again.
    """
    target = place.target()
    if as_json and not (dry_run or yes):
        raise click.ClickException("--json asks nothing: add --yes to remove it for good, or --dry-run")
    with reachable(target):
        found = desk.find(target.desk, number, unregister=unregister)
    if not dry_run:
        target.announce()
    told = found.kinds
    if found.removed and not (dry_run or yes):
        listed = ", ".join(f"{kind}: {count}" for kind, count in sorted(told.items()))
        click.confirm(f"Held about {found.number}: {listed}. Remove it for good?", abort=True, err=True)
    if not dry_run:
        with reachable(target):
            desk.forget(target.desk, found)
    if as_json:
        output.print_json({"number": found.number, "removed": told, "dry_run": dry_run})
        return
    output.print_table(
        ("Removed" if not dry_run else "Would be removed", "How many"),
        ((kind, str(count)) for kind, count in sorted(told.items())),
        empty="Nothing is held about this number.",
    )
    if found.stays_registered:
        too = " Its wish to get no messages stays with it." if found.opt_out_stays else ""
        click.echo(f"It is still rung by a line; --unregister removes that too.{too}")
