"""The stack under load: `ivr run`, which is `make run`, in a process of its own, with a line for each caller."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import requests

from infra.cli.target import target_of
from infra.local import stackfile
from infra.local.database import REGION
from ivr.screening.line import Line
from tests.load.callers import line_of

_STARTS_WITHIN, _ENDS_WITHIN = 60.0, 30.0  # seconds


class Running:
    """A stack that runs."""

    def __init__(self, process, told, log):
        self.process, self.told, self._log = process, told, log
        self.store = target_of(told).store

    @property
    def token(self):
        return self.told.settings["TWILIO_AUTH_TOKEN"]

    def settle(self, seconds):
        """Wait until all that follows from calls is done. False: something is left."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            told = requests.get(f"{self.told.gateway}/settled", timeout=30).json()
            if told["settled"] and not told["put_off"]:
                return True
            time.sleep(0.5)
        return False

    def resident_megabytes(self):
        """The memory of the stack and of its table, where Linux tells."""
        pids = [self.process.pid]
        for task in Path(f"/proc/{self.process.pid}/task").glob("*/children"):
            pids += map(int, task.read_text().split())
        pages = [int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in pids]
        return [round(count * os.sysconf("SC_PAGE_SIZE") / 2**20) for count in pages]

    def failed(self):
        """Error lines of its log, by their names and how often."""
        counts = {}
        for line in self._log.read_text(encoding="utf-8", errors="replace").splitlines():
            told = json.loads(line) if line.startswith("{") else {}
            if told.get("level") == "ERROR":
                counts[told["message"]] = counts.get(told["message"], 0) + 1
        return counts


@contextmanager
def running(callers):
    """A stack with lines for so many callers, until the end of the block."""
    with TemporaryDirectory() as folder:
        file, log = Path(folder, "stack.json"), Path(folder, "log")
        command = [sys.executable, "-m", "infra.cli", "--stack-file", str(file), "run", "--port", "0"]
        with log.open("wb") as out:
            process = subprocess.Popen(command, stdout=out, stderr=subprocess.DEVNULL, env=_environment())
        try:
            until = time.monotonic() + _STARTS_WITHIN
            while not (told := stackfile.read(file)):
                if process.poll() is not None or time.monotonic() > until:
                    raise RuntimeError("the stack does not start: try `make run`")
                time.sleep(0.05)
            stack = Running(process, told, log)
            for nth in range(callers):
                line, customer = line_of(nth)
                stack.store.put(Line(number=line, kind="protected", ring_to=customer))
            yield stack
        finally:
            process.terminate()
            try:
                process.wait(_ENDS_WITHIN)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _environment():
    """Nothing of this user's settings: the demo's, on this machine alone."""
    return {"PATH": os.environ.get("PATH", ""), "HOME": os.environ.get("HOME", ""), "AWS_REGION": REGION}
