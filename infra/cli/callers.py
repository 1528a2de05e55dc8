"""`ivr callers`: the fraud desk's decisions on numbers."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from infra.cli import options, output
from infra.cli.labels import as_json as record_as_json
from infra.cli.previews import print_preview
from infra.cli.target import reachable
from ivr.desk import decisions, preview

if TYPE_CHECKING:
    from collections.abc import Iterable

    from infra.cli.target import Place, Target
    from ivr.desk.actor import Actor
    from ivr.desk.decisions import DeskDecision


@click.group
def callers() -> None:
    """List the fraud desk's decisions and disputes, and decide about a number."""


@callers.command("list", epilog=options.example("ivr callers list --limit 20"))
@output.limits
@output.as_json
@click.pass_obj
def list_callers(place: Place, *, limit: int, every: bool, as_json: bool) -> None:
    """List the numbers that the desk decided about."""
    target = place.target()
    with reachable(target):
        found = output.up_to(None if every else limit, decisions.decisions(target.desk))
        if as_json:
            output.print_json_list(map(record_as_json, found))
        else:
            _print(found, target)


def _print(found: Iterable[DeskDecision], target: Target) -> None:
    now, zone = int(time.time()), target.settings.timezone
    output.print_table(
        ("Caller", "Verdict", "Until", "Decided", "By", "Note"),
        (
            (
                one.caller,
                one.verdict,
                output.until_words(one.until, now, zone) + (f", taken back by {one.ended_by}" if one.ended_by else ""),
                output.local_time(one.decided_at, zone) if one.decided_at else "-",
                one.decided_by or "-",
                one.note + (f" / {one.ended_because}" if one.ended_because else ""),
            )
            for one in found
        ),
        empty="The desk has decided about no number.",
    )


@callers.command(
    "decide",
    epilog=options.example(
        'ivr callers decide +13035550177 flagged --note "two complaints by letter" --until 2027-03-31'
    ),
)
@click.argument("number")
@click.argument("verdict", type=click.Choice(decisions.VERDICTS))
@options.note("Why: it is what the desk reads next time. Customers never hear it.")
@click.option("--until", default=None, help="Last day (2026-12-31) or moment (2026-12-31T18:00); without it, for ever.")
@click.option(
    "--try", "tries", is_flag=True, help="Say what it would have done to last week's calls, and store nothing."
)
@options.by
@output.as_json
@click.pass_obj
def decide(
    place: Place, *, number: str, verdict: str, note: str, until: str | None, tries: bool, by: Actor, as_json: bool
) -> None:
    """Decide that NUMBER is trusted, flagged or blocked, in place of what was decided before."""
    target = place.target()
    if tries:
        with reachable(target):
            week = preview.decision(target.desk, number, verdict)
        print_preview(week, as_json=as_json)
        return
    with reachable(target):
        decision = decisions.decide(target.desk, number, verdict, note=note, by=by, until=until, what="--until")
    lasts = output.until_words(decision.until, 0, target.settings.timezone)
    words = f"{decision.caller} is {verdict} now, {'until ' if decision.until else ''}{lasts}."
    output.tell(record_as_json(decision), words, as_json=as_json)


@callers.command(
    "take-back",
    epilog=options.example('ivr callers take-back +13035550177 --note "the letters were about another number"'),
)
@click.argument("number")
@options.note("Why it is taken back.")
@options.by
@output.as_json
@click.pass_obj
def take_back(place: Place, *, number: str, note: str, by: Actor, as_json: bool) -> None:
    """Take back the desk's decision about NUMBER: it ends now. Who took it back, and why, is kept for a while."""
    target = place.target()
    with reachable(target):
        ended = decisions.take_back(target.desk, number, note=note, by=by)
    output.tell(record_as_json(ended), f"{ended.caller} is {ended.verdict} no longer.", as_json=as_json)
