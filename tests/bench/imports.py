"""How long `ivr import callers` takes, against ministack: `python -m tests.bench.imports [LINES] [--rate UNITS]`."""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from infra.local.database import LocalDatabase, client
from infra.local.demo import SETTINGS
from infra.local.documented import documented
from infra.local.table import create_table

TABLE = "imports"


def file_of(lines):
    """A file of so many numbers, none of which is a demo caller's."""
    yield "caller,verdict,note,until\n"
    for nth in range(lines):
        yield f"+9689{nth:07},{'flagged' if nth % 3 else 'blocked'},list {nth // 1000} of the regulator,2099-12-31\n"


def _cpu():
    """Seconds that the commands have computed so far; ministack's own don't count."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main():
    write = sys.stdout.write
    asked = argparse.ArgumentParser()
    asked.add_argument("lines", nargs="?", type=int, default=100_000)
    asked.add_argument("--rate", default="900")
    options = asked.parse_args()
    with LocalDatabase() as database, TemporaryDirectory() as folder:
        create_table(client(database.address), TABLE)
        path = Path(folder, "callers.csv")
        path.write_text("".join(file_of(options.lines)), encoding="utf-8")
        environment = {
            **os.environ,
            **{name: default or "" for name, (_, default) in documented().items()},
            **SETTINGS,
            "TABLE_NAME": TABLE,
            "AWS_ENDPOINT_URL": database.address,
            "AWS_REGION": "me-central-1",
            "AWS_ACCESS_KEY_ID": "x",
            "AWS_SECRET_ACCESS_KEY": "x",
        }
        ivr = [sys.executable, "-m", "infra.cli"]
        for what, more in (("import", []), ("the same again", ["--again"])):
            began, before = time.monotonic(), _cpu()
            command = [*ivr, "import", "callers", str(path), "--rate", options.rate, "--by", "bench", *more]
            subprocess.run(command, env=environment, check=True)
            seconds = time.monotonic() - began
            rate = options.lines / seconds
            write(f"{what}: {seconds:.1f} s ({_cpu() - before:.1f} s of them computing), {rate:.0f} lines a second\n")
        write(f"most memory of a command: {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024:.0f} MB\n")


if __name__ == "__main__":
    main()
