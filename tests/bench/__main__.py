"""`make bench`: how fast the voice handler answers, beside a hand-written one that answers the same; and what look-ups,
reputation and a day of calls ask of the table."""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from tests.bench import connecting, figures, place, webhooks

PRODUCT, BY_HAND = "handlers.voice", "handwritten"
BOTH = (PRODUCT, BY_HAND)
COLD_AIM, INCOMING_AIM, MENU_AIM = 1.05, 1.2, 0.35
MOST_ARTIFACT_BYTES = 10_000_000
WARM_UP, BLOCK = 200, 25  # requests that are thrown away; requests before it's the other one's turn

# What Lambda has in a function's environment, and where the canned DynamoDB is.
LAMBDA = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_SESSION_TOKEN": "testing",
    "AWS_REGION": "me-central-1",
    "AWS_DEFAULT_REGION": "me-central-1",
    "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
    "AWS_LAMBDA_FUNCTION_NAME": "voice",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1769",
}


class Times(NamedTuple):
    """What both took, in milliseconds, turn by turn: the two of a turn were measured side by side."""

    product: list[float]
    by_hand: list[float]


class Measured(NamedTuple):
    """One kind of measurement: the processor's time, which is what a handler costs, and the clock's beside it."""

    work: Times
    clock: Times


def ratio(some, others):
    """The median of each turn's own ratio, since whatever else this machine is at slows both of a turn."""
    return statistics.median(one / other for one, other in zip(some, others, strict=True))


def main():
    arguments = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    arguments.add_argument("--quick", action="store_true", help="some twenty seconds, for a first look")
    arguments.add_argument("--artifact", action="store_true", help="measure what `make build` built, under Python 3.13")
    arguments.add_argument("--cold", type=int, metavar="N", help="fresh processes of each handler (40; quick: 8)")
    arguments.add_argument("--warm", type=int, metavar="N", help="requests of each kind and handler (4000; quick: 500)")
    arguments.add_argument("--reputation", action="store_true", help="only the figures of look-ups and reputation")
    arguments.add_argument("--full", action="store_true", help="with a million reports: some minutes, some gigabytes")
    asked = arguments.parse_args()
    figures.show(quick=asked.quick, full=asked.full)
    if asked.reputation:
        return
    cold = asked.cold or (8 if asked.quick else 40)
    warm = asked.warm or (500 if asked.quick else 4000)
    with (place.artifact if asked.artifact else place.checkout)() as here, _canned(connecting.answer()) as endpoint:
        environment = {**LAMBDA, **webhooks.ENVIRONMENT, "AWS_ENDPOINT_URL_DYNAMODB": endpoint}
        _stay_on_one_processor()
        first = measure_cold(here, environment, cold)
        incoming, menu = measure_warm(here, environment, warm)
        with _running(here, PRODUCT, {**environment, "TWILIO_API_BASE_URL": endpoint}, answers="<Response") as ask:
            steps = connecting.measure_steps(ask, warm // 4)
        imports = connecting.measure_import(here, max(5, cold // 4))
    _print(here, first, incoming, menu)
    Console().print(
        f"The step that connects a guarded call: {statistics.median(steps):.2f} ms of processor time warm (two writes"
        f" and one request to Twilio). The first such step of a process also imports the REST client:"
        f" {statistics.median(imports):.0f} ms. No other step does."
    )


def measure_cold(here, environment, runs):
    """Fresh processes, from their start to the first answer in hand; turn and turn about."""
    told = {module: [] for module in BOTH}
    for run in range(runs + 1):
        for module in BOTH if run % 2 else reversed(BOTH):
            with _running(here, module, environment) as ask:
                told[module].append(ask([webhooks.incoming(run)]))
    return _measured({module: answers[1:] for module, answers in told.items()})  # the first fill the disk's cache


def measure_warm(here, environment, requests):
    """Incoming calls and menu steps, each in blocks, one handler's after the other's; every call has its own caller."""
    kinds = (webhooks.incoming, webhooks.menu_step)
    told = {kind: {module: [] for module in BOTH} for kind in kinds}
    with _running(here, PRODUCT, environment) as product, _running(here, BY_HAND, environment) as by_hand:
        for ask in (product, by_hand):
            for kind in kinds:
                ask([kind(call) for call in range(WARM_UP)])
        for first in range(WARM_UP, WARM_UP + requests, BLOCK):
            turns = [(PRODUCT, product), (BY_HAND, by_hand)]
            for module, ask in turns if first // BLOCK % 2 else reversed(turns):
                for kind in kinds:
                    told[kind][module].append(ask([kind(call) for call in range(first, first + BLOCK)]))
    return [_measured(told[kind]) for kind in kinds]


def _stay_on_one_processor():
    """Keep this process and the handlers, which it starts, to one processor: none is luckier than the other."""
    if hasattr(os, "sched_setaffinity"):  # Linux
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def _measured(told):
    def times(what):
        return Times(*([statistics.median(answer[what]) / 1e6 for answer in told[module]] for module in BOTH))

    return Measured(times("work"), times("clock"))


@contextmanager
def _running(here, module, environment, answers="<Gather"):
    """A process with a handler in it, as a function that has events answered."""
    with place.start(here, module, {**environment, "STARTED": str(time.monotonic_ns())}) as process:

        def ask(events):
            process.stdin.write(json.dumps(events) + "\n")
            line = process.stdout.readline()
            if not line:
                sys.exit(f"{module} broke; what it said stands above")
            told = json.loads(line)
            if told["last"]["statusCode"] != 200 or answers not in told["last"]["body"]:
                sys.exit(f"{module} answered {told['last']}")
            return told

        yield ask
        process.kill()


@contextmanager
def _canned(answer):
    command = [sys.executable, "-I", "-S", str(place.BENCH / "canned_dynamodb.py")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        server.stdin.write(answer)
        server.stdin.close()
        try:
            yield f"http://127.0.0.1:{int(server.stdout.readline())}"
        finally:
            server.kill()


def _print(here, cold, incoming, menu):
    table = Table(title="The voice handler beside a hand-written one, in milliseconds of processor time")
    for heading in ("", "product", "by hand", "ratio", "aim", "by the clock"):
        table.add_column(heading, justify="left" if heading == "" else "right")

    def row(name, work, clock, aim=None):
        found = ratio(*work)
        wanted = "" if aim is None else f"[{'green' if round(found, 2) <= aim else 'red'}]at most {aim:.2f}[/]"
        table.add_row(name, *map(_median, work), f"{found:.2f}", wanted, f"{ratio(*clock):.2f}")

    for name, aim, measured in (("cold start", COLD_AIM, cold), ("incoming", INCOMING_AIM, incoming)):
        row(name, measured.work, measured.clock, aim)
    row("menu step", menu.work, menu.clock)
    own = [(of_menu.product, of_call.product) for of_menu, of_call in zip(menu, incoming, strict=True)]
    row("of incoming", *own, MENU_AIM)
    console = Console()
    console.print(table)
    console.print(
        f"Ran {here.name}, {platform.machine()}. For each handler {len(cold.work.product)} fresh processes and"
        f" {len(incoming.work.product) * BLOCK} warm requests of each kind, turn and turn about, each with a caller of"
        " its own, against a canned DynamoDB on 127.0.0.1; logs go to nowhere. Shown are medians, and the medians of"
        " the ratios of each turn. A cold start is a fresh process, from its start to its first answer."
    )
    size = place.artifact_bytes()
    if size:
        verdict = "[green]reached[/]" if size < MOST_ARTIFACT_BYTES else "[red]missed[/]"
        console.print(f"The artifact in .aws-sam: {size / 1e6:.1f} MB unzipped, aim: under 10 MB, {verdict}.")
    else:
        console.print("No artifact in .aws-sam yet: `make build` makes one, and its size is shown here.")


def _median(times):
    middle = statistics.median(times)
    return f"{middle:.0f}" if middle >= 20 else f"{middle:.3f}"


if __name__ == "__main__":
    main()
