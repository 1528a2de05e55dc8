"""What somebody is about to do at the desk, done to the calls of the last seven days before it is made.

Each call is judged again by the rules of calls themselves (``ivr.desk.judged_again``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ivr.calls.verdict import Reason
from ivr.desk import prefixes
from ivr.desk.caught import last_week
from ivr.desk.decisions import verdict_of
from ivr.desk.judged_again import BY_DECISION, BY_PREFIX, Effect, Preview, decision_on, judged_again
from ivr.desk.known_now import NOTHING_KNOWN, Known, Standing, known_about, known_without, standing
from ivr.desk.numbers import decidable
from ivr.screening.desk_decision import PrefixRule

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ivr.desk.context import Context
    from ivr.desk.known_now import PastCall
    from ivr.screening.rules import CallerLookup
    from ivr.settings import Settings
    from ivr.statistics.mark import Mark

__all__ = [
    "NOTHING_KNOWN",
    "Effect",
    "Known",
    "LastWeek",
    "Preview",
    "Standing",
    "clear",
    "decision",
    "keep",
    "known_about",
    "remove_rule",
    "rule",
    "take_back",
]

_BY_REPORTS = frozenset({Reason.REPORTED, Reason.REPORTED_BLOCK})


class LastWeek(NamedTuple):
    """What would have become of the calls of the last seven days."""

    preview: Preview
    more: bool  # calls there are than were read
    calls: Sequence[Mark] = ()


def decision(context: Context, number: str, verdict: str) -> LastWeek:
    """What a decision on a number would have done to last week's calls. Ten requests at most. Raises ``DeskError``."""
    caller = decidable(context, number)
    calls, more = last_week(context, f"{caller}#")
    known = known_about(context, calls)
    return LastWeek(of_decision(context.settings, calls, verdict, known=known), more, calls)


def rule(context: Context, prefix: str, verdict: str, *, whole_country: bool = False) -> LastWeek:
    """What a rule for a prefix would have done to last week's calls. Ten requests at most. Raises ``DeskError``."""
    begins = prefixes.prefix_of(context, prefix, verdict, whole_country=whole_country)
    calls, more = last_week(context, begins)
    known = known_about(context, calls, prefix=begins)
    return LastWeek(of_rule(context.settings, calls, begins, verdict, known=known), more, calls)


def remove_rule(context: Context, prefix: str) -> LastWeek:
    """What last week's calls would have been without the rule for a prefix. Twelve requests. Raises ``DeskError``.

    What failed checks and an aftermath said then is over, and not known any more.
    """
    begins = prefixes.known(context, prefix).prefix
    calls, more = last_week(context, begins)
    known = known_without(context, calls, begins)
    return LastWeek(of_removing_rule(context.settings, calls, known=known), more, calls)


def take_back(context: Context, number: str) -> LastWeek:
    """What last week's calls would have been without the decision on a number. Ten requests. Raises ``DeskError``.

    What a campaign, failed checks and an aftermath said then is over, and not known any more.
    """
    caller = decidable(context, number)
    calls, more = last_week(context, f"{caller}#")
    now = standing(context, caller, calls)
    return LastWeek(of_taking_back(context.settings, calls, now, known=known_about(context, calls)), more, calls)


def clear(context: Context, number: str) -> LastWeek:
    """What last week's calls would have been had no report on a number counted. Ten requests. Raises ``DeskError``."""
    caller = decidable(context, number)
    calls, more = last_week(context, f"{caller}#")
    now = standing(context, caller, calls)
    return LastWeek(of_clearing(context.settings, calls, now, known=known_about(context, calls)), more, calls)


def keep(context: Context, number: str) -> LastWeek:
    """What last week's calls were: to keep a listing changes nothing. Nine requests. Raises ``DeskError``."""
    calls, more = last_week(context, f"{decidable(context, number)}#")
    return LastWeek(of_keeping(context.settings, calls, known=known_about(context, calls)), more, calls)


def of_decision(
    settings: Settings, calls: Iterable[PastCall], verdict: str, *, known: Known = NOTHING_KNOWN
) -> Preview:
    """What a decision on the caller of these calls would have done. Raises ``DeskError``."""
    verdict = verdict_of(verdict)

    def with_decision(lookup: CallerLookup, call: PastCall) -> CallerLookup:
        return lookup._replace(decision=decision_on(call, verdict))

    return judged_again(settings, calls, known, with_decision)


def of_rule(
    settings: Settings, calls: Iterable[PastCall], prefix: str, verdict: str, *, known: Known = NOTHING_KNOWN
) -> Preview:
    """What a rule for the prefix of these calls' callers would have done. Raises ``DeskError``."""
    new = PrefixRule(prefix=prefix, verdict=verdict_of(verdict))

    def with_rule(lookup: CallerLookup, _: PastCall) -> CallerLookup:
        # Only where a rule spoke then is another one looked for: the longer one wins.
        longer = known.rules if lookup.prefix_rules else ()
        return lookup._replace(prefix_rules=(new, *longer))

    return judged_again(settings, calls, known, with_rule)


def of_removing_rule(settings: Settings, calls: Iterable[PastCall], *, known: Known = NOTHING_KNOWN) -> Preview:
    """What would have become of the calls that a rule for a prefix judged, by the other rules and what is known."""

    def without_rule(lookup: CallerLookup, call: PastCall) -> CallerLookup:
        if call.reason not in BY_PREFIX:
            return lookup
        familiar = known.familiar.get((call.line, call.caller))
        return lookup._replace(
            prefix_rules=known.rules,
            talk_days=familiar.talk_days if familiar else frozenset(),
            distrusted=bool(familiar and familiar.reported),
        )

    return judged_again(settings, calls, known, without_rule)


def of_taking_back(
    settings: Settings, calls: Iterable[PastCall], now: Standing, *, known: Known = NOTHING_KNOWN
) -> Preview:
    """What would have become of the calls about which the desk decided, by what else is known of their caller."""

    def without_decision(lookup: CallerLookup, call: PastCall) -> CallerLookup:
        return now.on(lookup._replace(decision=None), call.line) if call.reason in BY_DECISION else lookup

    return judged_again(settings, calls, known, without_decision)


def of_clearing(
    settings: Settings, calls: Iterable[PastCall], now: Standing, *, known: Known = NOTHING_KNOWN
) -> Preview:
    """What would have become of the calls that reports flagged. A decision, and customers' own blocks, stay."""

    def without_reports(lookup: CallerLookup, call: PastCall) -> CallerLookup:
        if call.reason not in _BY_REPORTS:
            return lookup
        return now.without_reports(call.caller).on(lookup, call.line)

    return judged_again(settings, calls, known, without_reports)


def of_keeping(settings: Settings, calls: Iterable[PastCall], *, known: Known = NOTHING_KNOWN) -> Preview:
    """What became of the calls, and becomes of them further on."""
    return judged_again(settings, calls, known, lambda lookup, _: lookup)
