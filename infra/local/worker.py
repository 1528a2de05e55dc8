"""A thread that does what there is to do, pass after pass, and can say when nothing is left."""

from __future__ import annotations

import sys
import threading
import traceback
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_PAUSE_SECONDS = 1.0  # between two looks, where nobody says that there is something to see


class Worker:
    """Runs ``work`` in a thread until it is stopped. ``work`` is one pass; it says whether it found anything to do.

    A pass that found something is followed by another at once, one that found nothing by a pause. A bug in ``work`` is
    printed with the name of what failed, and the next pass comes after a pause.
    """

    def __init__(self, name: str, work: Callable[[], bool]) -> None:
        self._work = work
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._changed = threading.Condition()
        self._stopped = False
        self._asked = 0  # how often somebody asked for a pass
        self._settled = 0  # how many of these were answered by a pass that began after them and found nothing

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
        """Say that there may be something to do."""
        with self._changed:
            self._asked += 1
            self._changed.notify_all()

    def settle(self, seconds: float) -> bool:
        """Wait until a pass that began after this found nothing to do. False: not within so many seconds."""
        with self._changed:
            self._asked += 1
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
            if self._pass():
                continue
            with self._changed:
                self._settled = asked
                self._changed.notify_all()
                self._changed.wait_for(lambda: self._stopped or self._asked > self._settled, _PAUSE_SECONDS)

    def _pass(self) -> bool:
        try:
            return self._work()
        except Exception:  # noqa: BLE001  # what follows from later calls must not wait for ever because of this one
            sys.stderr.write(f"ivr: {self._thread.name} has failed, and begins anew after a pause:\n")
            traceback.print_exc()
            return False
