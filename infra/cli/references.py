"""`ivr reports show` and `dossier`: what a spoken reference locates."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from infra.cli import output
from infra.cli.labels import as_json as record_as_json
from infra.cli.labels import counted_in_words, report_as_json, report_in_words
from infra.cli.numbers import full_number
from infra.cli.pseudonyms import person_of
from infra.cli.target import reachable
from ivr.pseudonym import is_reference
from ivr.reports.report import SCREENED

if TYPE_CHECKING:
    from infra.cli.target import Place, Target
    from ivr.reports.report import Report


@click.command
@click.argument("reference")
@output.as_json
@click.pass_obj
def show(place: Place, *, reference: str, as_json: bool) -> None:
    """Show every report with this REFERENCE: it locates a report, it does not identify one."""
    target = place.target()
    found = _located(target, reference)
    messages = target.store.voicemails
    with reachable(target):
        left = [messages.of_call(report.call_sid) if report.which == SCREENED else None for report in found]
    if as_json:
        more = ({"message": record_as_json(message)} if message else {} for message in left)
        output.print_json([{**report_as_json(report), **it} for report, it in zip(found, more, strict=True)])
        return
    for report, message in zip(found, left, strict=True):
        told = counted_in_words(report)
        state = told if report.withdrawn else f"counts: {told}"
        at = output.local_time(report.reported_at, target.settings.timezone)
        click.echo(f"{at}  {report_in_words(report)} ({state}; call {report.call_sid}, line {report.line or '-'})")
        if message:  # of which the customer is told nothing
            click.echo(f"  The caller left a message of {message.seconds} s: recording {message.recording} at Twilio.")


@click.command
@click.argument("reference")
@click.option("--to", default=".", show_default=True, type=click.Path(file_okay=False, path_type=Path), help="Folder.")
@click.pass_obj
def dossier(place: Place, *, reference: str, to: Path) -> None:
    """Write what a customer can hand to the Public Prosecution about REFERENCE, as PDF and JSON."""
    from infra import dossier as dossiers  # it takes half a second to load

    target = place.target()
    found = _located(target, reference)
    now = int(time.time())
    to.mkdir(parents=True, exist_ok=True)
    for nth, report in enumerate(found, start=1):
        with reachable(target):
            call = target.store.calls.get(report.call_sid)
            decision = target.store.decisions.get(report.caller) if report.caller else None
        facts = dossiers.facts(report, call, target.settings, [decision] if decision else [], now)
        name = f"dossier-{reference}" + (f"-{nth}" if len(found) > 1 else "")
        for suffix, content in ((".json", dossiers.json_file(facts)), (".pdf", dossiers.pdf(facts))):
            path = to / (name + suffix)
            path.write_bytes(content)
            click.echo(path)


@click.command
@click.argument("reference")
@click.argument("number")
@output.as_json
@click.pass_obj
def confirm(place: Place, *, reference: str, number: str, as_json: bool) -> None:
    """Say whether the reporter of REFERENCE, whom a dossier shows as a pseudonym, is NUMBER's."""
    target = place.target()
    person = person_of(
        full_number(number, target.settings.home_region, "NUMBER", target.settings.extra_number_ranges), target
    )
    found = _located(target, reference)
    if as_json:
        output.print_json([{"reporter": report.reporter, "is_theirs": report.reporter == person} for report in found])
        return
    for report in found:
        said = "is this number's" if report.reporter == person else "is another number's"
        click.echo(f"The pseudonym {report.reporter} {said}.")


def _located(target: Target, reference: str) -> list[Report]:
    digits = reference.replace(" ", "").replace("-", "")
    if not is_reference(digits):
        raise click.ClickException(
            f"{reference!r} is no reference: it has eight digits, and the last one checks the others"
        )
    with reachable(target):
        found = target.store.reports.by_reference(digits)
    if not found:
        raise click.ClickException(f"no report has the reference {digits}")
    return found
