"""The figures of part two, printed: look-ups, the reputation function, and a day on paper."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from tests.bench import cost_estimate, look_ups, reputations
from tests.bench.second_stand_in import SecondStandIn

_WIDTH = 120  # the tables' own, where what reads them has none


def show(*, quick, full):
    """Measure and print. ``quick`` leaves the large tables out, ``full`` adds a million reports."""
    console = Console(width=max(_WIDTH, Console().width))
    with SecondStandIn() as stand_in:
        _print_look_ups(console, look_ups.measure(stand_in, quick=quick, full=full))
        functions = reputations.measure(stand_in, quick=quick)
        _print_functions(console, functions)
        held = cost_estimate.measure(stand_in)
    _print_bill(console, held)
    _print_burdens(console, cost_estimate.burdens(held, functions[-1]))


def _table(console, title, headings, rows, note=""):
    table = Table(title=title, caption=note, caption_justify="left", title_justify="left")
    for n, heading in enumerate(headings):
        table.add_column(heading, justify="right" if n else "left")
    for row in rows:
        table.add_row(*row)
    console.print(table)


def _print_look_ups(console, rows):
    _table(
        console,
        "A verdict's look-up, with ever more in the table",
        ["reports stored", "rules", "requests", "keys", "read units", "ms, median", "ms, 19 of 20"],
        [
            (
                f"{row.reports:,}",
                f"{row.rules:,}",
                f"{row.requests:.2f}",
                f"{row.keys:.0f}",
                f"{row.reads:.1f}",
                f"{row.median:.2f}",
                f"{row.slowest_of_twenty:.2f}",
            )
            for row in rows
        ],
        "Requests are counted exactly; times are those of ministack on 127.0.0.1 and only compare with each other.",
    )


def _print_functions(console, rows):
    _table(
        console,
        "The reputation function: what one report asks (three stream records: the 9, the category, the loss)",
        ["reports", "a second here", "at 5 ms a request", "requests", "items read", "read units", "write units"],
        [
            (
                row.name,
                f"{row.a_second:.0f}" if row is rows[0] else "",
                f"{row.cost_estimate:.1f}",
                f"{row.requests:.1f}",
                f"{row.items:.0f}",
                f"{row.reads:.0f}",
                f"{row.writes:.0f}",
            )
            for row in rows
        ],
        "One instance of the function. Of any caller at most 201 pieces of evidence are read in one query; both of the"
        " caller's blocks are full, which is the dearest case. Ministack sorts a partition at each query, unlike"
        " DynamoDB: only the first row tells reports a second.",
    )


def _print_bill(console, held):
    terms = cost_estimate.bill(held)
    total = sum(term.dollars_a_day for term in terms)
    mix = ", ".join(f"{share:.1%} {kind}" for kind, share in cost_estimate.MIX.items())
    rows = [(term.name, f"{term.a_call:.3f}", f"{term.dollars_a_day:,.2f}") for term in terms]
    _table(
        console,
        f"A day of {cost_estimate.CALLS_A_DAY:,} calls ({mix})",
        ["", "a call", "$ a day"],
        [*rows, ("together", "", f"{total:,.2f}")],
        "One call of each kind was held and metered. A look-up's key is half a unit, found or not; a transaction costs"
        " twice; a write whose condition fails costs as one that succeeds. Not in it: Twilio, log bytes, storage.",
    )


def _print_burdens(console, burdens):
    def of(some, most):
        share = some / most
        return f"[{'green' if share < 1 else 'red'}]{some:,.0f} ({share:.0%})[/]"

    calls = cost_estimate.REPORTS_AN_HOUR * cost_estimate.CALLS_FOR_A_REPORT
    _table(
        console,
        f"One caller reported by {cost_estimate.REPORTS_AN_HOUR:,} customers in an hour, in {calls:,} calls:"
        " units a second of the busiest partitions",
        [
            "partition",
            f"reads, of {cost_estimate.READS_A_SECOND:,}",
            f"writes, of {cost_estimate.WRITES_A_SECOND:,}",
        ],
        [
            (one.partition, of(one.reads, cost_estimate.READS_A_SECOND), of(one.writes, cost_estimate.WRITES_A_SECOND))
            for one in burdens
        ],
        f"The rules' partition sees all calls of the day, {cost_estimate.BUSY} times as many in the busiest second.",
    )
