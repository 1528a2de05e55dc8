"""`ivr explain`: the verdict on a caller, and the reason."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from infra.cli import options, output
from infra.cli.labels import UNCOUNTED
from infra.cli.labels import as_json as record_as_json
from infra.cli.provider_parameters import read_parameters, signals_of
from infra.cli.target import reachable
from infra.local.ways import WAYS
from ivr.desk import explanation as desk
from ivr.reputation.scoring import MILLION

if TYPE_CHECKING:
    from infra.cli.target import Place
    from ivr.calls.verdict import Verdict
    from ivr.desk.explanation import Arithmetic, Explanation, IfReported
    from ivr.records.base import Record
    from ivr.screening.rules import CallerLookup

_SUMS = frozenset({"spam", "legit"})  # stored in millionths of a report
_TIMES = frozenset({"as_of", "expires", "at"})


@click.command(epilog=options.example("ivr explain +96891234567 --line +12025550100"))
@click.argument("number")
@click.option("--line", required=True, help="The line that would be called.")
@click.option("--stir", default="", help="Attestation as Twilio sends it, such as TN-Validation-Passed-A.")
@click.option("--forwarded-from", default="", help="ForwardedFrom, as Twilio sends it.")
@click.option("--spam", is_flag=True, help="As if a spam-score add-on called the number spam.")
@click.option("--param", multiple=True, metavar="NAME=VALUE", help="Any other parameter, as Twilio sends it.")
@output.as_json
@click.pass_obj
def explain(
    place: Place,
    *,
    number: str,
    line: str,
    stir: str,
    forwarded_from: str,
    spam: bool,
    param: tuple[str, ...],
    as_json: bool,
) -> None:
    """Print the verdict on a call from NUMBER to a line, and each rule that holds.

    The look-up is the same as a call's. Nothing is changed.
    """
    parameters = {"StirVerstat": stir, "ForwardedFrom": forwarded_from, **read_parameters(param)}
    signals = signals_of(parameters)
    target = place.target()
    with reachable(target):
        told = desk.explain(
            target.desk,
            number,
            line,
            signals=signals._replace(spam_score=1) if spam else signals,
            forwarded_from=parameters["ForwardedFrom"],
            what="--line",
        )
    judgement = told.judgement
    if as_json:
        output.print_json(
            {
                "caller": {"kind": told.caller.kind.value, "number": told.caller.text},
                "line": told.called,
                "verdict": asdict(judgement.verdict),
                "rules": [asdict(verdict) for verdict in judgement.spoke],
                "way": judgement.route,
                "if_reported": told.if_reported._asdict(),
                "complete": judgement.case.lookup.complete,
                "found": _found(judgement.case.lookup),
            }
        )
        return
    _print(told, target.settings.timezone)
    if told.can_be_reported:
        click.echo()
        click.echo(_reported_in_words(told.if_reported))


def _reported_in_words(reported: IfReported) -> str:
    why = UNCOUNTED.get(reported.uncounted, reported.uncounted)
    counts = f"would not count against the number: {why}" if why else "would count against the number"
    blocks = "it would block the number on this line" if reported.blocks else "it would block nobody"
    return f"A report on such a call {counts}; {blocks}."


def _print(told: Explanation, timezone: str) -> None:
    caller, judgement, lookup = told.caller, told.judgement, told.judgement.case.lookup
    verdict, route = judgement.verdict, judgement.route
    click.echo(f"{caller.text or caller.kind.value} calls {told.called}: {verdict.kind.value}, {because(verdict)}")
    click.echo(f"The caller {WAYS.get(route, route)}.")
    if not lookup.complete:
        click.echo("Part of the table could not be read, so nobody is trusted.", err=True)
    click.echo()
    rules = desk.rules_in_words()
    output.print_table(
        ("Rule", "Says", "Because", "Note"),
        ((str(one.rule), one.kind.value, rules[one.rule].words, one.note) for one in judgement.spoke),
        empty="No rule holds.",
    )
    if told.reputation:
        click.echo()
        click.echo(arithmetic_in_words(told.reputation))
    click.echo()
    found = _found(lookup)
    output.print_table(
        ("Found", "Record"),
        ((name, _record_in_words(record, timezone)) for name, record in found.items()),
        empty="Nothing is known of this line and this caller.",
    )


def because(verdict: Verdict) -> str:
    """The rule that gave a verdict, by its number and its name."""
    return f"rule {verdict.rule} ({verdict.reason.value.replace('_', ' ')})"


def arithmetic_in_words(told: Arithmetic) -> str:
    """The computation of the confidence from the reports, and the comparison with the threshold."""
    number = f"more than {told.people}" if told.more else str(told.people)
    people = f"{number} {'person' if number == '1' else 'people'}"
    return (
        f"Reputation: {people} reported it; {100 * told.left:.0f} % of what was said is left "
        f"(half-life {told.half_life_days} days): {told.spam:.2f} against and {told.legit:.2f} for "
        f"(at most {told.most_legit}, of trusts that are {told.trust_counts_after_days} days old).\n"
        f"Wilson's lower bound at z = {told.z}: {told.confidence:.3f}, "
        f"{'at or over' if told.is_over else 'under'} the threshold of {told.threshold}."
    )


def _found(lookup: CallerLookup) -> dict[str, Any]:
    """The records that the look-up found, by kind."""
    single: dict[str, Record | None] = {
        "line": lookup.line,
        "ring": lookup.ring,
        "own list": lookup.listed,
        "desk decision": lookup.decision,
    }
    found: dict[str, Any] = {name.replace(" ", "_"): record_as_json(one) for name, one in single.items() if one}
    if lookup.reputation:
        found["reputation"] = record_as_json(lookup.reputation)
    if lookup.caller_is_line:
        found["caller_is_line"] = True
    if lookup.prefix_rules:
        found["prefix_rules"] = [record_as_json(rule) for rule in lookup.prefix_rules]
    return found


def _record_in_words(record: Any, timezone: str) -> str:
    if isinstance(record, list):
        return "; ".join(_record_in_words(one, timezone) for one in record)
    if isinstance(record, dict):
        told = ((name, value) for name, value in record.items() if value not in {"", 0})
        return ", ".join(f"{name.replace('_', ' ')} {_value_in_words(name, value, timezone)}" for name, value in told)
    return "yes"


def _value_in_words(name: str, value: Any, timezone: str) -> str:
    if name in _SUMS:
        return f"{value / MILLION:.2f}"
    if isinstance(value, int) and (name in _TIMES or name.endswith(("_at", "until"))):
        return output.local_time(value, timezone)
    return str(value)
