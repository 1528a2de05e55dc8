"""A call whose keys are pressed by the person at the terminal, who hears it in writing as it goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from infra.carrier import HANG_UP, SILENCE, render
from infra.cli.keys import HELP, read_key

if TYPE_CHECKING:
    from infra.carrier import Entry, Token
    from infra.cli.story import Story


class Dialogue:
    """The person at the terminal, who holds every telephone of the call."""

    def __init__(self, *, err: bool, webhooks: bool) -> None:
        self._err = err
        self._webhooks = webhooks
        self.story: Story | None = None  # set once the call is placed
        click.echo(f"At each prompt type what is pressed: {HELP}. Enter alone is no key, Ctrl-D hangs up.\n", err=err)

    def ask(self, heard: list[Entry]) -> Token:
        """Print what happened since the last question and ask for the next keys."""
        self.show()
        leg = heard[-1].leg if heard else "caller"
        while True:
            try:
                typed = click.prompt(f"{leg} presses", "", show_default=False, prompt_suffix="> ", err=self._err)
            except click.Abort as stopped:
                if isinstance(stopped.__context__, KeyboardInterrupt):
                    raise
                click.echo(err=self._err)
                return HANG_UP
            word = str(typed).strip()
            try:
                return read_key(word) if word else SILENCE
            except click.ClickException as error:
                click.echo(error.format_message(), err=self._err)

    def show(self) -> None:
        """Print what happened since this was last called."""
        entries = self.story.news() if self.story else []
        if text := render(entries, webhooks=self._webhooks):
            click.echo(text, err=self._err)
