"""`ivr care`: customer care's hours and its call-backs."""

from __future__ import annotations

import time
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from infra.cli import options, output
from infra.cli.labels import answers_in_words
from infra.cli.labels import as_json as record_as_json
from infra.cli.target import reachable
from ivr.desk import call_backs as desk
from ivr.desk import care_hours, days

if TYPE_CHECKING:
    from collections.abc import Iterable

    from infra.cli.target import Place
    from ivr.desk.actor import Actor
    from ivr.desk.call_backs import CallBack


@click.group
def care() -> None:
    """Show customer care's hours, and work through the call-backs that were asked for."""


@care.command(epilog=options.example("ivr care hours --at 2027-02-10T16:00"))
@click.option("--at", "at_", default=None, help="A moment in TIMEZONE, such as 2027-02-10T16:00, instead of now.")
@click.option("--try", "tried", default="", metavar="HOURS", help="Hours to try out, instead of CARE_HOURS.")
@output.as_json
@click.pass_obj
def hours(place: Place, *, at_: str | None, tried: str, as_json: bool) -> None:
    """Say whether customer care is open, until when, and when it opens next.

    CARE_HOURS are rules with ; between, each of days and hours: "Su-Th 08:00-20:00; Fr 14:00-20:00". Days are weekdays
    (Su-Th or Mo,We), dates (2027-01-01, or 2027-02-08..2027-03-09), or dates and weekdays, which then must both hold.
    Hours are spans (08:00-12:00,16:00-20:00; 20:00-02:00 ends on the morning after) or the word closed. "24/7" is a
    rule by itself. A rule with dates goes before one without, and the later of two with dates before the earlier.
    """
    settings = place.settings()
    zone = ZoneInfo(settings.timezone)
    text = tried or settings.care_hours
    at = int(time.time()) if at_ is None else days.moment(at_, settings.timezone, "--at")
    opening = care_hours.opening(settings, text, at)
    told = {name: getattr(opening, name) for name in ("at", "opens", "closes", "call_back_due")}
    if as_json:
        times = {name: moment and datetime.fromtimestamp(moment, zone).isoformat() for name, moment in told.items()}
        output.print_json({"hours": text, "timezone": settings.timezone, "open": opening.is_open, **times})
        return
    words = {name: moment and output.local_time(moment, settings.timezone) for name, moment in told.items()}
    click.echo(f"Hours, in {settings.timezone}: {text}")
    until = (
        f"until {words['closes']}" if words["closes"] else f"for the next {care_hours.LOOKS_AHEAD.days} days and longer"
    )
    click.echo(f"{words['at']}: " + (f"open, {until}." if opening.is_open else f"closed; it opens {words['opens']}."))
    click.echo(f"A call-back that is asked for then is due by {words['call_back_due']}.")


@care.command("call-backs", epilog=options.example("ivr care call-backs --mine --by salma"))
@click.option("--all", "every", is_flag=True, help="The done ones too, while they are kept.")
@click.option("--mine", is_flag=True, help="Only those that the person of --by has taken.")
@options.by
@output.limit_alone
@output.as_json
@click.pass_obj
def call_backs(place: Place, *, every: bool, mine: bool, by: Actor, limit: int, as_json: bool) -> None:
    """List the call-backs that are open, the one that is due first on top."""
    target = place.target()
    now = int(time.time())
    with reachable(target):
        listed = desk.call_backs(target.desk, done_too=every, of=by.name if mine else "")
        found = output.up_to(limit, listed, more="--limit N shows more")
        if as_json:
            output.print_json_list(map(record_as_json, found))
        else:
            _print(found, now, target.settings.timezone)


def _print(found: Iterable[CallBack], now: int, zone: str) -> None:
    output.print_table(
        ("ID", "Due", "State", "By", "Number", "Proved", "Language", "Report", "Note"),
        (
            (
                one.ticket,
                output.local_time(one.due_at, zone) + (" (overdue)" if one.is_late(now) else ""),
                one.state.replace("_", " "),
                one.done_by or one.taken_by or "-",
                one.number or "-",
                "yes" if one.proved else "no",
                one.languages,
                _report(one),
                one.note,
            )
            for one in found
        ),
        empty="Nobody waits for a call-back.",
    )


@care.command(epilog=options.example("ivr care take 84072573 --by salma"))
@click.argument("id_", metavar="ID")
@options.by
@output.as_json
@click.pass_obj
def take(place: Place, *, id_: str, by: Actor, as_json: bool) -> None:
    """Take the call-back with this ID: it is in progress, and nobody else's."""
    target = place.target()
    with reachable(target):
        taken = desk.take(target.desk, id_, by=by)
    proved = "" if taken.proved else " The number was only shown by the call: it proves nothing about who answers."
    words = f"{id_} is yours: call {taken.number}, in {taken.languages}; {_report(taken)}.{proved}"
    output.tell(record_as_json(taken), words, as_json=as_json)


@care.command("give-back", epilog=options.example("ivr care give-back 84072573 --by salma"))
@click.argument("id_", metavar="ID")
@options.by
@output.as_json
@click.pass_obj
def give_back(place: Place, *, id_: str, by: Actor, as_json: bool) -> None:
    """Give the call-back with this ID back, undone: it waits again, for anybody to take."""
    target = place.target()
    with reachable(target):
        given_back = desk.give_back(target.desk, id_, by=by)
    output.tell(record_as_json(given_back), f"{id_} is given back: anybody may take it.", as_json=as_json)


@care.command(epilog=options.example('ivr care done 84072573 --note "explained the block" --by salma'))
@click.argument("id_", metavar="ID")
@options.note("What became of it.")
@options.by
@output.as_json
@click.pass_obj
def done(place: Place, *, id_: str, note: str, by: Actor, as_json: bool) -> None:
    """Close the call-back with this ID. Its number is forgotten."""
    target = place.target()
    with reachable(target):
        finished = desk.done(target.desk, id_, note, by=by)
    output.tell(record_as_json(finished), f"{id_} is done, and its number is forgotten.", as_json=as_json)


def _report(call_back: CallBack) -> str:
    if not call_back.reference:
        return "no report in that call"
    return f"report {call_back.reference}: {answers_in_words(call_back.category, call_back.loss)}"
