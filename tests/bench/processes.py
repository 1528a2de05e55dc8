"""The processes that are measured: a handler alone in a fresh Python, asked over a pipe."""

from __future__ import annotations

import json
import os
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.bench import expectations, place
from tests.bench.held_calls import FaultyStepError

if TYPE_CHECKING:
    from collections.abc import Iterator

MODULES = {
    "product": "handlers.voice",
    "bare": "peers.bare",
    "by hand": "peers.by_hand",
    "Powertools": "peers.powertools",
    "Flask": "peers.flask_app",
}
TABLES = {"product": "product", "bare": "bare"}  # in expected.toml; the others share one
SAME_WORK = "same_work"


class Handler:
    """A running process, which answers one event after the other. The step ``profiled`` is profiled from then on."""

    def __init__(self, who: str, process: subprocess.Popen[str]) -> None:
        self.who, self._process, self.profiled = who, process, ""
        self.rereads = expectations.Rereads(who)

    def __call__(self, event: dict[str, Any], step: str) -> dict[str, Any]:
        """What it tells of this event: see ``one_handler.py``. Raises ``FaultyStepError``."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps({"event": event, "profiled": step == self.profiled}) + "\n")
        line = self._process.stdout.readline()
        if not line:
            raise FaultyStepError(f"{self.who} broke at {step}; what it said stands above.")
        return dict(json.loads(line))

    def finish(self) -> None:
        """Let it end by itself, once it has written its profile."""
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait()

    def megabytes(self) -> float:
        """What it holds in memory now."""
        told = Path(f"/proc/{self._process.pid}/status").read_text(encoding="ascii")
        return int(told.partition("VmRSS:")[2].split()[0]) * 1024 / 1e6


@contextmanager
def running(here: place.Place, who: str, environment: dict[str, str], *, restored: bool = False) -> Iterator[Handler]:
    """A fresh process with that handler, on the processor that all of them share."""
    further = {"STARTED": str(time.monotonic_ns())} | ({"RESTORED": "1"} if restored else {})
    with place.start(here, MODULES[who], {**environment, **further}) as process:
        try:
            _stay_on_one_processor(process.pid)
            yield Handler(who, process)
        finally:
            process.kill()


def moves(here: place.Place, who: str, environment: dict[str, str], many: int) -> list[float]:
    """Milliseconds of processor time of a handler's moves over REST, one process's."""
    script = str(place.BENCH / "one_move.py")
    command = [here.python, "-I", "-S", script, MODULES[who], str(many), *here.paths_of(MODULES[who])]
    run = subprocess.run(command, env={"PATH": os.environ["PATH"], **environment}, capture_output=True, check=False)
    if run.returncode:
        raise FaultyStepError(f"A move over REST failed: {run.stderr.decode(errors='replace').strip()[-400:]}")
    return [took / 1e6 for took in json.loads(run.stdout)]


def _stay_on_one_processor(pid: int) -> None:
    """All handlers on one, so that none is luckier; what they talk to has the others."""
    if hasattr(os, "sched_setaffinity"):  # Linux
        os.sched_setaffinity(pid, {max(os.sched_getaffinity(0))})
