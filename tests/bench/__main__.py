"""`make bench`: what each step of a call costs, beside the same call as others would write it; whether the aims are
reached; and the bill for 1,000 calls. Ends with 1 where an aim is missed, and where a step does other than it says."""

import argparse
import json
import os
import platform
import sys
import time
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from infra.build.python313 import PythonNotFoundError
from infra.local.database import LocalDatabase, client_of
from infra.local.table import create_table
from tests.bench import aims, bill, cost_estimate, figures, measure, place, printed, processes, reputations, world
from tests.bench.authority import Authority
from tests.bench.held_calls import FaultyStepError, Telephones
from tests.bench.second_stand_in import SecondStandIn
from tests.bench.wire import Wire


def main(words=None):
    """Run the command line ``words``. Returns the status with which the process is to end."""
    asked = _read(words)
    try:
        return _run(asked)
    except KeyboardInterrupt:
        Console(stderr=True).print("Stopped: nothing was judged or written.")
        return 130


def _run(asked):
    if asked.reputation or asked.full:
        figures.show(quick=asked.quick, full=asked.full)
        return 0
    amounts = measure.QUICK if asked.quick else measure.WHOLE
    amounts = amounts._replace(cold=asked.cold or amounts.cold, warm=asked.warm or amounts.warm)
    console, began, known = Console(width=max(120, Console().width)), time.monotonic(), asked.known
    try:
        with _bench(asked) as bench:
            if asked.profile:
                console.print(bench.profile(asked.profile, amounts.warm), highlight=False, markup=False)
                return 0
            if not asked.bill:
                measure.measure(bench, amounts, lambda what: console.print(f"[dim]{what} ...[/]"))
            console.print("[dim]the bill ...[/]")
            held = bench.billed(known.assumed["talk_seconds"])
    except (FaultyStepError, PythonNotFoundError) as error:
        console.print(f"The bench stops: {error}", style="red", highlight=False, markup=False)
        return 1
    with SecondStandIn() as stand_in:
        terms = bill.bill(held, cost_estimate.measure(stand_in), known)
        bench.figures["requests of the reputation function, a report"]["product"] = [reputations.a_report(stand_in)]
    if bench.here.size:
        bench.figures["artifact"]["product"] = [bench.here.size / 1e6]
    verdicts = [] if asked.bill else aims.judge(bench.figures)
    printed.show_bill(console, terms, known)
    if not asked.bill:
        printed.show(console, bench, amounts, verdicts)
    if asked.json:
        told = _told(amounts, bench, verdicts) | {
            "bill": [term._asdict() | {"dollars": term.dollars} for term in terms]
        }
        asked.json.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    console.print(f"[dim]{time.monotonic() - began:.0f} s[/]")
    return ends_with(verdicts)


def ends_with(verdicts):
    """The exit status: 1 where an aim is missed."""
    return int(any(verdict.is_missed for verdict in verdicts))


def _read(words):
    arguments = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    everybody = list(processes.MODULES)
    arguments.add_argument("--quick", action="store_true", help="a first look, within a minute on an idle machine")
    arguments.add_argument(
        "--artifact", action="store_true", help="measure what `make build` builds, under Python 3.13"
    )
    arguments.add_argument("--who", nargs="+", choices=everybody, default=everybody, help="the handlers, by name")
    arguments.add_argument("--cold", type=_many, metavar="N", help="fresh processes of each handler (15; quick: 3)")
    arguments.add_argument("--warm", type=_many, metavar="N", help="turns of the two calls (80; quick: 8)")
    arguments.add_argument("--json", type=Path, metavar="FILE", help="write every value that was measured to a file")
    only = arguments.add_mutually_exclusive_group()
    only.add_argument("--bill", action="store_true", help="only the bill for 1,000 calls")
    arguments.add_argument("--prices", type=Path, metavar="FILE", default=bill.FILE, help="other prices for it")
    only.add_argument("--profile", metavar="STEP", help="only where the product's time goes in a step")
    only.add_argument("--reputation", action="store_true", help="only the figures of look-ups and reputation")
    arguments.add_argument("--full", action="store_true", help="the same with a million reports: minutes, gigabytes")
    asked = arguments.parse_args(words)
    try:
        asked.known = bill.prices(asked.prices)
    except OSError as error:
        arguments.error(f"--prices: {asked.prices} can't be read: {error.strerror}")
    except ValueError as error:
        arguments.error(f"--prices: {error}")
    if asked.json:
        _may_be_written(arguments, asked)
    return asked


def _many(word):
    if not word.isdecimal() or not int(word):
        raise argparse.ArgumentTypeError(f"{word!r} is no number of at least 1")
    return int(word)


def _may_be_written(arguments, asked):
    """Refuse before the minutes of measuring what can't be written after them."""
    if asked.profile or asked.reputation or asked.full:
        arguments.error("--json: only the whole bench and --bill write to a file")
    if asked.json.is_dir() or not os.access(asked.json.parent, os.W_OK):
        arguments.error(f"--json: no file can be written to {asked.json}: name one in a folder that is there")


@contextmanager
def _bench(asked):
    """The bench, with everything that stands behind its handlers."""
    authority = Authority()
    make = place.artifact if asked.artifact else place.checkout
    with (
        make(authority.root) as here,
        LocalDatabase("dynamodb,dynamodbstreams,sqs,ssm") as behind,
        Wire(authority.context(), behind.address) as wire,
    ):
        dynamodb = client_of("dynamodb", behind.address)
        create_table(dynamodb, world.TABLE)
        world.store_secrets(client_of("ssm", behind.address))
        yield measure.Bench(here, Telephones(wire, dynamodb), wire.address, asked.who)


def _told(amounts, bench, verdicts):
    return {
        "measured": bench.here.name,
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
