"""What people type beside a command: why, and who says so."""

from __future__ import annotations

import getpass
import unicodedata
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable

_LONGEST = 1000  # characters: a note is read in a table


def note(help_: str) -> Callable[[Any], Any]:
    """The option ``--note``, which must say something."""
    return click.option("--note", required=True, callback=_said, help=help_)


def _said(_: click.Context, parameter: click.Parameter, value: str) -> str:
    """A text without blanks around it. Raises ``click.ClickException`` for what is empty, too long or unprintable."""
    text, name = value.strip(), parameter.opts[0]
    if not text:
        raise click.ClickException(f"{name} is empty: it is what the desk reads next time")
    if len(text) > _LONGEST:
        raise click.ClickException(f"{name} has {len(text)} characters: it may have {_LONGEST}")
    for letter in text:
        if unicodedata.category(letter) == "Cc":
            raise click.ClickException(f"{name} holds the control character {letter!a}: write one line of plain text")
    return text


by = click.option(
    "--by",
    default=getpass.getuser,
    show_default="the user of this machine",
    callback=_said,
    help="Who decides this: it is kept with the decision.",
)
