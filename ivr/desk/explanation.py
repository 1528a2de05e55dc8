"""What would happen to a call now, and why. One look-up, the same as a call's; nothing is changed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from ivr.calls.call_record import CallRecord
from ivr.calls.verdict import Reason
from ivr.desk.numbers import caller_id, full_number
from ivr.outbox.pending import ReportByCall
from ivr.reports import SCREENED
from ivr.reputation.scoring import confidence, faded, weighed
from ivr.reputation.weights import WEIGHTS
from ivr.screening.judging import Arrival, judge
from ivr.screening.rules import RULES
from ivr.telephony.signals import Signals

if TYPE_CHECKING:
    from ivr.desk.context import Context
    from ivr.numbers.phone_number import Number
    from ivr.reputation.items import Reputation
    from ivr.screening.judging import Judgement

NEVER_REPORTED = frozenset({"loop", "report_line", "blocked", "strict_flagged", "strict_withheld"})  # nobody is rung
_NO_SIGNALS = Signals()
_RULE = re.compile(r"(\d+) \(([^)]+)\): (.+?)\.?")


class RuleInWords(NamedTuple):
    """A rule of the verdict table, as people read it."""

    verdict: str
    words: str  # what it holds for


class IfReported(NamedTuple):
    """What a report on such a call would come to."""

    uncounted: str  # why it would not count, or an empty string
    blocks: bool  # its caller, on the customer's line


class Arithmetic(NamedTuple):
    """How reports came to a confidence, and how it stands to the threshold."""

    people: int  # who reported the caller and whose reports count still
    more: bool  # than are read
    left: float  # of what was said, from 0 to 1
    half_life_days: float
    spam: float  # the weight of what speaks against the caller
    legit: float  # and of what speaks for them
    most_legit: float
    trust_counts_after_days: float
    z: float  # of Wilson's interval
    confidence: float  # Wilson's lower bound
    threshold: float

    @property
    def is_over(self) -> bool:
        """Whether the caller is flagged, or blocked, by reputation."""
        return self.confidence >= self.threshold


class Explanation(NamedTuple):
    """A call as it would be judged."""

    caller: Number
    called: str
    judgement: Judgement
    if_reported: IfReported
    reputation: Arithmetic | None  # None: nothing was reported

    @property
    def can_be_reported(self) -> bool:
        """Whether anybody would be rung, who could report it."""
        return self.judgement.route not in NEVER_REPORTED


def explain(
    context: Context,
    number: str,
    line: str,
    *,
    signals: Signals = _NO_SIGNALS,
    forwarded_from: str = "",
    what: str = "the line",
) -> Explanation:
    """Explain a call from a number to a line, as people write them. Raises ``DeskError``."""
    caller = caller_id(number, *context.settings.numbering)
    called = full_number(line, context.settings.home_region, what, context.settings.extra_number_ranges)
    judgement = judge_call(context, caller, called, signals=signals, forwarded_from=forwarded_from)
    return explained(context, caller, called, judgement)


def explained(context: Context, caller: Number, called: str, judgement: Judgement) -> Explanation:
    """Explain a call that is judged already. No request."""
    reputation = judgement.case.lookup.reputation
    arithmetic = _arithmetic(reputation, judgement.case.now) if reputation else None
    return Explanation(caller, called, judgement, _if_reported(context, judgement), arithmetic)


def judge_call(
    context: Context,
    caller: Number,
    called: str,
    *,
    signals: Signals = _NO_SIGNALS,
    forwarded_from: str = "",
) -> Judgement:
    """Judge a call from ``caller`` to the line ``called`` (E.164) as if it came now."""
    settings = context.settings
    arrival = Arrival(
        caller=caller,
        called=called,
        now=context.now(),
        forwarded_from=settings.number(forwarded_from).text,
        signals=signals,
    )
    return judge(
        arrival,
        context.store.look_up(called, caller, arrival.now),
        own_numbers=settings.numbers_of_our_own,
        always_ring=settings.normalised(settings.always_ring),
    )


def rules_in_words() -> dict[int, RuleInWords]:
    """Each rule by its number, in the order of the table, as the first line of its docstring says it."""
    first_lines = ((rule.__doc__ or "").partition("\n")[0] for rule in RULES)
    return {int(found[1]): RuleInWords(found[2], found[3]) for line in first_lines if (found := _RULE.fullmatch(line))}


def _if_reported(context: Context, judgement: Judgement) -> IfReported:
    case, verdict, settings = judgement.case, judgement.verdict, context.settings
    blocks = int(settings.personal_block_days > 0)
    report = ReportByCall("", SCREENED, "", case.now, 0, blocks_until=blocks).of_call(
        CallRecord(
            call_sid="",
            line=case.lookup.line.number if case.lookup.line else "",
            customer="",
            verdict=verdict.kind,
            reason=verdict.reason,
            rang_at=case.now,
            expires=0,
            caller=case.caller.text,
        ),
        settings.special_numbers,
    )
    trusted = any(one.reason is Reason.DESK_TRUSTED for one in judgement.spoke)
    return IfReported(report.uncounted, bool(report.blocks_until) and not trusted)


def _arithmetic(reputation: Reputation, now: int) -> Arithmetic:
    score = reputation.score
    spam, legit = weighed(score, now)
    return Arithmetic(
        people=WEIGHTS.most_evidence_read if score.more else score.live,
        more=bool(score.more),
        left=faded(now - score.as_of, WEIGHTS.half_life_days),
        half_life_days=WEIGHTS.half_life_days,
        spam=spam,
        legit=legit,
        most_legit=WEIGHTS.most_legit,
        trust_counts_after_days=WEIGHTS.trust_counts_after_days,
        z=WEIGHTS.z,
        confidence=confidence(score, now),
        threshold=WEIGHTS.threshold,
    )
