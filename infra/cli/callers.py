"""`ivr callers`: the fraud desk's decisions on numbers."""

from __future__ import annotations

import time
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from infra.cli import output, said
from infra.cli.labels import as_json as record_as_json
from infra.cli.numbers import caller_id
from infra.cli.target import reachable
from ivr.records.base import expiry
from ivr.screening.desk_decision import DeskDecision

if TYPE_CHECKING:
    from collections.abc import Iterable

    from infra.cli.target import Place, Target

VERDICTS = ("trusted", "flagged", "blocked")


@click.group
def callers() -> None:
    """List the fraud desk's decisions and disputes, and decide about a number."""


@callers.command("list")
@output.limits
@output.as_json
@click.pass_obj
def list_callers(place: Place, *, limit: int, every: bool, as_json: bool) -> None:
    """List the numbers that the desk decided about."""
    target = place.target()
    with reachable(target):
        found = output.up_to(None if every else limit, target.store.decisions.all())
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


@callers.command("decide")
@click.argument("number")
@click.argument("verdict", type=click.Choice(VERDICTS))
@said.note("Why: it is what the desk reads next time. Customers never hear it.")
@click.option("--until", default=None, help="Last day (2026-12-31) or moment (2026-12-31T18:00); without it, for ever.")
@said.by
@output.as_json
@click.pass_obj
def decide(place: Place, *, number: str, verdict: str, note: str, until: str | None, by: str, as_json: bool) -> None:
    """Decide that NUMBER is trusted, flagged or blocked, in place of what was decided before."""
    target = place.target()
    caller = _decidable(number, target)
    timezone = target.settings.timezone
    end = 0 if until is None else _end(until, timezone)
    decision = DeskDecision(
        caller=caller,
        verdict=verdict,
        note=note,
        decided_at=int(time.time()),
        decided_by=by,
        until=end,
        expires=expiry(end, target.settings.retention_decisions_days),
    )
    target.announce()
    with reachable(target):
        target.store.put(decision)
    lasts = output.until_words(decision.until, 0, timezone)
    words = f"{decision.caller} is {verdict} now, {'until ' if decision.until else ''}{lasts}."
    output.tell(record_as_json(decision), words, as_json=as_json)


@callers.command("take-back")
@click.argument("number")
@said.note("Why it is taken back.")
@said.by
@output.as_json
@click.pass_obj
def take_back(place: Place, *, number: str, note: str, by: str, as_json: bool) -> None:
    """Take back the desk's decision about NUMBER: it ends now. Who took it back, and why, is kept for a while."""
    target = place.target()
    caller, now = _decidable(number, target), int(time.time())
    expires = expiry(now, target.settings.retention_decisions_days)
    target.announce()
    with reachable(target):
        ended = target.store.decisions.end(caller, now, by=by, why=note, expires=expires)
    if ended is None:
        raise click.ClickException(f"no decision about {caller} is in force: look at `ivr callers list`")
    output.tell(record_as_json(ended), f"{caller} is {ended.verdict} no longer.", as_json=as_json)


def _decidable(number: str, target: Target) -> str:
    caller = caller_id(number, *target.settings.numbering)
    if not caller.text:
        raise click.ClickException(f"{number!r} is a withheld caller: there is no number to decide about")
    return caller.text


def _end(text: str, timezone: str) -> int:
    """The epoch second at which a decision ends: with the day, where only a day is given."""
    zone = ZoneInfo(timezone)
    try:
        if len(text.strip()) <= len("2026-12-31"):
            day = date.fromisoformat(text.strip()) + timedelta(days=1)
            moment = datetime(day.year, day.month, day.day, tzinfo=zone)
        else:
            moment = datetime.fromisoformat(text.strip())
            moment = moment if moment.tzinfo else moment.replace(tzinfo=zone)
        end = int(moment.timestamp())
    except (ValueError, OverflowError) as error:
        raise click.ClickException(
            f"--until is {text!r}: write a day or a moment, such as 2026-12-31 or 2026-12-31T18:00"
        ) from error
    if end <= time.time():
        raise click.ClickException(f"--until is {text!r}, which is over")
    return end
