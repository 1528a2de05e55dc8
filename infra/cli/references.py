"""`ivr reports show` and `dossier`: the reports with a spoken reference."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from infra.cli import options, output
from infra.cli.labels import as_json as record_as_json
from infra.cli.labels import counted_in_words, report_as_json, report_in_words
from infra.cli.private_file import private_file
from infra.cli.target import reachable
from ivr.desk import reports as desk
from ivr.desk.dossier import gathered

if TYPE_CHECKING:
    from infra.cli.target import Place
    from ivr.desk.actor import Actor


@click.command(epilog=options.example("ivr reports show 84072573"))
@click.argument("reference")
@output.as_json
@click.pass_obj
def show(place: Place, *, reference: str, as_json: bool) -> None:
    """Show every report with this REFERENCE: it locates a report, it does not identify one."""
    target = place.target()
    with reachable(target):
        found = desk.with_voicemails(target.desk, reference)
    if as_json:
        more = ({"message": record_as_json(message)} if message else {} for _, message in found)
        output.print_json([{**report_as_json(one.report), **it} for one, it in zip(found, more, strict=True)])
        return
    for report, message in found:
        told = counted_in_words(report)
        state = told if report.withdrawn else f"counts: {told}"
        at = output.local_time(report.reported_at, target.settings.timezone)
        click.echo(f"{at}  {report_in_words(report)} ({state}; call {report.call_sid}, line {report.line or '-'})")
        if message:  # the customer can't hear it
            click.echo(f"  The caller left a message of {message.seconds} s: recording {message.recording} at Twilio.")


@click.command(epilog=options.example("ivr reports dossier 84072573 --to dossiers"))
@click.argument("reference")
@click.option("--to", default=".", show_default=True, type=click.Path(file_okay=False, path_type=Path), help="Folder.")
@options.by
@click.pass_obj
def dossier(place: Place, *, reference: str, to: Path, by: Actor) -> None:
    """Write the dossier of REFERENCE, which a customer can hand to the Public Prosecution, as PDF and JSON."""
    from infra import dossier as dossiers  # it takes half a second to load

    target = place.target()
    with reachable(target):
        found = gathered(target.desk, desk.by_reference(target.desk, reference), by=by)
    to.mkdir(parents=True, exist_ok=True)
    for nth, known in enumerate(found, start=1):
        facts = dossiers.facts(known, target.settings)
        name = f"dossier-{reference}" + (f"-{nth}" if len(found) > 1 else "")
        for suffix, content in ((".json", dossiers.json_file(facts)), (".pdf", dossiers.pdf(facts))):
            path = to / (name + suffix)
            with private_file(path) as file:
                file.write(content)
            click.echo(path)


@click.command(epilog=options.example("ivr reports confirm 84072573 +12025550111"))
@click.argument("reference")
@click.argument("number")
@options.by
@output.as_json
@click.pass_obj
def confirm(place: Place, *, reference: str, number: str, by: Actor, as_json: bool) -> None:
    """Say whether the reporter of REFERENCE, whom a dossier shows as a pseudonym, is NUMBER's."""
    target = place.target()
    with reachable(target):
        reports = desk.by_reference(target.desk, reference)
        found = [*zip(reports, desk.confirm(target.desk, reports, number, by=by), strict=True)]
    if as_json:
        output.print_json([{"reporter": report.reporter, "is_theirs": is_theirs} for report, is_theirs in found])
        return
    for report, is_theirs in found:
        said = "is this number's" if is_theirs else "is another number's"
        click.echo(f"The pseudonym {report.reporter} {said}.")
