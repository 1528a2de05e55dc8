"""`ivr import`: many decisions, rules or lines at once, from a CSV file."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from infra.cli import options, output
from infra.cli.refusals import REMEDIES
from infra.cli.target import reachable
from ivr.desk import Code
from ivr.desk import imports as desk
from ivr.desk.imports.pace import USUAL_UNITS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from infra.cli.target import Place
    from ivr.desk.actor import Actor
    from ivr.desk.imports import Counts, Kind, Problem

_WRONG_INPUT = 2  # exit status
_USUAL_ERRORS = 50
_RATES = click.FloatRange(1, 1_000)  # write units a second


@click.group("import")
def import_() -> None:
    """Import callers, rules or lines from a CSV file.

    The file is checked whole before anything is stored: a line that is wrong is named by its number (the header is line
    1), and then nothing is stored. An import that was stopped goes on where it was when the same command is typed
    again. A line that says what is stored already changes nothing. Each change has its entry in the audit.
    """


def _shared(command: Callable[..., Any]) -> Callable[..., Any]:
    for add in (
        output.as_json,
        options.by,
        click.option(
            "--rate",
            default=USUAL_UNITS,
            show_default=True,
            type=_RATES,
            envvar="IVR_IMPORT_RATE",
            help="Write units (kB) a second, or IVR_IMPORT_RATE. DynamoDB takes 1,000, and the desk needs some.",
        ),
        click.option(
            "--errors", default=_USUAL_ERRORS, show_default=True, type=click.IntRange(1), help="Show so many errors."
        ),
        click.option("--dry-run", is_flag=True, help="Check the file, and store nothing."),
        click.option("--again", is_flag=True, help="Import a file that was imported already."),
        click.argument("file", type=click.File("rb")),
    ):
        command = add(command)
    return command


@import_.command("callers", epilog=options.example("ivr import callers numbers.csv --by salma --dry-run"))
@_shared
@click.pass_obj
def import_callers(place: Place, /, **given: Any) -> None:
    """Decide about every number of FILE, whose header is caller,verdict,note,until.

    What the desk decided about a number before is replaced, as by `ivr callers decide`.
    """
    _run(place, desk.KINDS["callers"], desk.Options(), **given)


@import_.command("rules", epilog=options.example("ivr import rules wangiri.csv --replace --by salma"))
@click.option("--replace", is_flag=True, help="Change rules that say otherwise.")
@click.option("--whole-country", is_flag=True, help="Prefixes may cover all callers of a country.")
@_shared
@click.pass_obj
def import_rules(place: Place, /, *, replace: bool, whole_country: bool, **given: Any) -> None:
    """Add a rule for every prefix of FILE, whose header is prefix,verdict,note,until."""
    _run(place, desk.KINDS["rules"], desk.Options(replaces=replace, whole_country=whole_country), **given)


@import_.command("lines", epilog=options.example("ivr import lines customers.csv --replace --by salma"))
@click.option("--replace", is_flag=True, help="Change lines that are registered otherwise.")
@click.option("--foreign", is_flag=True, help="Customers' telephones may be of another region.")
@_shared
@click.pass_obj
def import_lines(place: Place, /, *, replace: bool, foreign: bool, **given: Any) -> None:
    """Register every line of FILE, whose header is line,kind,ring_to,languages,mode.

    A line that rings another telephone than before loses all that it knew of its callers.
    """
    _run(place, desk.KINDS["lines"], desk.Options(replaces=replace, foreign=foreign), **given)


def _run(
    place: Place,
    kind: Kind,
    allowed: desk.Options,
    *,
    file: Any,
    again: bool,
    dry_run: bool,
    errors: int,
    rate: float,
    by: Actor,
    as_json: bool,
) -> None:
    target, content = place.target(), file.read()
    with _progress("Checking", content.count(b"\n")) as progress:
        checked = desk.check(target.desk, kind, content, allowed, by=by, progress=progress)
    _refuse(file.name, checked.problems, errors, as_json=as_json)
    with reachable(target):
        import_ = desk.Import(target.desk, checked, by=by, units=rate)
        if again and import_.is_done:
            import_.begin_again()
        told = {"kind": kind.name, "file": file.name, "lines": len(checked.drafts)}
        if dry_run:
            with _progress("Comparing", import_.left) as progress:
                problems, changed, same = import_.compared(progress)
            _refuse(file.name, problems, errors, as_json=as_json)
            words = f"{file.name}: {_lines(len(checked.drafts))}, none wrong; {_would(changed, same, import_.left)}."
            output.tell({**told, "left": import_.left, "changed": changed, "same": same}, words, as_json=as_json)
            return
        _refuse(file.name, import_.problems(), errors, as_json=as_json)
        last = import_.last
        if last and import_.is_done:
            at = output.local_time(last.at, target.settings.timezone)
            words = f"{file.name} was imported already, by {last.by} at {at}. --again imports it again."
            output.tell({**told, "changed": 0, "same": len(checked.drafts), "already": True}, words, as_json=as_json)
            return
        counts = _store(import_, file.name)
    output.tell({**told, **counts._asdict(), "already": False}, _in_words(file.name, counts), as_json=as_json)


def _store(import_: desk.Import, name: str) -> Counts:
    try:
        with _progress("Storing", import_.left) as progress:
            return import_.run(progress)
    except BaseException:
        click.echo(f"{name}: {_lines(import_.left)} not stored yet. The same command goes on with them.", err=True)
        raise


def _in_words(name: str, counts: Counts) -> str:
    words = f"{name}: {_lines(counts.changed)} changed something, {counts.same} said what was stored already."
    return f"{words} {_lines(counts.before)} had been stored before it was stopped." if counts.before else words


def _would(changed: int, same: int, left: int) -> str:
    if not left:
        return "imported already"
    return f"{changed} would change something, {same} {'says' if same == 1 else 'say'} what is stored already"


def _lines(many: int) -> str:
    return f"{many} line" if many == 1 else f"{many} lines"


def _refuse(name: str, problems: list[Problem], most: int, *, as_json: bool) -> None:
    """End the command if there is a problem, with each by its line."""
    if not problems:
        return
    if as_json:
        output.print_json({"file": name, "problems": [_told(one)._asdict() for one in problems[:most]]})
    for one in problems[:most]:
        click.echo(output.one_line(f"{name}:{one.line}: {_told(one).sentence}"), err=True)
    if len(problems) > most:
        click.echo(f"... and {len(problems) - most} more: --errors N shows more", err=True)
    click.echo(f"ivr: nothing of {name} is stored: {_lines(len(problems))} wrong", err=True)
    raise SystemExit(_WRONG_INPUT)


def _told(problem: Problem) -> Problem:
    """The problem with what to do about it, where that is an option of the command."""
    remedy = REMEDIES.get(Code(problem.code)) if problem.code else None
    return problem._replace(sentence=f"{problem.sentence}: {remedy}") if remedy else problem


@contextmanager
def _progress(what: str, lines: int) -> Iterator[Callable[[int], None]]:
    """A bar on stderr, where that is a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(what, total=lines)
        yield lambda many: progress.advance(task, many)
