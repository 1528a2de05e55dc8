"""`ivr rules`: the fraud desk's rules for all numbers with a prefix."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from infra.cli import options, output
from infra.cli.labels import as_json as record_as_json
from infra.cli.previews import print_preview
from infra.cli.target import reachable
from ivr.desk import prefixes, preview
from ivr.desk.decisions import VERDICTS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from infra.cli.target import Place, Target
    from ivr.desk.actor import Actor
    from ivr.desk.prefixes import PrefixRule


@click.group
def rules() -> None:
    """List the fraud desk's rules for prefixes, add, change and remove them."""


@rules.command("list", epilog=options.example("ivr rules list --limit 20"))
@output.limits
@output.as_json
@click.pass_obj
def list_rules(place: Place, *, limit: int, every: bool, as_json: bool) -> None:
    """List the rules, by prefix. Of several that match a number, the longest decides."""
    target = place.target()
    with reachable(target):
        found = output.up_to(None if every else limit, prefixes.every(target.desk))
        if as_json:
            output.print_json_list(map(record_as_json, found))
        else:
            _print(found, target)


def _print(found: Iterable[PrefixRule], target: Target) -> None:
    now, zone = int(time.time()), target.settings.timezone
    output.print_table(
        ("Prefix", "Verdict", "Until", "Decided", "By", "Note"),
        (
            (
                one.prefix,
                one.verdict,
                output.until_words(one.until, now, zone),
                output.local_time(one.decided_at, zone) if one.decided_at else "-",
                one.decided_by or "-",
                one.note,
            )
            for one in found
        ),
        empty="The desk has no rule for a prefix.",
    )


@rules.command(
    "add",
    epilog=options.example(
        'ivr rules add +96890 flagged --note "rings once and hangs up" --try',
        'ivr rules add +96890 flagged --note "rings once and hangs up" --until 2027-03-31',
    ),
)
@click.argument("prefix")
@click.argument("verdict", type=click.Choice(VERDICTS))
@options.note("Why: it is what the desk reads next time. Customers never hear it.")
@click.option("--until", default=None, help="Last day (2026-12-31) or moment (2026-12-31T18:00); without it, for ever.")
@click.option("--whole-country", is_flag=True, help="The prefix may cover all callers of a country.")
@click.option("--replace", is_flag=True, help="Change the rule that the prefix has already.")
@options.tries
@options.by
@output.as_json
@click.pass_obj
def add(
    place: Place,
    *,
    prefix: str,
    verdict: str,
    note: str,
    until: str | None,
    whole_country: bool,
    replace: bool,
    tries: bool,
    by: Actor,
    as_json: bool,
) -> None:
    """Decide that all numbers that begin with PREFIX (+96890) are trusted, flagged or blocked.

    The customers' own word, a decision on a number, reports and campaigns come before a rule.
    """
    target = place.target()
    if tries:
        with reachable(target):
            week = preview.rule(target.desk, prefix, verdict, whole_country=whole_country)
        print_preview(week, as_json=as_json)
        return
    write = prefixes.change_rule if replace else prefixes.add
    with reachable(target):
        rule = write(target.desk, prefix, verdict, note=note, by=by, until=until, whole_country=whole_country)
    lasts = output.until_words(rule.until, 0, target.settings.timezone)
    words = f"Numbers that begin with {rule.prefix} are {verdict} now, {'until ' if rule.until else ''}{lasts}."
    output.tell(record_as_json(rule), words, as_json=as_json)


@rules.command(
    "remove",
    epilog=options.example(
        'ivr rules remove +96890 --note "the range is assigned now" --try',
        'ivr rules remove +96890 --note "the range is assigned now"',
    ),
)
@click.argument("prefix")
@options.note("Why it is removed.")
@options.tries
@options.by
@output.as_json
@click.pass_obj
def remove(place: Place, *, prefix: str, note: str, tries: bool, by: Actor, as_json: bool) -> None:
    """Remove the rule for exactly this PREFIX. The audit keeps what it was."""
    target = place.target()
    if tries:
        with reachable(target):
            week = preview.remove_rule(target.desk, prefix)
        print_preview(week, as_json=as_json)
        return
    with reachable(target):
        prefixes.remove(target.desk, prefix, note=note, by=by)
    output.tell({"prefix": prefix, "removed": True}, "The rule is removed.", as_json=as_json)
