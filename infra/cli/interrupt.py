"""Ctrl-C in a call, or a terminal that is closed: everybody hangs up, so that no line stays engaged."""

from __future__ import annotations

import os
import signal
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    from infra.carrier import Carrier
    from infra.cli.dialogue import Dialogue


ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupt:
    """Whether Ctrl-C was pressed, or the terminal closed. A second Ctrl-C stops the process at once."""

    def __init__(self, carrier: Carrier, dialogue: Dialogue | None) -> None:
        self.came = False
        self._carrier = carrier
        self._terminals = [stream.fileno() for stream in (sys.stdout, sys.stderr) if stream.isatty()]
        self._dialogue = dialogue

    def _write_to_nobody(self) -> None:
        """What is written to a closed terminal would stop the process before everybody has hung up."""
        for terminal in self._terminals:
            os.dup2(os.open(os.devnull, os.O_WRONLY), terminal)

    def __call__(self, number: int, _frame: FrameType | None) -> None:
        """Take the signal."""
        if number == signal.SIGHUP:
            self._write_to_nobody()
        if self.came:
            if number != signal.SIGINT:  # a shell and make may both pass on that the terminal closed
                return
            raise KeyboardInterrupt
        self.came = True
        self._carrier.hang_up()
        click.echo("\nEverybody hangs up.", err=True)
        if number == signal.SIGHUP:  # a prompt reads the end of its input by itself
            return
        if self._dialogue and self._dialogue.waits:  # interrupt the prompt, which would go on waiting
            raise KeyboardInterrupt


@contextmanager
def hanging_up(carrier: Carrier, dialogue: Dialogue | None) -> Iterator[Interrupt]:
    """During the block, Ctrl-C, a closed terminal or SIGTERM hangs up everybody in the calls of this carrier."""
    interrupt = Interrupt(carrier, dialogue)
    if threading.current_thread() is not threading.main_thread():  # Python handles signals only in the main thread
        yield interrupt
        return
    before = {number: signal.signal(number, interrupt) for number in ENDS}
    try:
        yield interrupt
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
