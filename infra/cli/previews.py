"""What a decision or a rule would have done to last week's calls, in a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from infra.cli import output
from ivr.desk.preview import Effect

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ivr.desk.preview import LastWeek

_EFFECTS: Mapping[Effect, str] = {
    Effect.RUNG: "rung at once",
    Effect.CHECKED: "checked, then rung",
    Effect.WARNED: "warned and checked, then rung",
    Effect.REFUSED: "not rung",
    Effect.OTHER: "other",
}
_STANDING: Mapping[str, str] = {
    "trust_stands": "Customers of these lines trust the caller themselves, and are rung as before",
    "block_stands": "Customers of these lines block the caller themselves, and are not rung, as before",
    "familiar_lost": "Customers of these lines know the caller, and would be warned or not be rung",
    "block_lifted": "On these lines a report blocks the caller, who would be rung again",
}


def print_preview(week: LastWeek, *, as_json: bool) -> None:
    """Print a preview, which stored nothing."""
    told = week.preview
    if as_json:
        output.print_json({**told._asdict(), "more": week.more, "stored": False})
        return
    many = "at least " if week.more else ""
    click.echo(f"Of last week's calls {many}{told.calls} are meant; {told.changed} would have gone another way.")
    if told.calls:
        output.print_table(
            ("Calls that were", "Before", "Then"),
            (
                (words, str(told.before.get(effect, 0)), str(told.after.get(effect, 0)))
                for effect, words in _EFFECTS.items()
                if effect in told.before or effect in told.after
            ),
            empty="",
        )
    for name, words in _STANDING.items():
        if lines := getattr(told, name):
            click.echo(f"{words}: {', '.join(lines)}.")
    click.echo("Nothing is stored.")
