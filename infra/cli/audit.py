"""`ivr audit`: who changed or looked at what."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import click

from infra.cli import options, output
from infra.cli.options import day_options, days_of
from infra.cli.target import reachable
from ivr.desk import audit as desk
from ivr.desk.exports import AUDIT
from ivr.desk.whole_lists import PAGE, read_all
from ivr.records.base import moment_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from infra.cli.target import Place
    from ivr.desk.audit import AuditEntry

_NO_LIMIT = 10**9
_ABOUT = tuple(about.value for about in desk.About if about)


@click.group
def audit() -> None:
    """List who changed or looked at what: of days, or of one number, line, rule, report or call-back."""


@audit.command(
    "list",
    epilog=options.example("ivr audit list --days 7 --who salma", "ivr audit list --action decide"),
)
@click.option("--who", default="", help="Only what one person did, by the name that the audit keeps.")
@options.only("--action", desk.Action, "Only one kind of action.")
@day_options
@output.limits
@output.as_json
@click.pass_obj
def list_entries(
    place: Place, *, who: str, action: str, day: str | None, days: int | None, limit: int, every: bool, as_json: bool
) -> None:
    """List the entries of days, newest first. With --who or --action it reads further until the limit is found."""
    target = place.target()
    meant = days_of(day, days, target.settings.timezone)
    with reachable(target):
        found = read_all(partial(_page, target.desk, meant), _NO_LIMIT)
        wanted = (one for one in found if who in {"", one.by} and action in {"", one.action})
        _tell(output.up_to(None if every else limit, wanted), target.settings.timezone, as_json=as_json)


@audit.command("show", epilog=options.example("ivr audit show caller +96891234567", "ivr audit show prefix +96890"))
@click.argument("about", type=click.Choice(_ABOUT))
@click.argument("what")
@output.limits
@output.as_json
@click.pass_obj
def show(place: Place, *, about: str, what: str, limit: int, every: bool, as_json: bool) -> None:
    """List the entries about one thing, newest first: WHAT is its number, prefix, reference, CallSid or ID."""
    target = place.target()
    with reachable(target):
        name = desk.named(target.desk, desk.About(about), what)
        pages = read_all(lambda after: desk.of(target.desk, desk.About(about), name, after=after), _NO_LIMIT)
        _tell(output.up_to(None if every else limit, pages), target.settings.timezone, as_json=as_json)


def _page(context: Any, days: Any, after: str) -> desk.Page:
    return desk.of_days(context, days, after=after, most=PAGE)


def _tell(found: Iterable[AuditEntry], timezone: str, *, as_json: bool) -> None:
    if as_json:
        output.print_json_list(map(audit_as_json, found))
    else:
        print_audit(found, timezone)


def audit_as_json(entry: AuditEntry) -> dict[str, Any]:
    """An entry as an export has it, but its records as objects."""
    [row] = AUDIT.rows([entry])
    return {**row, "at": moment_of(entry.at), "before": entry.before, "after": entry.after}


def print_audit(found: Iterable[AuditEntry], timezone: str) -> None:
    """A table of entries. What a change made of a record is in its JSON."""
    output.print_table(
        ("Time", "By", "Did", "About", "Which", "Note"),
        (
            (
                output.local_second(one.at, timezone),
                one.by,
                one.action.replace("_", " "),
                one.about.replace("_", " ") or "-",
                one.what or "-",
                one.note,
            )
            for one in found
        ),
        empty="The audit holds nothing of that.",
    )
