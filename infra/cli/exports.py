"""`ivr export`: reports, callers and the audit for the regulator; decisions, rules and lines for `ivr import`."""

from __future__ import annotations

import io
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from infra.cli import options, output
from infra.cli.private_file import private_file
from infra.cli.target import reachable
from ivr.desk import Code, exporting, imports
from ivr.desk.days import Days
from ivr.desk.exports import csv_lines, ndjson_lines
from ivr.records.base import moment_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from infra.cli.target import Place
    from ivr.desk.actor import Actor

_FORMATS = ("csv", "ndjson")
_BEGAN = ("--since", "--until")
_ASKED_FOR = {Code.WHOLE_COUNTRY: "--whole-country", Code.FOREIGN: "--foreign"}  # of `ivr import`


@click.group("export")
def export() -> None:
    """Export files for the regulator, or files that `ivr import` takes.

    For the regulator: reports, callers, audit, of a time. It ends before the moment at which the export begins: what is
    stored meanwhile is in the next one, which may begin with --since at the moment that stderr names.

    For `ivr import callers|rules|lines`: decisions, rules, lines, as they are in force now.

    Numbers are whole, and the audit keeps who took them.
    """


_to = click.option(
    "--to", type=click.Path(dir_okay=False, path_type=Path), help="The file. Without it: standard output."
)


def _shared(command: Callable[..., Any]) -> Callable[..., Any]:
    for add in (
        options.by,
        _to,
        click.option("--format", "format_", default="csv", show_default=True, type=click.Choice(_FORMATS)),
        click.option("--until", help="Last day or moment. Without it: up to now."),
        click.option("--since", required=True, help="First day (2026-11-01) or moment (2026-11-01T18:00)."),
    ):
        command = add(command)
    return command


@export.command("reports", epilog=options.example("ivr export reports --since 2026-11-01 --to reports.csv"))
@_shared
@click.pass_obj
def export_reports(place: Place, /, **given: Any) -> None:
    """Export what customers reported since a day, oldest first. Reporters are pseudonyms."""
    _write(place, "reports", **given)


@export.command("callers", epilog=options.example("ivr export callers --since 2026-01-01 --format ndjson"))
@_shared
@click.pass_obj
def export_callers(place: Place, /, **given: Any) -> None:
    """Export the numbers that the desk decided about, or took a decision back of, since a day, by number."""
    _write(place, "callers", **given)


@export.command("audit", epilog=options.example("ivr export audit --since 2026-11-01 --until 2026-11-30"))
@_shared
@click.pass_obj
def export_audit(place: Place, /, **given: Any) -> None:
    """Export who changed or looked at what since a day, oldest first."""
    _write(place, "audit", **given)


def _to_import(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.pass_obj(options.by(_to(command)))


@export.command("decisions", epilog=options.example("ivr export decisions --to decisions.csv"))
@_to_import
def export_decisions(place: Place, /, **given: Any) -> None:
    """Export the desk's decisions on numbers that are in force, as `ivr import callers` takes them."""
    _write_to_import(place, "callers", **given)


@export.command("rules", epilog=options.example("ivr export rules --to rules.csv"))
@_to_import
def export_rules(place: Place, /, **given: Any) -> None:
    """Export the rules that are in force, as `ivr import rules` takes them."""
    _write_to_import(place, "rules", **given)


@export.command("lines", epilog=options.example("ivr export lines --to lines.csv"))
@_to_import
def export_lines(place: Place, /, **given: Any) -> None:
    """Export the registered lines, as `ivr import lines` takes them."""
    _write_to_import(place, "lines", **given)


@export.command("columns", epilog=options.example("ivr export columns reports"))
@click.argument("kind", type=click.Choice([*exporting.KINDS]))
@click.option("--markdown", is_flag=True, help="Print a Markdown table, for the documentation.")
@output.as_json
def columns(*, kind: str, markdown: bool, as_json: bool) -> None:
    """Say what each column of an export holds. New columns are added at the end."""
    known = exporting.KINDS[kind].export.columns
    if as_json:
        output.print_json([{"column": name, "holds": holds} for name, holds in known.items()])
    elif markdown:
        click.echo("| Column | What it holds |\n|---|---|")
        for name, holds in known.items():
            click.echo(f"| `{name}` | {holds} |")
    else:
        output.print_table(("Column", "What it holds"), known.items(), empty="")


def _write(place: Place, kind: str, *, since: str, until: str | None, format_: str, to: Path | None, by: Actor) -> None:
    target = place.target()
    days = Days.between(since, until, target.settings.timezone, target.desk.now(), _BEGAN)
    with reachable(target), _opened(to) as file:
        rows = exporting.begin(target.desk, kind, days, by=by)
        known = exporting.KINDS[kind].export.columns
        lines = csv_lines(known, rows) if format_ == "csv" else ndjson_lines(rows)
        many = 0
        for line in lines:
            file.write(line)
            many += 1
    click.echo(
        f"{_rows(many - (format_ == 'csv'))}. The next export begins with --since {moment_of(days.end)}", err=True
    )


def _write_to_import(place: Place, name: str, *, to: Path | None, by: Actor) -> None:
    target, kind, told = place.target(), imports.KINDS[name], _Told()
    with reachable(target), _opened(to) as file:
        rows = told.noted(imports.written(target.desk, kind, by=by))
        for line in csv_lines(kind.columns, rows):
            file.write(line)
    for number, sentence in told.refused:
        click.echo(output.plain(f"line {number}: {sentence}"), err=True)
    if told.refused:
        click.echo(
            f"`ivr import {name}` would refuse these lines, and so the file: correct them where they stand", err=True
        )
    taken = " ".join((f"ivr import {name} {to or 'FILE'}", *sorted(told.options)))
    click.echo(f"{_rows(told.many)}, for `{taken}`", err=True)


class _Told:
    """What is said of the lines of a file, once it is written."""

    def __init__(self) -> None:
        self.many = 0
        self.options: set[str] = set()
        self.refused: list[tuple[int, str]] = []

    def noted(self, lines: Iterable[imports.Written]) -> Iterator[Mapping[str, str]]:
        for line in lines:
            self.many += 1
            if line.refused and line.is_final:
                self.refused.append((line.number, line.refused.sentence))
            elif line.refused:
                self.options.add(_ASKED_FOR[line.refused.code])
            yield line.cells


def _rows(many: int) -> str:
    return "1 row" if many == 1 else f"{many} rows"


@contextmanager
def _opened(path: Path | None) -> Iterator[TextIO]:
    """Standard output, or a file of this name."""
    if path is None:
        yield sys.stdout
        return
    with private_file(path) as file, io.TextIOWrapper(file, "utf-8", newline="") as text:  # CSV's line ends are its own
        yield text
