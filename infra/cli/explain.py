"""`ivr explain`: what would happen to a caller, and why."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from infra.cli import output
from infra.cli.judging import because, judge_call
from infra.cli.labels import UNCOUNTED
from infra.cli.labels import as_json as record_as_json
from infra.cli.numbers import caller_id, full_number
from infra.cli.target import reachable
from ivr.calls.call_record import CallRecord
from ivr.reports.pending import ReportByCall
from ivr.reports.report import SCREENED
from ivr.reputation.scoring import MILLION, confidence, faded, weighed
from ivr.reputation.weights import WEIGHTS
from ivr.screening import rules
from ivr.screening.verdict import Reason
from ivr.telephony.twilio.fields import attestation

if TYPE_CHECKING:
    from infra.cli.target import Place
    from ivr.numbers import phone_number
    from ivr.records.base import Record
    from ivr.reputation.items import Reputation
    from ivr.screening.rules import CallerLookup
    from ivr.screening.verdict import Verdict
    from ivr.settings import Settings

_NEVER_REPORTED = frozenset({"loop", "report_line", "blocked", "strict_flagged", "strict_withheld"})  # nobody is rung
_SUMS = frozenset({"spam", "legit", "activity"})  # kept in millionths of a person's word
_TIMES = frozenset({"as_of", "expires", "at"})
WAYS = {
    "loop": "is refused as busy: a call that comes back to us, or from one of our own lines",
    "report_line": "hears the report line",
    "blocked": "is refused before it is answered",
    "ring": "rings the customer at once, without a check",
    "unknown": "hears the notice, presses the announced digit, and rings the customer",
    "flagged": "hears the fraud warning, presses the announced digit, and rings the customer",
    "strict_flagged": "hears the fraud warning and never rings the customer (strict)",
    "strict_withheld": "is asked to show the number and never rings the customer (strict)",
}


@click.command
@click.argument("number")
@click.option("--line", required=True, help="The line that would be called.")
@click.option("--stir", default="", help="Attestation as Twilio sends it, such as TN-Validation-Passed-A.")
@click.option("--forwarded-from", default="", help="ForwardedFrom, as Twilio sends it.")
@click.option("--spam", is_flag=True, help="As if a spam-score add-on called the number spam.")
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
    as_json: bool,
) -> None:
    """Print the verdict on a call from NUMBER to a line, and each rule that spoke.

    One look-up, the same as a call's; nothing is changed.
    """
    target = place.target()
    settings, now = target.settings, int(time.time())
    caller = caller_id(number, *settings.numbering)
    called = full_number(line, settings.home_region, "--line", settings.extra_number_ranges)
    with reachable(target):
        judged = judge_call(
            target,
            caller,
            called,
            now,
            attestation=attestation(stir),
            forwarded_from=forwarded_from,
            spam_score=int(spam),
        )
    evidence, lookup, spoke, way = judged.case, judged.case.lookup, judged.spoke, judged.way
    reported = _if_reported(evidence, spoke, settings)
    if as_json:
        output.print_json(
            {
                "caller": {"kind": caller.kind.value, "number": caller.text},
                "line": called,
                "verdict": asdict(spoke[0]),
                "rules": [asdict(verdict) for verdict in spoke],
                "way": way,
                "if_reported": reported._asdict(),
                "complete": lookup.complete,
                "found": _found(lookup),
            }
        )
        return
    _print((caller, called), lookup, spoke, way, settings.timezone)
    if way not in _NEVER_REPORTED:
        click.echo()
        click.echo(_reported_in_words(reported))


class IfReported(NamedTuple):
    """What a report on such a call would come to."""

    uncounted: str  # why it would not count, or an empty string
    blocks: bool  # its caller, on the customer's line


def _if_reported(case: rules.ScreeningInput, spoke: list[Verdict], settings: Settings) -> IfReported:
    called = case.lookup.line.number if case.lookup.line else ""
    report = ReportByCall("", SCREENED, "", case.now, 0, blocks_until=int(settings.personal_block_days > 0)).of_call(
        CallRecord(
            call_sid="",
            line=called,
            customer="",
            verdict=spoke[0].kind,
            reason=spoke[0].reason,
            rang_at=case.now,
            expires=0,
            caller=case.caller.text,
        ),
        settings.numbers_apart,
    )
    trusted = any(verdict.reason is Reason.DESK_TRUSTED for verdict in spoke)
    return IfReported(report.uncounted, bool(report.blocks_until) and not trusted)


def _reported_in_words(reported: IfReported) -> str:
    why = UNCOUNTED.get(reported.uncounted, reported.uncounted)
    counts = f"would not count against the number: {why}" if why else "would count against the number"
    blocks = "it would block the number on this line" if reported.blocks else "it would block nobody"
    return f"A report on such a call {counts}; {blocks}."


def _print(
    calls: tuple[phone_number.Number, str], lookup: CallerLookup, spoke: list[Verdict], way: str, timezone: str
) -> None:
    (caller, called), verdict = calls, spoke[0]
    click.echo(f"{caller.text or caller.kind.value} calls {called}: {verdict.kind.value}, {because(verdict)}")
    click.echo(f"The caller {WAYS.get(way, way)}.")
    if not lookup.complete:
        click.echo("Part of the table could not be read, so nobody is trusted.", err=True)
    click.echo()
    told = _told()
    output.print_table(
        ("Rule", "Says", "Because", "Note"),
        ((str(one.rule), one.kind.value, told.get(one.rule, one.reason.value), one.note) for one in spoke),
        empty="No rule spoke.",
    )
    if lookup.reputation:
        click.echo()
        click.echo(_arithmetic(lookup.reputation, int(time.time())))
    click.echo()
    found = _found(lookup)
    output.print_table(
        ("Found", "Record"),
        ((name, _record_in_words(record, timezone)) for name, record in found.items()),
        empty="Nothing is known of this line and this caller.",
    )


def _arithmetic(reputation: Reputation, now: int) -> str:
    """How reports came to a confidence, and how it stands to the threshold."""
    standing = reputation.standing
    fading = faded(now - standing.as_of, WEIGHTS.half_life_days)
    spam, legit = weighed(standing, now)
    number = f"more than {WEIGHTS.most_evidence_read}" if standing.more else str(standing.live)
    people = f"{number} {'person' if number == '1' else 'people'}"
    sure = confidence(standing, now)
    return (
        f"Reputation: {people} reported it; {100 * fading:.0f} % of what was said is left "
        f"(half-life {WEIGHTS.half_life_days} days): {spam:.2f} against and {legit:.2f} for "
        f"(at most {WEIGHTS.most_legit}, of trusts that are {WEIGHTS.trust_counts_after_days} days old).\n"
        f"Wilson's lower bound at z = {WEIGHTS.z}: {sure:.3f}, "
        f"{'at or over' if sure >= WEIGHTS.threshold else 'under'} the threshold of {WEIGHTS.threshold}."
    )


def _told() -> dict[int, str]:
    """Each rule's own words, by its number: the first line of its docstring."""
    told = {}
    for rule in rules.RULES:
        number, _, words = (rule.__doc__ or "").partition("\n")[0].partition(": ")
        if number.isdigit():
            told[int(number)] = words.rstrip(".")
    return told


def _found(lookup: CallerLookup) -> dict[str, Any]:
    """What the look-up brought, by its kind."""
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
