"""First row and memory of the listing commands, against ministack: `python -m tests.bench.lists [ROWS ...]`."""

from __future__ import annotations

import os
import subprocess
import sys
import time

from infra.local.database import LocalDatabase, client
from infra.local.demo import SETTINGS
from infra.local.documented import documented
from infra.local.table import create_table
from ivr.calls.call_record import CallRecord
from ivr.desk.audit import AuditEntry
from ivr.reports import Report
from ivr.screening.desk_decision import DeskDecision
from ivr.store.attributes import typed

TABLE, DAY = "lists", 24 * 3600
LISTS = {
    "reports": ["reports", "list", "--all"],
    "calls": ["calls", "list", "--all"],
    "callers": ["callers", "list", "--all"],
    "audit": ["audit", "list", "--all"],
}


def records(many, now):
    """So many reports, calls, decisions and audit entries of today."""
    for nth in range(many):
        at, sid, expires = now - nth // 50, f"CA{nth:032x}", now + 400 * DAY
        known = {"call_sid": sid, "line": "+12025550100", "expires": expires}
        person, what = "a" * 32, f"+9689{nth:07}"
        yield Report(which="screened", reference=f"{nth:08}", reported_at=at, reporter=person, caller=what, **known)
        yield CallRecord(customer=person, verdict="unknown", reason="unknown", rang_at=at, **known)
        yield DeskDecision(caller=what, verdict="flagged", note="a list", decided_at=at)
        entry = {"entry_id": f"{nth:08}", "by": "x", "action": "decide", "about": "caller", "expires": expires}
        yield AuditEntry(at=at, what=what, **entry)


def fill(database, rows):
    """Put them there quickly."""
    items = [{name: typed(value) for name, value in one.to_item().items()} for one in rows]
    for first in range(0, len(items), 25):
        puts = [{"PutRequest": {"Item": item}} for item in items[first : first + 25]]
        database.batch_write_item(RequestItems={TABLE: puts})


# A process of its own, which tells as its last word on stderr how many kB it held at most. Linux keeps that a process;
# what getrusage tells would be at least what this one holds.
_MEASURED = """
import runpy, sys
sys.argv[0] = "ivr"
try:
    runpy.run_module("infra.cli", run_name="__main__")
finally:
    told = dict(line.split(":", 1) for line in open("/proc/self/status"))
    print(told["VmHWM"].split()[0], file=sys.stderr)
"""


def measured(command, environment):
    """The number of lines, seconds to the first that is printed and to the end, and the most memory in MB."""
    words = [sys.executable, "-c", _MEASURED, *command]
    began = time.monotonic()
    process = subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    process.stdout.readline()
    first = time.monotonic() - began
    lines = 1 + sum(1 for _ in process.stdout)
    told = process.stderr.read().split()
    memory = int(told[-1]) / 1024 if told[-1].isdecimal() else 0
    process.wait()
    return lines, first, time.monotonic() - began, memory


def main():
    sizes = [int(size) for size in sys.argv[1:]] or [1_000, 10_000, 100_000]
    for many in sizes:
        with LocalDatabase() as running:
            database = client(running.address)
            create_table(database, TABLE)
            fill(database, records(many, int(time.time())))
            environment = {
                **os.environ,
                **{name: default or "" for name, (_, default) in documented().items()},
                **SETTINGS,
                "TABLE_NAME": TABLE,
                "AWS_ENDPOINT_URL": running.address,
                "AWS_REGION": "me-central-1",
                "AWS_ACCESS_KEY_ID": "x",
                "AWS_SECRET_ACCESS_KEY": "x",
            }
            for name, command in LISTS.items():
                lines, first, end, memory = measured(command, environment)
                told = f"{name:8} {lines:7} lines: first after {first:5.2f} s, all after {end:6.1f} s, {memory:4.0f} MB"
                sys.stdout.write(f"{told}\n")
                sys.stdout.flush()


if __name__ == "__main__":
    main()
