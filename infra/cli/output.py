"""What commands print: tables for people, JSON for programs."""

from __future__ import annotations

import json
import sys
import unicodedata
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

_PIPED_WIDTH = 160  # a file or a pipe has no width of its own, and nothing may be cut off in it

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON, for a program.")


def print_json(value: Any) -> None:
    """Print JSON on stdout, and nothing else."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def tell(value: Any, words: str, *, as_json: bool) -> None:
    """Say what was done: to people in words, to a program by the record."""
    if as_json:
        print_json(value)
    else:
        click.echo(plain(words))


def plain(text: str) -> str:
    """A text with its control characters and marks of direction spelled out, so that a terminal does not obey them."""
    return "".join(_spelled(letter) if unicodedata.category(letter) in {"Cc", "Cf"} else letter for letter in text)


def _spelled(letter: str) -> str:
    # Joiners belong to Arabic and Indic script; they change no direction.
    return letter if letter in "\u200c\u200d" else letter.encode("unicode_escape").decode()


def print_table(columns: Iterable[str], rows: Iterable[Iterable[str]], *, empty: str) -> None:
    """Print rows under their columns, or say ``empty`` where there are none."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(Text(plain(cell)) for cell in row))  # what people typed is never markup
    if not table.row_count:
        click.echo(empty)
        return
    terminal = sys.stdout.isatty()
    console = Console(file=sys.stdout, width=None if terminal else _PIPED_WIDTH, highlight=False)
    console.print(table)


def local_time(epoch: int, timezone: str) -> str:
    """A time as people of the time zone read it."""
    return f"{datetime.fromtimestamp(epoch, ZoneInfo(timezone)):%Y-%m-%d %H:%M}"


def until_words(until: int, now: int, timezone: str) -> str:
    """How long something holds: 0 never ends."""
    if not until:
        return "for ever"
    return local_time(until, timezone) + (" (over)" if until <= now else "")
