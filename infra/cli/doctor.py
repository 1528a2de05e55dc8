"""`ivr doctor`: whether a deployment works, line by line, each with what to do where it does not."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import click

from infra.cli import options, output

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.cli.target import Place
    from infra.doctor.examination import Line
    from infra.doctor.patient import Patient

_COLOURS = {"ok": "green", "warn": "yellow", "wrong": "red", "unseen": "bright_black"}
_SHOWN = {"unseen": "-"}
_IS_WRONG = 1


@click.command(epilog=options.example("ivr --stack NAME doctor"))
@output.as_json
@click.option("--markdown", is_flag=True, help="Say of each check what it looks at, as a table for the documents.")
@click.pass_obj
def doctor(place: Place, *, as_json: bool, markdown: bool) -> int:
    """Say whether the deployment works: each line is ok, or says what to do. It changes nothing.

    With --stack it looks at a deployed one, with your AWS credentials: docs/doctor.md lists the IAM actions that it
    needs. Without, it looks at the stack that `make run` started here. It sends a signed test webhook to each entry, of
    which the service keeps nothing. The exit status is 1 if something is wrong.

    For example: ivr --stack call-screening-prod doctor
    """
    from infra.doctor.examination import examine
    from infra.doctor.findings import Level

    if markdown:
        _explain()
        return 0
    lines = examine(_patient(place))
    told = [line.finding.level for line in (_print_json(lines) if as_json else _print(lines))]
    if not as_json:
        many = Counter(told)
        click.echo(
            f"\n{many[Level.OK]} ok, {many[Level.WARN]} to look at, {many[Level.WRONG]} wrong"
            + (f", {many[Level.UNSEEN]} not looked at" if many[Level.UNSEEN] else "")
        )
    return _IS_WRONG if Level.WRONG in told else 0


def _patient(place: Place) -> Patient:
    """What is looked at. Raises ``click.ClickException`` where there is nothing."""
    from infra.doctor.patient import Deployed, OnLaptop

    if place.stack:
        place.take_region()
        return Deployed(place.stack)
    if place.table:
        raise click.ClickException(f"a table alone can't be looked at: name the stack of {place.table} with --stack")
    if running := place.running():
        return OnLaptop(running)
    raise click.ClickException(
        "there is nothing to look at: start a stack in this checkout with `make run`, or name a deployed one with "
        "--stack"
    )


def _print(lines: Iterator[Line]) -> Iterator[Line]:
    """Print each line as soon as it is known, its remedy below it."""
    for line in lines:
        level = line.finding.level.value
        shown = click.style(f"{_SHOWN.get(level, level):<6}", fg=_COLOURS[level], bold=level == "wrong")
        click.echo(f"{shown} {line.check.name:<17} {output.plain(line.finding.saw)}")
        for step in line.finding.remedy:
            click.echo(f"{'':<24} {output.plain(step)}")
        yield line


def _print_json(lines: Iterator[Line]) -> list[Line]:
    found = list(lines)
    output.print_json(
        [
            {
                "check": line.check.name,
                "level": line.finding.level.value,
                "saw": line.finding.saw,
                "remedy": list(line.finding.remedy),
            }
            for line in found
        ]
    )
    return found


def _explain() -> None:
    from infra.doctor.examination import CHECKS
    from infra.doctor.patient import Place as Where

    click.echo("| Check | What it looks at | If it is wrong | IAM actions |\n|---|---|---|---|")
    for one in CHECKS:
        needs = ", ".join(f"`{action}`" for action in one.needs) or "-"
        laptop = " (on a laptop too)" if Where.LAPTOP in one.places else ""
        click.echo(f"| `{one.name}`{laptop} | {one.looks_at} | {one.otherwise} | {needs} |")
