"""`ivr run`, which is `make run`: everything on this machine, until Ctrl-C."""

from __future__ import annotations

import os
import signal
import sys
import threading
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from infra.cli import options
from infra.cli.call_log import written_too
from infra.cli.interrupt import ENDS
from infra.cli.started import started

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from infra.cli.target import Place
    from infra.local.stack import Stack

_LOOPBACK_NAMES = ("127.0.0.1", "localhost")
_LAST_PORT = 65535


@click.command(epilog=options.example("ivr run --port 8080"))
@click.option("--host", default="127.0.0.1", show_default=True, help="127.0.0.1 or localhost: nothing else is served.")
@click.option("--port", default=8080, show_default=True, type=click.IntRange(0, 65535), help="0: any free port.")
@click.pass_obj
def run(place: Place, host: str, port: int) -> None:
    """Start it all on this machine: the webhooks, a local DynamoDB, what follows from calls, and demo data.

    The settings are those of the environment, else the demo's. Log lines go to stdout, as JSON, and to the file
    log-PID.jsonl beside the stack file, where `ivr calls show` finds them; the rest goes to stderr.
    Ctrl-C ends it, and nothing is kept.

    Ring-backs and SMS are simulated: `ivr call` stands in for Twilio while it runs, and the stack retries the rest for
    some minutes. To use the real Twilio API, set TWILIO_API_BASE_URL to an empty value, and TWILIO_ACCOUNT_SID and
    TWILIO_AUTH_TOKEN to those of your account.
    """
    if host not in _LOOPBACK_NAMES:
        raise click.ClickException(
            f"HOST is {host!r}, and this listens on 127.0.0.1 alone. To let Twilio in, put a tunnel in front of it and "
            "set PUBLIC_BASE_URL to the tunnel's address"
        )
    from infra.local import stackfile

    other = place.running()
    if other and port and urlsplit(other.gateway).port == port:
        another = port + 1 if port < _LAST_PORT else 8080
        raise click.ClickException(
            f"a stack of this checkout runs already, at {other.gateway} (pid {other.pid}): use it, or press Ctrl-C "
            f"where it runs. A second one needs a port of its own, as in: make run PORT={another}"
        )
    with (
        _asked_to_end() as ended,
        _file_of_its_own(place.stack_file) as path,
        written_too(path, sys.stdout) as log,
        started(os.environ, log=log, port=port, host=host) as stack,
    ):
        if other:
            click.echo(f"`ivr` talked to the stack at {other.gateway} (pid {other.pid}); now to this one.", err=True)
        stackfile.write(replace(stack.running, log=str(path)), place.stack_file)
        try:
            click.echo(_welcome(stack), err=True)
            ended.wait()
        finally:
            stackfile.remove(os.getpid(), place.stack_file)
    click.echo("Ended.", err=True)


@contextmanager
def _file_of_its_own(stack_file: Path) -> Iterator[Path]:
    """The file of this process's log: a second stack of the checkout must not begin the first one's anew."""
    path = stack_file.with_name(f"log-{os.getpid()}.jsonl")
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


@contextmanager
def _asked_to_end() -> Iterator[threading.Event]:
    """An event that Ctrl-C, a closed terminal or SIGTERM set, so that everything ends in order."""
    ended = threading.Event()
    before = {number: signal.signal(number, lambda *_: ended.set()) for number in ENDS}
    try:
        yield ended
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _welcome(stack: Stack) -> str:
    from infra.local import demo

    rings = (
        (demo.PROTECTED_LINE, "+96891234567", 'KEYS="check 9 1 2"', "unknown, and the customer reports the call"),
        (demo.PROTECTED_LINE, demo.FLAGGED, 'KEYS="check 3"', "flagged by the fraud desk, and declined"),
        (demo.PROTECTED_LINE, demo.TRUSTED, 'KEYS="1"', "trusted, and taken"),
        (demo.PROTECTED_LINE, demo.BLOCKED, 'KEYS=""', "blocked"),
        (demo.REPORT_LINE, "+96891234567", "", "the report line; without KEYS you press them yourself"),
        (demo.REPORT_LINE, demo.CUSTOMER, 'KEYS="2 1 1 1 1 1 2"', "the customer, rung back, reports the last call"),
    )
    calls = "\n".join(f"  make call TO={to} FROM={from_} {keys:<20} # {what}" for to, from_, keys, what in rings)
    base = stack.settings.public_base_url
    signed = "" if base == stack.address else f" (signed for {base})"
    return f"""
The call-screening IVR answers at {stack.address}{signed}

  {demo.PROTECTED_LINE}   the protected line of the customer {demo.CUSTOMER}
  {demo.REPORT_LINE}   the public report line
  {stack.settings.care_number or "(none)":<12}   customer care

Hold the telephones yourself, in a browser: {stack.address}/
See what came of the calls, at the fraud desk: {stack.address}/desk

Or ring it from a second terminal ("check" is the digit that is announced):

{calls}

and see what came of it:

  .venv/bin/ivr reports list
  .venv/bin/ivr callers list
  .venv/bin/ivr lines list

The table is {stack.settings.table_name} at {stack.database.address}, region {stack.region}.
Ctrl-C ends it, and nothing is kept.
"""
