"""The tables that a run prints."""

from __future__ import annotations

import platform
import statistics
from typing import TYPE_CHECKING

from rich.table import Table

from tests.bench import bill
from tests.bench.aims import PRODUCT, ratio

if TYPE_CHECKING:
    from rich.console import Console

    from tests.bench.aims import Verdict
    from tests.bench.measure import Amounts, Bench

_BARE = "bare"
_HOW = """\
Ran {where}, {machine}; every handler beside the others, turn and turn about, each call with a caller and a customer of
its own, over TLS to stand-ins on 127.0.0.1; logs go to nowhere. Milliseconds are processor time, medians of the turns;
the ratio is the median of each turn's own, with its quartiles. A cold start is a fresh process, from its start to its
first answer; its next calls are the {after} after that one, and a mean; restored is a process that SnapStart would
restore."""


def show(console: Console, bench: Bench, amounts: Amounts, verdicts: list[Verdict]) -> None:
    """Everything that was measured."""
    _show_figures(console, bench)
    _show_requests(console, bench)
    console.print(" ".join(_HOW.split()).format(where=bench.here.name, machine=platform.machine(), after=amounts.after))
    _show_aims(console, verdicts)


def _show_figures(console: Console, bench: Bench) -> None:
    table = Table(title="Milliseconds of processor time (memory: MB)", title_justify="left")
    table.add_column("")
    for who in bench.who:
        table.add_column(who, justify="right")
    table.add_column("product / bare", justify="right")
    for name, by in bench.figures.items():
        if name.startswith("requests") or not any(by.get(who) for who in bench.who):
            continue
        found = ratio(by.get(PRODUCT, []), by.get(_BARE, []))
        times = f"{found.middle:.2f} ({found.lower:.2f}-{found.upper:.2f})" if found else ""
        table.add_row(name, *(_middle(by.get(who)) for who in bench.who), times)
    console.print(table)


def _middle(values: list[float] | None) -> str:
    if not values:
        return ""
    middle = statistics.median(values)
    return f"{middle:.0f}" if middle >= 20 else f"{middle:.2f}"


def _show_requests(console: Console, bench: Bench) -> None:
    table = Table(title="What each warm step asks for: requests, bytes sent and received", title_justify="left")
    table.add_column("")
    for who in bench.who:
        table.add_column(who, justify="right")
    for kind, steps in bench.requests.get(PRODUCT, {}).items():
        for name in steps:
            if any(bench.requests[who][kind].get(name, {}).get("requests") for who in bench.who):
                table.add_row(f"{kind}: {name}", *(_asked(bench.requests[who][kind].get(name)) for who in bench.who))
    console.print(table)


def _asked(step: dict[str, object] | None) -> str:
    if not step or not step["requests"]:
        return "0"
    return f"{len(step['requests'])}, {step['sent']:,} + {step['received']:,}"  # type: ignore[arg-type]


def show_bill(console: Console, terms: list[bill.Term], known: bill.Prices) -> None:
    """The bill for 1,000 calls."""
    total = sum(term.dollars for term in terms)
    mix = ", ".join(f"{calls} {kind}" for kind, calls in known.assumed["mix"].items())
    table = Table(
        title=f"1,000 calls ({mix}), in dollars",
        caption=f"Prices: {known.about}. Assumed, beside the mix: {_assumed(known.assumed)}.",
        title_justify="left",
        caption_justify="left",
    )
    table.add_column("")
    for heading in ("amount", "price", "dollars", "share"):
        table.add_column(heading, justify="right")
    for term in terms:
        price = f"{term.price:.10f}".rstrip("0")
        table.add_row(term.name, f"{term.amount:,.4g}", price, f"{term.dollars:.4f}", f"{term.dollars / total:.1%}")
    console.print(table)
    console.print(bill.dominates(terms), highlight=False)
    console.print(
        f"A snapshot that is kept costs {bill.a_version_a_month(known):.2f} dollars a month, with or without calls.",
        highlight=False,
    )


def _assumed(assumed: dict[str, object]) -> str:
    return ", ".join(f"{name} {value}" for name, value in assumed.items() if name != "mix")


def _show_aims(console: Console, verdicts: list[Verdict]) -> None:
    for verdict in verdicts:
        colour = "red" if verdict.is_missed else "green" if verdict.found else "yellow"
        found = f" (quartiles {verdict.found.lower:.2f} to {verdict.found.upper:.2f})" if verdict.found else ""
        console.print(f"[{colour}]{verdict.sentence}[/]{found}", highlight=False)
