"""`ivr lines`: the numbers that are pointed at this service."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from infra.cli import options, output
from infra.cli.audit import audit_as_json, print_audit
from infra.cli.labels import as_json as record_as_json
from infra.cli.target import reachable
from ivr.desk import audit
from ivr.desk import lines as desk

if TYPE_CHECKING:
    from collections.abc import Iterable

    from infra.cli.target import Place
    from ivr.desk.actor import Actor
    from ivr.desk.lines import Line


@click.group
def lines() -> None:
    """List the lines, register, change and remove one."""


@lines.command("list", epilog=options.example("ivr lines list --limit 20"))
@output.limits
@output.as_json
@click.pass_obj
def list_lines(place: Place, *, limit: int, every: bool, as_json: bool) -> None:
    """List the registered lines. Any other number that reaches the service is a report line."""
    target = place.target()
    with reachable(target):
        found = output.up_to(None if every else limit, desk.lines(target.desk))
        if as_json:
            output.print_json_list(map(record_as_json, found))
        else:
            _print(found)


def _print(found: Iterable[Line]) -> None:
    output.print_table(
        ("Line", "Kind", "Rings", "Languages", "Mode"),
        ((line.number, line.kind, line.ring_to or "-", line.languages, line.mode) for line in found),
        empty="No line is registered: every number that reaches the service is a report line.",
    )


@lines.command(
    "add", epilog=options.example("ivr lines add +12025550170 --ring-to +96891234567 --languages ar-en --mode strict")
)
@click.argument("number")
@click.option("--kind", default="protected", show_default=True, type=click.Choice(desk.KINDS))
@click.option("--ring-to", default="", help="The customer's own telephone.")
@click.option(
    "--languages",
    default="",
    help="One of the languages that LANGUAGES offers, or two in the order in which they are heard, such as ar-en. "
    "Default: the first two.",
)
@click.option("--mode", default="standard", show_default=True, type=click.Choice(desk.MODES))
@click.option("--foreign", is_flag=True, help="The customer's telephone is not of the home region.")
@click.option("--replace", is_flag=True, help="Change a line that is registered already.")
@options.by
@output.as_json
@click.pass_obj
def add(
    place: Place,
    *,
    number: str,
    kind: str,
    ring_to: str,
    languages: str,
    mode: str,
    foreign: bool,
    replace: bool,
    by: Actor,
    as_json: bool,
) -> None:
    """Register NUMBER as a line: protected (it rings one customer) or report (the public hotline).

    The mode of a protected line: standard warns of a flagged caller and rings the customer after the check; strict
    refuses flagged and withheld callers, and checks all others that are not trusted; off rings the customer at once,
    without notice or check, and refuses only callers whom the customer blocked.
    """
    target = place.target()
    with reachable(target):
        line = desk.register(
            target.desk,
            number,
            kind=kind,
            ring_to=ring_to,
            languages=languages,
            mode=mode,
            foreign=foreign,
            changes=replace,
            by=by,
        )
    words = f"{line.number} is a {kind} line now" + (f" and rings {line.ring_to}." if line.ring_to else ".")
    output.tell(record_as_json(line), words, as_json=as_json)


@lines.command("show", epilog=options.example("ivr lines show +12025550100"))
@click.argument("number")
@output.as_json
@click.pass_obj
def show(place: Place, *, number: str, as_json: bool) -> None:
    """Show the line NUMBER, and who changed it."""
    target = place.target()
    with reachable(target):
        line = desk.registered(target.desk, number)
        entries = audit.of(target.desk, audit.About.LINE, line.number).entries
    if as_json:
        output.print_json({**record_as_json(line), "audit": [audit_as_json(one) for one in entries]})
        return
    _print([replace(line, languages=target.settings.spoken(line.languages))])
    click.echo()
    print_audit(entries, target.settings.timezone)


@lines.command(
    "change", epilog=options.example('ivr lines change +12025550100 --mode strict --note "asked for it by telephone"')
)
@click.argument("number")
@click.option("--kind", type=click.Choice(desk.KINDS))
@click.option("--ring-to", help="The customer's own telephone.")
@click.option("--languages", help="One of the languages that LANGUAGES offers, or two in their order, such as ar-en.")
@click.option("--mode", type=click.Choice(desk.MODES))
@click.option("--foreign", is_flag=True, help="The customer's telephone is not of the home region.")
@click.option("--note", default="", help="Why: the audit keeps it.")
@options.by
@output.as_json
@click.pass_obj
def change(place: Place, /, *, number: str, foreign: bool, note: str, by: Actor, as_json: bool, **given: Any) -> None:
    """Change the line NUMBER in what is given, and in nothing else.

    A line that rings another telephone than before loses all that it knew of its callers.
    """
    wanted = {name: value for name, value in given.items() if value is not None}
    if not wanted:
        raise click.ClickException("nothing is to be changed: give --kind, --ring-to, --languages or --mode")
    target = place.target()
    with reachable(target):
        line = desk.changed(target.desk, number, wanted, foreign=foreign, note=note, by=by)
    rings = f", and rings {line.ring_to}" if line.ring_to else ""
    words = f"{line.number} is a {line.kind} line now, {line.mode}{rings}."
    output.tell(record_as_json(line), words, as_json=as_json)


@lines.command("remove", epilog=options.example('ivr lines remove +12025550170 --note "contract ended" --forget'))
@click.argument("number")
@options.note("Why it is removed.")
@click.option(
    "--forget/--keep",
    "forgets",
    default=None,
    help="What the line knows of its callers (trusts, blocks, who is familiar) goes too, or waits for its customer's "
    "return. One of the two must be given.",
)
@options.by
@output.as_json
@click.pass_obj
def remove(place: Place, *, number: str, note: str, forgets: bool | None, by: Actor, as_json: bool) -> None:
    """Remove the line NUMBER. While the number is pointed at this service, it is a report line from then on."""
    if forgets is None:
        raise click.ClickException("say what becomes of what the line knows of its callers: --forget or --keep")
    target = place.target()
    with reachable(target):
        line = desk.remove(target.desk, number, by=by, note=note, forgets=forgets)
    assert line  # no form repeats a command
    words = f"{line.number} is no registered line now: while it is pointed here, it is a report line."
    output.tell(record_as_json(line), words, as_json=as_json)
