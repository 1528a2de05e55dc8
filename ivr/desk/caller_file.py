"""All that the desk knows about one caller, in a fixed number of requests.

The pages of their calls and reports are ``ivr.desk.caller_history``; further pages of the audit ``ivr.desk.audit``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ivr.desk import audit
from ivr.desk.audit import About
from ivr.desk.explanation import Explanation, explained
from ivr.desk.numbers import caller_id, decidable
from ivr.desk.seen import fingerprint
from ivr.records.base import is_in_force
from ivr.reputation.evidence import Clearing, clearing_key
from ivr.reputation.scoring import confidence, is_bad
from ivr.screening.judging import Arrival, judge
from ivr.screening.line import Line
from ivr.store.caller_lists import ALLOW, BLOCK, has_effect

if TYPE_CHECKING:
    from ivr.desk.context import Context
    from ivr.numbers.phone_number import Number
    from ivr.reputation.disputes import Dispute
    from ivr.reputation.items import Block
    from ivr.screening.desk_decision import DeskDecision, PrefixRule
    from ivr.screening.rules import CallerLookup

MOST_COUNTED = 500  # customers who have an entry for the caller
_NO_LINE = ""  # a line that nobody has, so that nothing is known of it


class Neighbour(NamedTuple):
    """A reported number of a block of numbers."""

    number: str  # E.164
    confidence: float
    is_bad: bool  # it is flagged by its own reports


class NumberBlock(NamedTuple):
    """The block of ten or of a hundred numbers that a caller is in, and who in it is reported."""

    begins: str  # what all its numbers begin with
    size: int
    is_bad: bool  # all its numbers are flagged
    reported: list[Neighbour]  # by number; the caller too


class Customers(NamedTuple):
    """How many customers have an entry of their own for a caller, which is in force."""

    trust: int
    block: int
    more: bool  # than were counted


class CallerFile(NamedTuple):
    """What is known about a caller now."""

    caller: str  # E.164, or a short code
    explanation: Explanation  # of a call to a standard line whose customer has never met the caller
    decision: DeskDecision | None  # over or not
    decision_seen: str  # its fingerprint, for ``ivr.desk.decisions``
    rule: PrefixRule | None  # the longest that is in force
    dispute: Dispute | None  # open or decided
    dispute_seen: str  # its fingerprint, for ``ivr.desk.disputes``
    clearing: Clearing | None  # reports from before it count no longer
    blocks: list[NumberBlock]  # of ten, and of a hundred; only those that hold somebody
    customers: Customers
    audit: audit.Page  # newest first


def of(context: Context, number: str, *, audit_entries: int = 20) -> CallerFile:
    """Gather the file of a caller, as people write the number. Raises ``DeskError`` for one without a number."""
    caller, store, now = decidable(context, number), context.store, context.now()
    read = caller_id(caller, *context.settings.numbering)
    decision = store.decisions.get(caller)  # this read sees what was decided a moment ago; the look-up's may not
    lookup = store.look_up(_NO_LINE, read, now)._replace(decision=decision)
    dispute = store.disputes.get(caller)
    return CallerFile(
        caller=caller,
        explanation=_explanation(context, read, lookup, now),
        decision=decision,
        decision_seen=fingerprint(decision),
        rule=_rule(lookup, now),
        dispute=dispute,
        dispute_seen=fingerprint(dispute),
        clearing=store.table.read(Clearing, store.table.get(clearing_key(caller))),
        blocks=[_block(caller, block, now) for block in lookup.blocks if block.members],
        customers=_customers(context, caller, now),
        audit=audit.of(context, About.CALLER, caller, most=audit_entries),
    )


def _explanation(context: Context, caller: Number, lookup: CallerLookup, now: int) -> Explanation:
    settings = context.settings
    line = Line(number=_NO_LINE, kind="protected", ring_to="?")
    judgement = judge(
        Arrival(caller=caller, called=_NO_LINE, now=now),
        lookup._replace(line=line),
        own_numbers=settings.numbers_of_our_own,
        always_ring=settings.normalised(settings.always_ring),
    )
    return explained(context, caller, _NO_LINE, judgement)


def _rule(lookup: CallerLookup, now: int) -> PrefixRule | None:
    in_force = [rule for rule in lookup.prefix_rules if is_in_force(rule.until, now)]
    return max(in_force, key=lambda rule: len(rule.prefix), default=None)


def _block(caller: str, block: Block, now: int) -> NumberBlock:
    digits = max(map(len, block.members))
    begins = caller[:-digits]
    reported = [
        Neighbour(begins + ending, confidence(score, now), is_bad(score, now))
        for ending, score in sorted(block.members.items())
    ]
    return NumberBlock(begins, 10**digits, block.is_bad(now), reported)


def _customers(context: Context, caller: str, now: int) -> Customers:
    entries, more = context.store.caller_lists.of_caller(caller, MOST_COUNTED)
    words = [one.word for one in entries if has_effect(one, now)]
    return Customers(words.count(ALLOW), words.count(BLOCK), more)
