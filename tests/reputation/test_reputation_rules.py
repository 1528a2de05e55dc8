"""The rules on reports and calls: 6 reports, 7 campaigns, 10 familiar callers, 11 the minute after."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.numbers import phone_number
from ivr.reputation.items import Block, Reputation
from ivr.reputation.scoring import MILLION, Score
from ivr.screening.caller_list import ListEntry
from ivr.screening.desk_decision import DeskDecision, PrefixRule
from ivr.screening.line import Line
from ivr.screening.rules import CAMPAIGN_LINES, CallerLookup, ScreeningInput, verdicts
from ivr.telephony.signals import Signals

NOW = 1_795_000_000
DAY = 86_400
CALLER = "+96891234567"
LINE = Line(number="+12025550100", kind="protected", ring_to="+12025550111")


def units(spam, legit=0, days_ago=0):
    return Score(as_of=NOW - days_ago * DAY, spam=spam * MILLION, legit=legit * MILLION, live=spam + legit)


def reputation(*, category="", **standing):
    kept = units(**standing)._asdict() | {"category": category}
    return Reputation(caller=CALLER, revision=1, expires=NOW + DAY, **kept)


def ten(bad):
    return Block({str(n): units(4) for n in range(bad)})


def hundred(*tens):
    return Block({f"{ten}{n}": units(4) for ten, members in enumerate(tens) for n in range(members)})


def lines(many):
    return frozenset(f"+120255501{n:02}" for n in range(many))


def days(*some):
    return frozenset(f"2026-11-{day:02}" for day in some)


def case(raw=CALLER, *, listed="", decision="", prefix="", threshold=CAMPAIGN_LINES, spam_score=0, **lookup):
    return ScreeningInput(
        caller=phone_number.read(raw, "OM"),
        now=NOW,
        own_numbers=frozenset({"1500"}),
        campaign_threshold=threshold,
        signals=Signals(spam_score=spam_score),
        lookup=CallerLookup(
            line=LINE,
            listed=ListEntry(line=LINE.number, caller=CALLER, word=listed) if listed else None,
            decision=DeskDecision(caller=CALLER, verdict=decision) if decision else None,
            prefix_rules=(PrefixRule(prefix="+968", verdict=prefix),) if prefix else (),
            **lookup,
        ),
    )


FLAGGING = reputation(spam=4)


@pytest.mark.parametrize(
    ("given_", "kind", "reason", "rule"),
    [
        # 6: the caller's own reputation ...
        (case(reputation=reputation(spam=3)), "unknown", "unknown", 13),
        (case(reputation=reputation(spam=4)), "flagged", "reported", 6),
        (case(reputation=reputation(spam=4, legit=1)), "unknown", "unknown", 13),
        (case(reputation=reputation(spam=6, legit=1)), "flagged", "reported", 6),
        (case(reputation=reputation(spam=0, legit=50)), "unknown", "unknown", 13),
        (case(reputation=reputation(spam=4, days_ago=43)), "flagged", "reported", 6),
        (case(reputation=reputation(spam=4, days_ago=44)), "unknown", "unknown", 13),
        (case("9999", reputation=reputation(spam=4)), "flagged", "reported", 6),
        # ... or that of their block of numbers
        (case(blocks=(ten(3),)), "unknown", "unknown", 13),
        (case(blocks=(ten(4),)), "flagged", "reported_block", 6),
        (case(blocks=(ten(3), hundred(2, 2, 2, 1))), "unknown", "unknown", 13),
        (case(blocks=(ten(1), hundred(2, 2, 2, 2))), "flagged", "reported_block", 6),
        (case(blocks=(hundred(3, 3, 3),)), "unknown", "unknown", 13),
        (case(reputation=FLAGGING, blocks=(ten(4),)), "flagged", "reported", 6),
        (case(reputation=reputation(spam=1), blocks=(ten(4),)), "flagged", "reported_block", 6),
        # 7
        (case(campaign_lines=lines(9)), "unknown", "unknown", 13),
        (case(campaign_lines=lines(10)), "flagged", "campaign", 7),
        (case(campaign_lines=lines(100)), "flagged", "campaign", 7),
        (case(campaign_lines=lines(3), threshold=3), "flagged", "campaign", 7),
        # 10
        (case(talk_days=days(3)), "unknown", "unknown", 13),
        (case(talk_days=days(3, 4)), "unknown", "familiar", 10),
        (case(talk_days=days(3, 4, 5)), "unknown", "familiar", 10),
        (case(talk_days=days(3, 4), distrusted=True), "unknown", "unknown", 13),
        (case(talk_days=days(3, 4), complete=False), "unknown", "unknown", 13),
        # 11
        (case(shaken_at=NOW), "flagged", "aftermath", 11),
        (case(shaken_at=NOW - 60), "flagged", "aftermath", 11),
        (case(shaken_at=NOW - 61), "unknown", "unknown", 13),
        (case(shaken_at=NOW + 1), "unknown", "unknown", 13),
        (case("anonymous", shaken_at=NOW), "flagged", "aftermath", 11),
    ],
)
def test_each_rule(given_, kind, reason, rule):
    verdict = verdicts(given_)[0]
    assert (verdict.kind, verdict.reason, verdict.rule) == (kind, reason, rule)


@pytest.mark.parametrize(
    ("given_", "rule"),
    [
        (case(reputation=FLAGGING, listed="block"), 1),
        (case("1500", reputation=FLAGGING), 2),
        (case(reputation=FLAGGING, listed="allow"), 4),
        (case(reputation=FLAGGING, decision="trusted"), 5),
        (case(reputation=FLAGGING, campaign_lines=lines(10), prefix="trusted"), 6),
        (case(blocks=(ten(4),), prefix="trusted"), 6),
        (case(campaign_lines=lines(10), listed="allow"), 4),
        (case(campaign_lines=lines(10), decision="trusted"), 5),
        (case(campaign_lines=lines(10), prefix="trusted"), 7),
        (case(talk_days=days(3, 4), reputation=FLAGGING), 6),
        (case(talk_days=days(3, 4), prefix="flagged"), 8),
        (case(talk_days=days(3, 4), spam_score=1), 9),
        (case(talk_days=days(3, 4), shaken_at=NOW), 10),
        (case(shaken_at=NOW, prefix="trusted"), 8),
        (case("anonymous", shaken_at=NOW), 11),
    ],
)
def test_the_first_rule_that_holds_decides(given_, rule):
    assert verdicts(given_)[0].rule == rule


@pytest.mark.parametrize("category", ["prize", "secrets", ""])
def test_a_reported_callers_verdict_carries_the_main_category(category):
    assert verdicts(case(reputation=reputation(spam=4, category=category)))[0].category == category


def test_a_blocks_verdict_has_no_category_of_its_own():
    """The categories of its neighbours' reports say nothing about this caller."""
    assert verdicts(case(reputation=reputation(spam=1, category="prize"), blocks=(ten(4),)))[0].category == ""


@given(
    spam=st.integers(0, 9),
    legit=st.integers(0, 3),
    days_ago=st.integers(0, 500),
    rung=st.integers(0, 12),
    talked=st.sets(st.integers(1, 28), max_size=3),
    shaken=st.integers(-90, 90),
    distrusted=st.booleans(),
    complete=st.booleans(),
)
def test_rules_on_customers_reports_never_trust_and_never_block(
    spam, legit, days_ago, rung, talked, shaken, distrusted, complete
):
    """Only a customer's own list and the desk may; four spoofed calls must not cut anybody off."""
    said = verdicts(
        case(
            reputation=reputation(spam=spam, legit=legit, days_ago=days_ago),
            campaign_lines=lines(rung),
            talk_days=days(*talked),
            shaken_at=NOW - shaken,
            distrusted=distrusted,
            complete=complete,
        )
    )
    assert {verdict.kind for verdict in said} <= {"flagged", "unknown"}
