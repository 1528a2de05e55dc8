"""`ivr callers dispute`, `clear` and `keep`: when a number is wrongly listed, or said to be."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from infra.cli import output, said
from infra.cli.labels import as_json as record_as_json
from infra.cli.numbers import caller_id
from infra.cli.target import reachable
from ivr.records.base import expiry
from ivr.reputation.disputes import CLEARED, OPEN, Dispute

if TYPE_CHECKING:
    from collections.abc import Iterable

    from infra.cli.target import Place, Target


@click.command
@click.argument("number")
@said.note("What speaks for the number.")
@output.as_json
@click.pass_obj
def dispute(place: Place, *, number: str, note: str, as_json: bool) -> None:
    """Open a dispute about NUMBER. To one that is open the note is added."""
    target = place.target()
    opened = _new(target, number, note)
    target.announce()
    with reachable(target):
        found = target.store.disputes.get(opened.caller)
        if found and found.state == OPEN:  # who opened it and what was said for it is kept
            opened = replace(found, note="; ".join(filter(None, (found.note, note))))
        target.store.put(opened)
    output.tell(record_as_json(opened), f"A dispute about {opened.caller} is open.", as_json=as_json)


@click.command
@click.argument("number")
@said.note("Why it is cleared.")
@said.by
@output.as_json
@click.pass_obj
def clear(place: Place, *, number: str, note: str, by: str, as_json: bool) -> None:
    """Clear NUMBER: reports from before now count no longer. A decision of the desk on it stays as it is."""
    _resolve(place, number, note, by, cleared=True, as_json=as_json)


@click.command
@click.argument("number")
@said.note("Why it stays listed.")
@said.by
@output.as_json
@click.pass_obj
def keep(place: Place, *, number: str, note: str, by: str, as_json: bool) -> None:
    """Keep NUMBER listed: its dispute is decided against it."""
    _resolve(place, number, note, by, cleared=False, as_json=as_json)


@click.command("disputes")
@output.limits
@output.as_json
@click.pass_obj
def list_disputes(place: Place, *, limit: int, every: bool, as_json: bool) -> None:
    """List the disputes and how they were decided, open ones last."""
    target = place.target()
    with reachable(target):
        found = output.up_to(None if every else limit, target.store.disputes.all())
        if as_json:
            output.print_json_list(map(record_as_json, found))
        else:
            _print(found, target.settings.timezone)


def _print(found: Iterable[Dispute], zone: str) -> None:
    output.print_table(
        ("Caller", "Opened", "By", "State", "For it", "Decided", "By", "Decision"),
        (
            (
                one.caller,
                output.local_time(one.opened_at, zone),
                one.source,
                one.state,
                one.note,
                output.local_time(one.resolved_at, zone) if one.resolved_at else "-",
                one.resolved_by or "-",
                one.resolution,
            )
            for one in found
        ),
        empty="There are no disputes.",
    )


def _resolve(place: Place, number: str, note: str, by: str, *, cleared: bool, as_json: bool) -> None:
    target = place.target()
    asked = _new(target, number, "")
    with reachable(target):
        found = target.store.disputes.get(asked.caller)
    if found is None and not cleared:
        raise click.ClickException(f"there is no dispute about {asked.caller}")
    if found and found.state == CLEARED and not cleared:  # what was cleared would count no more all the same
        raise click.ClickException(
            f"{asked.caller} is cleared already: its reports from before count no longer. "
            "To list it again, decide so with `ivr callers decide`"
        )
    target.announce()
    with reachable(target):
        resolved = target.store.disputes.resolve(found or asked, asked.opened_at, cleared=cleared, note=note, by=by)
    words = "cleared: reports from before now count no longer" if cleared else "kept as it is listed"
    output.tell(record_as_json(resolved), f"{resolved.caller} is {words}.", as_json=as_json)


def _new(target: Target, number: str, note: str) -> Dispute:
    caller = caller_id(number, *target.settings.numbering)
    if not caller.text:
        raise click.ClickException(f"{number!r} is a withheld caller: there is no number to decide about")
    now = int(time.time())
    expires = expiry(now, target.settings.retention_disputes_days)
    return Dispute(caller=caller.text, opened_at=now, source="desk", note=note, expires=expires)
