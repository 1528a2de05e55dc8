"""`ivr callers show`: all that the desk knows about one caller."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from infra.cli import options, output
from infra.cli.audit import audit_as_json, print_audit
from infra.cli.explain import arithmetic_in_words, because
from infra.cli.labels import as_json as record_as_json
from infra.cli.labels import report_in_words
from infra.cli.target import reachable
from ivr.desk import caller_file as desk
from ivr.desk import explanation
from ivr.desk.caller_history import reports_on

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.cli.target import Place
    from ivr.desk.caller_file import CallerFile
    from ivr.reports import Report

_REPORTS = 20


@click.command("show", epilog=options.example("ivr callers show +96891234567"))
@click.argument("number")
@output.as_json
@click.pass_obj
def show(place: Place, *, number: str, as_json: bool) -> None:
    """Show what is known about NUMBER: verdict, rules, decision, dispute, reports, neighbours, and who changed it."""
    target = place.target()
    with reachable(target):
        told = desk.of(target.desk, number)
        reports = reports_on(target.desk, told.caller, _REPORTS)
    if as_json:
        output.print_json(_as_json(told, reports.reports))
        return
    verdict = told.explanation.judgement.verdict
    click.echo(f"{told.caller} would be {verdict.kind.value} on a standard line, {because(verdict)}.")
    for line in _known(told, target.settings.timezone):
        click.echo(output.plain(line))
    click.echo()
    rules = explanation.rules_in_words()
    output.print_table(
        ("Rule", "Says", "Because", "Note"),
        ((str(one.rule), one.kind.value, rules[one.rule].words, one.note) for one in told.explanation.judgement.spoke),
        empty="No rule holds.",
    )
    click.echo()
    for report in reports.reports:
        click.echo(
            output.plain(
                f"{output.local_time(report.reported_at, target.settings.timezone)}  {report_in_words(report)}"
            )
        )
    if reports.next:
        click.echo("There are more reports: `ivr reports list --caller NUMBER --all` lists them.")
    click.echo()
    print_audit(told.audit.entries, target.settings.timezone)


def _known(told: CallerFile, zone: str) -> Iterator[str]:
    now = int(time.time())
    if one := told.decision:
        ended = f", taken back by {one.ended_by}: {one.ended_because}" if one.ended_by else ""
        lasts = output.until_words(one.until, now, zone)
        yield f"The desk: {one.verdict}, {lasts}, by {one.decided_by or 'somebody'}: {one.note}{ended}."
    if told.rule:
        yield f"The rule for {told.rule.prefix}: {told.rule.verdict}: {told.rule.note}."
    if told.dispute:
        yield f"A dispute is {told.dispute.state}: {told.dispute.note or told.dispute.resolution}."
    if told.clearing:
        yield f"Cleared: reports from before {output.local_time(told.clearing.cleared_at, zone)} count no longer."
    if told.explanation.reputation:
        yield from arithmetic_in_words(told.explanation.reputation).splitlines()
    for block in told.blocks:
        bad = ", all of which are flagged" if block.is_bad else ""
        reported = ", ".join(one.number for one in block.reported)
        yield f"Of the {block.size} numbers that begin with {block.begins}{bad}, reported: {reported}."
    customers = told.customers
    more = "at least " if customers.more else ""
    yield f"Customers who trust it: {more}{customers.trust}; who block it: {more}{customers.block}."


def _as_json(told: CallerFile, reports: list[Report]) -> dict[str, Any]:
    judgement = told.explanation.judgement
    records = {"decision": told.decision, "rule": told.rule, "dispute": told.dispute, "clearing": told.clearing}
    return {
        "caller": told.caller,
        "verdict": asdict(judgement.verdict),
        "rules": [asdict(one) for one in judgement.spoke],
        **{name: record_as_json(one) if one else None for name, one in records.items()},
        "reputation": told.explanation.reputation._asdict() if told.explanation.reputation else None,
        "blocks": [{**block._asdict(), "reported": [one._asdict() for one in block.reported]} for block in told.blocks],
        "customers": told.customers._asdict(),
        "reports": [record_as_json(one) for one in reports],
        "audit": [audit_as_json(one) for one in told.audit.entries],
    }
