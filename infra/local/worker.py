"""A thread that works in passes, and reports when nothing is left to do."""

from __future__ import annotations

import sys
import threading
import traceback
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_PAUSE_SECONDS = 1.0  # between two passes, unless ``wake`` ends the pause
# From ``wake`` to the pass. ``settle`` usually comes within it, and one pass serves both.
_GATHERING_SECONDS = 0.02


class Worker:
    """Runs ``work`` in a thread until it is stopped. ``work`` makes one pass and returns whether it found work.

    After a pass that found work the next begins at once, otherwise after a pause. An exception of ``work`` is printed
    with the thread's name, and the next pass begins after a pause.
    """

    def __init__(self, name: str, work: Callable[[], bool]) -> None:
        self._work = work
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._changed = threading.Condition()
        self._stopped = False
        self._asked = 0  # how many passes were asked for
        self._is_awaited = False  # by ``settle``, since the present pass began
        self._settled = 0  # how many of them had a later pass that found no work

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def stop(self) -> None:
        """Begin no further pass. Does not wait for the present one: see ``join``. Safe to repeat."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    def join(self) -> None:
        """Wait until the last pass is over. Safe to repeat, and before a start."""
        if self._thread.is_alive():
            self._thread.join()

    def wake(self) -> None:
        """There may be work: begin a pass in ``_GATHERING_SECONDS``, or with the next ``settle``."""
        with self._changed:
            self._asked += 1
            self._changed.notify_all()

    def settle(self, seconds: float) -> bool:
        """Wait until a pass that begins after this call finds no work. False: the seconds were not enough."""
        with self._changed:
            self._asked += 1
            self._is_awaited = True
            mine = self._asked
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._stopped or self._settled >= mine, seconds)
            return self._settled >= mine

    def _run(self) -> None:
        while True:
            with self._changed:
                if self._stopped:
                    return
                asked = self._asked
                self._is_awaited = False
            if self._pass():
                continue
            with self._changed:
                self._settled = asked
                self._changed.notify_all()
                if self._changed.wait_for(lambda: self._stopped or self._asked > self._settled, _PAUSE_SECONDS):
                    self._changed.wait_for(lambda: self._stopped or self._is_awaited, _GATHERING_SECONDS)

    def _pass(self) -> bool:
        try:
            return self._work()
        except Exception:  # noqa: BLE001  # one failure must not stop the work for later calls
            sys.stderr.write(f"ivr: {self._thread.name} has failed, and begins anew after a pause:\n")
            traceback.print_exc()
            return False
