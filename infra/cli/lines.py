"""`ivr lines`: the numbers that are pointed at this service."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import click

from infra.cli import output
from infra.cli.labels import as_json as record_as_json
from infra.cli.numbers import full_number, may_ring
from infra.cli.target import reachable
from ivr.locales.codes import are_codes
from ivr.screening.line import Line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from infra.cli.target import Place


@click.group
def lines() -> None:
    """List the lines, and register one."""


@lines.command("list")
@output.limits
@output.as_json
@click.pass_obj
def list_lines(place: Place, *, limit: int, every: bool, as_json: bool) -> None:
    """List the registered lines. Any other number that reaches the service is a report line."""
    target = place.target()
    with reachable(target):
        found = output.up_to(None if every else limit, target.store.lines.all())
        heard = (dataclasses.replace(one, languages=target.settings.spoken(one.languages)) for one in found)
        if as_json:
            output.print_json_list(map(record_as_json, heard))
        else:
            _print(heard)


def _print(found: Iterable[Line]) -> None:
    output.print_table(
        ("Line", "Kind", "Rings", "Languages", "Mode"),
        ((line.number, line.kind, line.ring_to or "-", line.languages, line.mode) for line in found),
        empty="No line is registered: every number that reaches the service is a report line.",
    )


@lines.command("add")
@click.argument("number")
@click.option("--kind", default="protected", show_default=True, type=click.Choice(Line.KINDS))
@click.option("--ring-to", default="", help="The customer's own telephone.")
@click.option(
    "--languages",
    default="",
    help="One of the languages that LANGUAGES offers, or two in the order in which they are heard, such as ar-en. "
    "Default: the first two.",
)
@click.option("--mode", default="standard", show_default=True, type=click.Choice(Line.MODES))
@click.option("--foreign", is_flag=True, help="The customer's telephone is not of the home region.")
@click.option("--replace", is_flag=True, help="Change a line that is registered already.")
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
    as_json: bool,
) -> None:
    """Register NUMBER as a line: protected (it rings one customer) or report (the public hotline).

    The mode of a protected line: standard warns of a flagged caller and rings the customer after the check; strict
    refuses flagged and withheld callers, and checks all others that are not trusted; off rings the customer at once,
    without notice or check, and refuses only callers whom the customer blocked.
    """
    target = place.target()
    region, newer = target.settings.numbering
    number = full_number(number, region, "the line", newer)
    if kind == "protected" and not ring_to:
        raise click.ClickException("a protected line needs --ring-to, the customer's telephone")
    if kind != "protected" and ring_to:
        raise click.ClickException("a report line rings nobody: leave --ring-to out")
    line = Line(
        number=number,
        kind=kind,
        ring_to=may_ring(ring_to, region, newer, foreign=foreign) if ring_to else "",
        languages=_offered(languages or target.settings.spoken(""), target.settings.languages),
        mode=mode,
    )
    with reachable(target):
        known = [*target.store.lines.all()]
        _check_for_loops(line, known)
        target.announce()
        if replace:
            before = next((one for one in known if one.number == line.number), None)
            if before and before.ring_to != line.ring_to:  # its next owner inherits nothing
                target.store.forgetting().clear_line(line.number)
            target.store.put(line)
        elif not target.store.put_once(line):
            raise click.ClickException(f"{number} is a line already: add --replace to change it")
    words = f"{number} is a {kind} line now" + (f" and rings {line.ring_to}." if ring_to else ".")
    output.tell(record_as_json(line), words, as_json=as_json)


def _offered(languages: str, offered: tuple[str, ...]) -> str:
    """Languages as a line holds them. Raises ``click.ClickException`` for one that this deployment does not offer."""
    if not are_codes(languages):
        raise click.ClickException(f"--languages is {languages!r}: name one language, or two such as ar-en")
    if unknown := [code for code in languages.split("-") if code not in offered]:
        raise click.ClickException(
            f"--languages names {unknown[0]!r}, and this deployment offers {', '.join(offered)}: see LANGUAGES"
        )
    return languages


def _check_for_loops(line: Line, known: Iterable[Line]) -> None:
    """Refuse what would let a call come back to us for ever."""
    others = [other for other in known if other.number != line.number]
    if line.ring_to and line.ring_to in {line.number, *(other.number for other in others)}:
        raise click.ClickException(f"{line.ring_to} is a line itself: a line can't ring a line")
    for other in others:
        if other.ring_to == line.number:
            raise click.ClickException(f"{line.number} is what the line {other.number} rings: it can't be a line too")
