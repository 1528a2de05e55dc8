"""Ctrl-C in a call: everybody hangs up, so that the service learns of the end and no line stays engaged."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    from infra.carrier import Carrier
    from infra.cli.dialogue import Dialogue


class Interrupt:
    """Whether Ctrl-C was pressed. A second one stops the process at once."""

    def __init__(self, carrier: Carrier, dialogue: Dialogue | None) -> None:
        self.came = False
        self._carrier = carrier
        self._dialogue = dialogue

    def __call__(self, _number: int, _frame: FrameType | None) -> None:
        """Take the signal."""
        if self.came:
            raise KeyboardInterrupt
        self.came = True
        self._carrier.hang_up()
        click.echo("\nEverybody hangs up.", err=True)
        if self._dialogue and self._dialogue.waits:  # interrupt the prompt, which would go on waiting
            raise KeyboardInterrupt


@contextmanager
def hanging_up(carrier: Carrier, dialogue: Dialogue | None) -> Iterator[Interrupt]:
    """During the block, Ctrl-C hangs up everybody in the calls of this carrier."""
    interrupt = Interrupt(carrier, dialogue)
    if threading.current_thread() is not threading.main_thread():  # Python handles signals only in the main thread
        yield interrupt
        return
    before = signal.signal(signal.SIGINT, interrupt)
    try:
        yield interrupt
    finally:
        signal.signal(signal.SIGINT, before)
