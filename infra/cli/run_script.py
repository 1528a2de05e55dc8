"""`ivr call --script`: runs a call script, prints its calls and the expectations that were not met."""

from __future__ import annotations

import io
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from infra.carrier import render
from infra.cli import output
from infra.cli.group import WRONG_INPUT
from infra.cli.scripts.checking import failures
from infra.cli.scripts.on_stack import stage_on
from infra.cli.scripts.playing import hold
from infra.cli.scripts.reading import ScriptError, read_script
from infra.cli.scripts.table import set_table
from infra.cli.started import started
from ivr.store import StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from infra.cli.scripts.model import Script
    from infra.cli.scripts.reading import Written
    from infra.cli.scripts.stage import Held
    from infra.cli.target import Place
    from infra.local.stackfile import Running

_NOT_MET = 1  # exit status


def run_script(place: Place, path: Path, *, seed: int | None, webhooks: bool, as_json: bool) -> None:
    """Run a script on the running stack or one of its own. Exits with status 1 if an expectation is not met."""
    try:
        written = read_script(path)
    except ScriptError as error:
        for wrong in error.wrongs:
            click.echo(f"ivr: {output.plain(wrong)}", err=True)
        sys.exit(WRONG_INPUT)
    with _stack(place, written.script) as running:
        try:
            told, calls = _held(written, running, seed=seed, show=None if as_json else webhooks)
        except StoreUnavailableError as error:
            raise click.ClickException(f"the table of the stack does not answer ({error})") from error
    if as_json:
        output.print_json({"title": written.script.title, "passed": not told, "not_met": told, "calls": calls})
    else:
        for one in told:
            click.echo(f"Not met: {output.plain(one)}")
        click.echo(output.plain(f"{'FAILED' if told else 'Passed'}: {written.script.title} ({path})"))
    if told:
        sys.exit(_NOT_MET)


def _held(
    written: Written, running: Running, *, seed: int | None, show: bool | None
) -> tuple[list[str], list[dict[str, Any]]]:
    """The expectations that were not met, and the calls. ``show``: print each call, True with its webhooks."""
    told, calls = [], []
    with stage_on(running, written.script, seed=seed) as stage:
        set_table(written.script, stage)
        for nth, held in enumerate(hold(written.script, stage)):
            found = written.told(failures(held, stage, nth))
            told += found
            calls.append({"call_sid": held.call.sid, "status": held.call.status, "not_met": found})
            if show is not None:
                _print(held, nth, webhooks=show)
    return told, calls


def _print(held: Held, nth: int, *, webhooks: bool) -> None:
    scripted = held.scripted
    click.echo(output.plain(f"{nth + 1}. {scripted.title or f'{scripted.from_} calls {scripted.to}'}"))
    for line in render(held.entries, webhooks=webhooks).splitlines():
        click.echo(output.plain(line))
    for sms in held.sms:
        click.echo(output.plain(f"SMS to {sms.to}: {sms.body}"))
    click.echo("")


@contextmanager
def _stack(place: Place, script: Script) -> Iterator[Running]:
    """The stack of this checkout where it has the script's settings, else one for this script alone."""
    running = place.running()
    if running:
        other = [name for name, value in script.settings.items() if running.settings.get(name, "") != value]
        if not other:
            yield running
            return
        click.echo(f"The running stack has another {', '.join(other)}: this script gets a stack of its own.", err=True)
    with started({"LOG_LEVEL": "ERROR", **script.settings}, log=io.StringIO()) as stack:
        yield stack.running
