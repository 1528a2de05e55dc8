"""What commands print: tables for people, JSON for programs."""

from __future__ import annotations

import json
import sys
import unicodedata
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar
from zoneinfo import ZoneInfo

import click
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

T = TypeVar("T")

_PIPED_WIDTH = 160  # for a file or a pipe, in which nothing may be cut off

_LONGEST = 1000  # characters of a line: a value that somebody else wrote may be of any length
_ROWS_AT_ONCE = 100
_USUAL_LIMIT = 100
_AT_LEAST_ONE = click.IntRange(1)

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON, for a program.")


def say(sentence: str) -> None:
    """Tell the person at the terminal something that is no result of the command."""
    click.echo(sentence, err=True)


def print_json(value: Any) -> None:
    """Print JSON on stdout, and nothing else."""
    click.echo(_json(value))


def print_json_list(values: Iterable[Any]) -> None:
    """Print values as one JSON list on stdout, each as soon as it is read."""
    between = "[\n"
    for value in values:
        text = _json(value)
        click.echo(between + "\n".join(f"  {line}" for line in text.splitlines()), nl=False)
        between = ",\n"
    click.echo("[]" if between == "[\n" else "\n]")


def _json(value: Any) -> str:
    """JSON whose texts a terminal only shows: JSON itself escapes but the older half of the control characters."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    if text.isascii() and "\x7f" not in text:
        return text
    return "".join(json.dumps(letter)[1:-1] if _acts(letter) and letter != "\n" else letter for letter in text)


def tell(value: Any, words: str, *, as_json: bool) -> None:
    """Print the result of a command: a sentence, or the record as JSON."""
    if as_json:
        print_json(value)
    else:
        click.echo(plain(words))


def plain(text: str) -> str:
    """A text with control characters and direction marks escaped, so that a terminal does not interpret them."""
    return "".join(letter.encode("unicode_escape").decode() if _acts(letter) else letter for letter in text)


def one_line(text: str) -> str:
    """A text as one line, which is not too long to be read."""
    line = plain(" ".join(text.split()))
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST // 2]} ... {line[-_LONGEST // 2 :]}"


def _acts(letter: str) -> bool:
    # Joiners belong to Arabic and Indic script; they change no direction.
    return unicodedata.category(letter) in {"Cc", "Cf"} and letter not in "\u200c\u200d"


def print_table(columns: Iterable[str], rows: Iterable[Iterable[str]], *, empty: str) -> None:
    """Print rows under their columns, or say ``empty`` where there are none.

    Rows are printed as they are read, so that memory use doesn't grow with their number. A column keeps the width that
    the rows so far needed.
    """
    terminal = sys.stdout.isatty()
    console = Console(file=sys.stdout, width=None if terminal else _PIPED_WIDTH, highlight=False)
    names = list(columns)
    widths = [0] * len(names)
    is_first, coming = True, iter(rows)
    # Escape typed text, so that it is not read as markup.
    while part := [[Text(plain(cell)) for cell in row] for row in islice(coming, _ROWS_AT_ONCE)]:
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=is_first)
        widths = [max(width, *(row[nth].cell_len for row in part)) for nth, width in enumerate(widths)]
        for name, width in zip(names, widths, strict=True):
            table.add_column(name, overflow="fold", min_width=None if is_first else max(width, cell_len(name)))
        for cells in part:
            table.add_row(*cells)
        console.print(table)
        is_first = False
    if is_first:
        click.echo(empty)


def limits(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options ``--limit`` and ``--all`` of a list, of which ``most`` makes a number of rows."""
    number = click.option("--limit", default=_USUAL_LIMIT, show_default=True, type=_AT_LEAST_ONE, help="So many rows.")
    return number(click.option("--all", "every", is_flag=True, help="Every row, however many.")(command))


limit_alone = click.option(
    "--limit", default=_USUAL_LIMIT, show_default=True, type=_AT_LEAST_ONE, help="At most so many rows."
)


def up_to(most: int | None, found: Iterable[T], more: str = "--limit N shows more, --all every one") -> Iterator[T]:
    """The first ``most`` (None: all). Prints on stderr that there are more."""
    for nth, one in enumerate(found):
        if nth == most:
            click.echo(f"There are more than these {most}: {more}.", err=True)
            return
        yield one


def local_time(epoch: int, timezone: str) -> str:
    """A time (epoch seconds) in the time zone, to the minute."""
    return f"{datetime.fromtimestamp(epoch, ZoneInfo(timezone)):%Y-%m-%d %H:%M}"


def local_second(epoch: int, timezone: str) -> str:
    """A time (epoch seconds) in the time zone, to the second."""
    return f"{datetime.fromtimestamp(epoch, ZoneInfo(timezone)):%Y-%m-%d %H:%M:%S}"


def until_words(until: int, now: int, timezone: str) -> str:
    """The end of something (epoch seconds; 0: never) in words."""
    if not until:
        return "for ever"
    return local_time(until, timezone) + (" (over)" if until <= now else "")
