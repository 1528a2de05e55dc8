"""An interactive call: the person at the terminal reads what is said and types the keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import click

from infra.carrier import HANG_UP, HANG_UP_IN_TALK, HANG_UP_RINGING, PRESS_IN_TALK, SILENCE, render
from infra.cli.keys import read_in_talk, read_key, read_ringing

if TYPE_CHECKING:
    from collections.abc import Callable

    from infra.carrier import Entry, InTalk, Token
    from infra.cli.transcript import Transcript

T = TypeVar("T")

_HOW = (
    "You hold every telephone. At each prompt type the keys that are pressed, or: check (the announced digit), "
    "!5 (into the prompt), hangup. Enter alone is no key, Ctrl-D hangs up this telephone, Ctrl-C lets everybody "
    "hang up. ivr call --list-keys tells more.\n"
)


class Dialogue:
    """The person at the terminal, who plays everybody in the call. A talk lasts for ``talk_seconds``."""

    def __init__(self, *, err: bool, webhooks: bool, talk_seconds: float) -> None:
        self._err = err
        self._webhooks = webhooks
        self._talk_seconds = talk_seconds
        self.transcript: Transcript | None = None  # set once the call is placed
        self.waits = False  # for input
        self._over = False  # everybody hangs up
        click.echo(_HOW, err=err)

    def ask(self, heard: list[Entry]) -> Token:
        """Print what happened since the last question and ask for the next keys."""
        leg = heard[-1].leg if heard else "caller"
        no_key: Token = SILENCE
        return self._ask(f"{leg} presses", _read_now, enter=no_key, hang_up=HANG_UP)

    def ask_in_talk(self, leg: str) -> InTalk | None:
        """Ask what a person does in a talk."""
        question = f"{leg}, in the talk of {self._talk_seconds:g} s (Enter: nothing; *, *@12, hangup@25)"
        nothing: InTalk | None = None
        return self._ask(question, self._read_in_talk, enter=nothing, hang_up=HANG_UP_IN_TALK(0))

    def ask_ringing(self, leg: str) -> float | None:
        """Ask after how many seconds a caller hangs up who waits for an answer."""
        return self._ask(f"{leg}, while it rings (Enter: waits; hangup@5)", read_ringing, enter=None, hang_up=0.0)

    def _read_in_talk(self, word: str) -> InTalk | None:
        token = read_in_talk(word)
        if token.after >= self._talk_seconds:
            raise click.ClickException(f"the talk is over after {self._talk_seconds:g} s (--talk makes it longer)")
        return token

    def _ask(self, question: str, read: Callable[[str], T], *, enter: T, hang_up: T) -> T:
        self.show()
        while not self._over:
            self.waits = True
            try:
                typed = click.prompt(question, "", show_default=False, prompt_suffix="> ", err=self._err)
            except click.Abort as stopped:
                self._over = isinstance(stopped.__context__, KeyboardInterrupt)
                click.echo(err=self._err)
                return hang_up
            finally:
                self.waits = False
            word = str(typed).strip()
            try:
                return read(word) if word else enter
            except click.ClickException as error:
                click.echo(error.format_message(), err=self._err)
        return hang_up

    def show(self) -> None:
        """Print what happened since the last call of this method."""
        entries = self.transcript.news() if self.transcript else []
        if text := render(entries, webhooks=self._webhooks):
            click.echo(text, err=self._err)


def _read_now(word: str) -> Token:
    token = read_key(word)
    if isinstance(token, PRESS_IN_TALK | HANG_UP_IN_TALK | HANG_UP_RINGING):
        raise click.ClickException(f"{word!r} is for later: you are asked in the talk, and while it rings")
    return token
