"""The options that several commands share: days, note and decider."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING, Any

import click

from ivr.desk.actor import Actor
from ivr.desk.days import USUAL_DAYS, Days
from ivr.desk.notes import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from infra.cli.target import Place


def example(*commands: str) -> str:
    """The end of a command's help: how it is typed. A test types each."""
    return "\b\n" + "\n".join((f"Example{'s' * (len(commands) > 1)}:", *(f"  {one}" for one in commands)))


def day_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options ``--day`` and ``--days``, of which one may be given; ``days_of`` reads them."""
    many = click.option("--days", type=click.IntRange(1, 400), help=f"So many days, up to now ({USUAL_DAYS}).")
    one = click.option("--day", help="One day of the deployment's time zone, such as 2026-11-24.")
    return one(many(command))


def days_of(day: str | None, days: int | None, timezone: str) -> Days:
    """The days that the two options name. Raises ``click.ClickException`` and ``DeskError``."""
    if day is not None and days is not None:
        raise click.ClickException("--day and --days exclude each other: give one of them")
    return Days.last(days or USUAL_DAYS, timezone) if day is None else Days.on(day, timezone, "--day")


def only(name: str, values: Iterable[str], help_: str, **more: Any) -> Callable[[Any], Any]:
    """An option that chooses by one of these values; empty, where it is not given: all."""
    choice = click.Choice([*map(str, values)])
    return click.option(name, type=choice, callback=lambda _context, _parameter, given: given or "", help=help_, **more)


tries = click.option(
    "--try", "tries", is_flag=True, help="Say what it would have done to last week's calls, and store nothing."
)


def note(help_: str) -> Callable[[Any], Any]:
    """The option ``--note``, which must say something."""
    return click.option("--note", required=True, callback=_one_line, help=help_)


def _one_line(_: click.Context, parameter: click.Parameter, value: str) -> str:
    return one_line(value, parameter.opts[0])


def _actor(context: click.Context, parameter: click.Parameter, value: str | None) -> Actor:
    """Who does it. A name that is given is a word of the person who types; the AWS identity stands beside it."""
    given = "" if value is None else _one_line(context, parameter, value)
    place: Place | None = context.obj
    caller = None if context.resilient_parsing or place is None else place.caller_identity()
    if caller:
        return caller._replace(name=given or caller.name)
    return Actor(given or getpass.getuser())


by = click.option(
    "--by",
    show_default="the AWS identity; of the stack of this checkout the user of this machine",
    callback=_actor,
    help="Who does this: it is kept in the audit, beside the AWS identity.",
)
