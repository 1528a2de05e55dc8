"""What a decision or a rule would have done to calls that have been, before it is made.

Each call is judged again by the rules of calls themselves (``ivr.screening``), with the decision in place. A call keeps
the reason of its verdict: it is judged over a look-up in which that rule speaks. What a later rule would have said then
is not known, and does not matter: the decision speaks before it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from ivr.calls.verdict import Reason
from ivr.desk.decisions import verdict_of
from ivr.desk.numbers import decidable
from ivr.desk.prefixes import prefix_of
from ivr.numbers.phone_number import Kind, Number
from ivr.records.base import DAY
from ivr.reputation.items import Block, Reputation
from ivr.reputation.scoring import MILLION, Score
from ivr.reputation.weights import WEIGHTS
from ivr.screening.caller_list import ListEntry, list_entry_key
from ivr.screening.desk_decision import DeskDecision, PrefixRule
from ivr.screening.judging import Arrival, judge
from ivr.screening.line import Line, line_key
from ivr.screening.rules import CAMPAIGN_LINES, CallerLookup
from ivr.store.paging import page_of
from ivr.telephony.signals import Attestation, Signals

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from ivr.desk.context import Context
    from ivr.screening.judging import Judgement
    from ivr.settings import Settings
    from ivr.statistics.mark import Mark

    _Change = Callable[[CallerLookup, "PastCall"], CallerLookup]


class Effect(StrEnum):
    """What becomes of a call."""

    RUNG = "rung"  # at once, without a check
    CHECKED = "checked"  # the notice and the check, then the customer is rung
    WARNED = "warned"  # the fraud warning and the check; the customer hears of it
    REFUSED = "refused"  # the customer is not rung
    OTHER = "other"  # the report line, or a loop


_EFFECTS: Mapping[str, Effect] = {  # of the ways of ``ivr.screening.routing``
    "ring": Effect.RUNG,
    "unknown": Effect.CHECKED,
    "flagged": Effect.WARNED,
    "blocked": Effect.REFUSED,
    "strict_flagged": Effect.REFUSED,
    "strict_withheld": Effect.REFUSED,
    "loop": Effect.OTHER,
    "report_line": Effect.OTHER,
}
_SIGNALS: Mapping[str, Signals] = {
    Reason.SPOOFED: Signals(attestation=Attestation.FAILED),
    Reason.SPAM_SCORE: Signals(spam_score=1),
}
WEEK_SECONDS, MOST_READ = 7 * DAY, 1_000  # calls of each of the parts into which a week's are split
_MOST_LINES = 50  # whose records and whose customers' blocks one request reads
_MOST_RULES = 200
_SURELY_BAD = 10 * MILLION  # of ten people who report
_DESK: Mapping[str, str] = {
    Reason.DESK_TRUSTED: "trusted",
    Reason.DESK_FLAGGED: "flagged",
    Reason.DESK_BLOCKED: "blocked",
}
_BY_PREFIX: Mapping[str, str] = {
    Reason.PREFIX_TRUSTED: "trusted",
    Reason.PREFIX_FLAGGED: "flagged",
    Reason.PREFIX_BLOCKED: "blocked",
}


class PastCall(Protocol):
    """A call that has been, as it was judged."""

    @property
    def at(self) -> int:
        """Epoch seconds."""

    @property
    def caller(self) -> str:
        """E.164, or a short code."""

    @property
    def line(self) -> str:
        """E.164."""

    @property
    def reason(self) -> str:
        """Why it got its verdict."""


class Known(NamedTuple):
    """What the table holds now about the lines that were called, and beside the decision."""

    lines: Mapping[str, Line]  # by number; one that is missing is taken for a standard line
    blocks: Mapping[tuple[str, str], ListEntry]  # customers' blocks, by line and caller
    rules: tuple[PrefixRule, ...] = ()  # the desk's, for prefixes longer than the new one


NOTHING_KNOWN = Known({}, {})


class Preview(NamedTuple):
    """What would have become of the calls. Lines are in E.164, sorted."""

    calls: int
    changed: int  # of them: another effect than it was
    before: dict[Effect, int]
    after: dict[Effect, int]
    trust_stands: list[str]  # whose customers trust the caller themselves: they are rung as before
    block_stands: list[str]  # whose customers block the caller themselves: they are not rung, as before
    familiar_lost: list[str]  # whose customers talked with the caller on two days, and would be warned or not rung
    block_lifted: list[str]  # whose customers' reports block the caller, who would be rung again


class LastWeek(NamedTuple):
    """What would have become of the calls of the last seven days."""

    preview: Preview
    more: bool  # calls there are than were read


def decision(context: Context, number: str, verdict: str) -> LastWeek:
    """What a decision on a number would have done to last week's calls. Ten requests at most. Raises ``DeskError``."""
    caller = decidable(context, number)
    calls, more = _last_week(context, f"{caller}#")
    known = known_about(context, calls)
    return LastWeek(of_decision(context.settings, calls, verdict, known=known), more)


def rule(context: Context, prefix: str, verdict: str, *, whole_country: bool = False) -> LastWeek:
    """What a rule for a prefix would have done to last week's calls. Ten requests at most. Raises ``DeskError``."""
    begins = prefix_of(context, prefix, verdict, whole_country=whole_country)
    calls, more = _last_week(context, begins)
    known = known_about(context, calls, prefix=begins)
    return LastWeek(of_rule(context.settings, calls, begins, verdict, known=known), more)


def _last_week(context: Context, beginning: str) -> tuple[list[Mark], bool]:
    now = context.now()
    return context.store.number_lists.calls_by_number(beginning, now - WEEK_SECONDS, now, MOST_READ)


def of_decision(
    settings: Settings, calls: Iterable[PastCall], verdict: str, *, known: Known = NOTHING_KNOWN
) -> Preview:
    """What a decision on the caller of these calls would have done. Raises ``DeskError``."""
    verdict = verdict_of(verdict)
    return _preview(settings, calls, known, lambda lookup, call: lookup._replace(decision=_decision(call, verdict)))


def of_rule(
    settings: Settings, calls: Iterable[PastCall], prefix: str, verdict: str, *, known: Known = NOTHING_KNOWN
) -> Preview:
    """What a rule for the prefix of these calls' callers would have done. Raises ``DeskError``."""
    new = PrefixRule(prefix=prefix, verdict=verdict_of(verdict))

    def with_rule(lookup: CallerLookup, _: PastCall) -> CallerLookup:
        # Only where a rule spoke then is another one looked for: the longer one wins.
        longer = known.rules if lookup.prefix_rules else ()
        return lookup._replace(prefix_rules=(new, *longer))

    return _preview(settings, calls, known, with_rule)


def known_about(context: Context, calls: Sequence[PastCall], *, prefix: str = "") -> Known:
    """Read what the table holds about past calls: for a rule, give its prefix. One request, and one more for a rule.

    Of more than fifty lines, those with the most calls are read. Raises ``StoreUnavailableError``.
    """
    table = context.store.table
    often = Counter(call.line for call in calls)
    numbers = [number for number, _ in often.most_common(_MOST_LINES)]
    blocked = Counter((call.line, call.caller) for call in calls if call.reason == Reason.OWN_BLOCK)
    pairs = [pair for pair, _ in blocked.most_common(_MOST_LINES)]
    keys = [*map(line_key, numbers), *(list_entry_key(*pair) for pair in pairs)]
    items = table.batch_get(keys)[0] if keys else {}
    lines = table.read_all(Line, (items[key] for key in map(line_key, numbers) if key in items))
    entries = table.read_all(ListEntry, (item for key, item in items.items() if key.sk != "LINE"))
    return Known(
        lines={line.number: line for line in lines},
        blocks={(one.line, one.caller): one for one in entries if one.word == "block"},
        rules=_longer_rules(context, prefix) if prefix else (),
    )


def _longer_rules(context: Context, prefix: str) -> tuple[PrefixRule, ...]:
    table = context.store.table
    found = page_of(table, "prefixes", index="listing", prefix=prefix, newest_first=False, most=_MOST_RULES)
    return tuple(rule for rule in table.read_all(PrefixRule, found.items) if rule.prefix != prefix)


def _preview(settings: Settings, calls: Iterable[PastCall], known: Known, change: _Change) -> Preview:
    before, after = Counter[Effect](), Counter[Effect]()
    changed = 0
    found: dict[str, set[str]] = {name: set() for name in ("trust", "block", "familiar", "lifted")}
    for call in calls:
        lookup = _lookup(call, known)
        was = _judged(settings, call, lookup)
        now = _judged(settings, call, change(lookup, call))
        effects = _EFFECTS[was.way], _EFFECTS[now.way]
        before[effects[0]] += 1
        after[effects[1]] += 1
        changed += effects[0] is not effects[1]
        worse = effects[1] in {Effect.WARNED, Effect.REFUSED}
        reason = now.verdict.reason
        found["trust"] |= {call.line} if reason is Reason.OWN_ALLOW else set()
        found["block"] |= {call.line} if reason is Reason.OWN_BLOCK else set()
        found["familiar"] |= {call.line} if was.verdict.reason is Reason.FAMILIAR and worse else set()
        found["lifted"] |= {call.line} if was.verdict.reason is Reason.OWN_BLOCK is not reason else set()
    return Preview(before.total(), changed, dict(before), dict(after), *(sorted(lines) for lines in found.values()))


def _judged(settings: Settings, call: PastCall, lookup: CallerLookup) -> Judgement:
    arrival = Arrival(
        caller=Number(Kind.E164 if call.caller.startswith("+") else Kind.SHORT, call.caller),
        called=call.line,
        now=call.at,
        signals=_SIGNALS.get(call.reason, Signals()),
    )
    own = frozenset({call.caller} if call.reason == Reason.IMPERSONATION else ())  # one of the operator's then
    return judge(arrival, lookup, own_numbers=own, always_ring=settings.normalised(settings.always_ring))


def _decision(call: PastCall, verdict: str) -> DeskDecision:
    return DeskDecision(caller=call.caller, verdict=verdict)


def _lookup(call: PastCall, known: Known) -> CallerLookup:
    """A look-up in which the rule of this call's verdict speaks, and none before it."""
    line = known.lines.get(call.line) or Line(number=call.line, kind="protected", ring_to="?")
    lookup = CallerLookup(line=line)
    if call.reason in _DESK:
        return lookup._replace(decision=_decision(call, _DESK[call.reason]))
    if call.reason in _BY_PREFIX:
        any_prefix = PrefixRule(prefix=call.caller[:1], verdict=_BY_PREFIX[call.reason])
        return lookup._replace(prefix_rules=(any_prefix,))
    if call.reason == Reason.OWN_BLOCK:
        usual = ListEntry(line=call.line, caller=call.caller, word="block")
        return lookup._replace(listed=replace(known.blocks.get((call.line, call.caller), usual), until=0))
    found = _FOUND.get(call.reason)
    return lookup._replace(**found(call)) if found else lookup


def _reputation(call: PastCall) -> dict[str, Any]:
    return {
        "reputation": Reputation(caller=call.caller, revision=1, expires=0, as_of=call.at, spam=_SURELY_BAD, live=10)
    }


def _block_of_numbers(call: PastCall) -> dict[str, Any]:
    bad = Score(as_of=call.at, spam=_SURELY_BAD)
    return {"blocks": (Block({str(digit): bad for digit in range(WEIGHTS.bad_in_a_block_of_10)}),)}


# What else a look-up brought, by the reason. A signal, and a number that nothing is known of, are in none.
_FOUND: Mapping[str, Callable[[PastCall], dict[str, Any]]] = {
    Reason.OWN_ALLOW: lambda call: {"listed": ListEntry(line=call.line, caller=call.caller, word="allow")},
    Reason.REPORTED: _reputation,
    Reason.REPORTED_BLOCK: _block_of_numbers,
    Reason.CAMPAIGN: lambda _: {"campaign_lines": frozenset(map(str, range(CAMPAIGN_LINES)))},
    Reason.FAILED_CHECKS: lambda call: {"failing_until": call.at + 1},
    Reason.FAMILIAR: lambda _: {"talk_days": frozenset({"one", "another"})},
    Reason.AFTERMATH: lambda call: {"shaken_at": call.at},
}
