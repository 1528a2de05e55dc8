"""`make bench`: what each step of a call costs, beside the same call as others would write it; whether the aims are
reached; and what look-ups, reputation and a day of calls ask of the table. Ends with 1 where an aim is missed, and
where a step does other than it says."""

import argparse
import json
import os
import platform
import sys
import time
from pathlib import Path

from rich.console import Console

from infra.local.database import LocalDatabase, client_of
from infra.local.table import create_table
from tests.bench import aims, figures, measure, place, printed, processes, world
from tests.bench.authority import Authority
from tests.bench.held_calls import FaultyStepError, Telephones
from tests.bench.wire import Wire


def main(words=None):
    """Run the command line ``words``. Returns the status with which the process is to end."""
    arguments = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    arguments.add_argument("--quick", action="store_true", help="a first look, within a minute on an idle machine")
    arguments.add_argument("--artifact", action="store_true", help="measure what `make build` built, under Python 3.13")
    arguments.add_argument(
        "--who", nargs="+", choices=processes.MODULES, default=list(processes.MODULES), help="the handlers"
    )
    arguments.add_argument("--cold", type=int, metavar="N", help="fresh processes of each handler (15; quick: 3)")
    arguments.add_argument("--warm", type=int, metavar="N", help="turns of the two calls (80; quick: 8)")
    arguments.add_argument("--json", type=Path, metavar="FILE", help="write every value that was measured to a file")
    arguments.add_argument("--reputation", action="store_true", help="only the figures of look-ups and reputation")
    arguments.add_argument("--full", action="store_true", help="with a million reports: some minutes, some gigabytes")
    asked = arguments.parse_args(words)
    if asked.reputation or asked.full:
        figures.show(quick=asked.quick, full=asked.full)
        return 0
    amounts = measure.QUICK if asked.quick else measure.WHOLE
    amounts = amounts._replace(cold=asked.cold or amounts.cold, warm=asked.warm or amounts.warm)
    return run(asked, amounts)


def run(asked, amounts):
    console, began = Console(width=max(120, Console().width)), time.monotonic()
    authority = Authority()
    services = "dynamodb,dynamodbstreams,sqs,ssm"
    make = place.artifact if asked.artifact else place.checkout
    with (
        make(authority.root) as here,
        LocalDatabase(services) as behind,
        Wire(authority.context(), behind.address) as wire,
    ):
        dynamodb = client_of("dynamodb", behind.address)
        create_table(dynamodb, world.TABLE)
        world.store_secrets(client_of("ssm", behind.address))
        bench = measure.Bench(here, Telephones(wire, dynamodb), wire.address, asked.who)
        try:
            measure.measure(bench, amounts, lambda what: console.print(f"[dim]{what} ...[/]"))
        except FaultyStepError as error:
            console.print(f"[red]The bench stops: {error}[/]", markup=True, highlight=False)
            return 1
    if size := place.artifact_bytes():
        bench.figures["artifact"]["product"] = [size / 1e6]
    verdicts = aims.judge(bench.figures)
    printed.show(console, here, bench, amounts, verdicts)
    if asked.json:
        asked.json.write_text(json.dumps(_told(here, amounts, bench, verdicts), indent=1) + "\n", encoding="utf-8")
    console.print(f"[dim]{time.monotonic() - began:.0f} s[/]")
    return ends_with(verdicts)


def ends_with(verdicts):
    """The exit status: 1 where an aim is missed."""
    return int(any(verdict.is_missed for verdict in verdicts))


def _told(here, amounts, bench, verdicts):
    return {
        "measured": here.name,
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "machine": {"processor": platform.machine(), "processors": os.cpu_count(), "load": os.getloadavg()},
        "amounts": amounts._asdict(),
        "aims": [
            {
                **verdict.aim._asdict(),
                "found": verdict.found and verdict.found._asdict(),
                "missed": verdict.is_missed,
                "sentence": verdict.sentence,
            }
            for verdict in verdicts
        ],
        "figures": bench.figures,
        "requests": bench.requests,
    }


if __name__ == "__main__":
    sys.exit(main())
