"""What a decision or a rule would have done to past calls: judged again by the rules of calls themselves."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.calls.verdict import Reason
from ivr.desk import Code, DeskError, judged_again, known_now, preview
from ivr.desk.preview import Effect, Known, Standing
from ivr.reputation.items import Block, Familiar, Reputation, block_key, familiar_key
from ivr.reputation.scoring import MILLION, Score
from ivr.screening import routing
from ivr.screening.caller_list import ListEntry
from ivr.screening.desk_decision import VERDICTS, PrefixRule
from ivr.screening.line import Line
from ivr.settings import Settings
from tests.conftest import ENVIRONMENT, NOW

SETTINGS = Settings.from_environment(ENVIRONMENT)
CALLER, LINE = "+96891234567", "+12025550170"
CALLED = [one for one in Reason if one is not Reason.WITHHELD]  # no decision is about a withheld number
EFFECT = {"trusted": Effect.RUNG, "flagged": Effect.WARNED, "blocked": Effect.REFUSED}
FIRST = {Reason.OWN_BLOCK, Reason.IMPERSONATION, Reason.SPOOFED, Reason.OWN_ALLOW}  # before any decision
DESK = {Reason.DESK_TRUSTED, Reason.DESK_FLAGGED, Reason.DESK_BLOCKED}
NUMBERS = {}  # by reason: a number of which the rule speaks for what it is
RULES = {Reason.PREFIX_TRUSTED, Reason.PREFIX_FLAGGED, Reason.PREFIX_BLOCKED}
REPORTS = {Reason.REPORTED, Reason.REPORTED_BLOCK, Reason.CAMPAIGN}


class Call(NamedTuple):
    reason: str
    line: str = LINE
    caller: str = CALLER
    at: int = NOW


def line(mode, number=LINE):
    return Known({number: Line(number=number, kind="protected", ring_to="+96892223344", mode=mode)}, {})


@pytest.mark.parametrize("reason", CALLED)
def test_each_past_call_is_judged_as_it_was_without_the_decision(reason):
    call = Call(reason, caller=NUMBERS.get(reason, CALLER))
    judged = judged_again._judged(SETTINGS, call, judged_again._lookup(call, preview.NOTHING_KNOWN))
    assert judged.verdict.reason is reason


def test_every_way_of_a_call_has_an_effect():
    [ways] = re.findall(r"Literal\[(.*?)\]", Path(routing.__file__).read_text("utf-8"))
    assert sorted(re.findall(r'"(\w+)"', ways)) == sorted(judged_again._EFFECTS)


@pytest.mark.parametrize("verdict", VERDICTS)
@pytest.mark.parametrize("reason", CALLED)
def test_a_decision_speaks_after_the_customers_own_word_and_before_all_reports(reason, verdict):
    told = preview.of_decision(SETTINGS, [Call(reason)], verdict)
    if reason in FIRST:
        assert (told.changed, told.before) == (0, told.after)
    else:
        assert told.after == {EFFECT[verdict]: 1}
        assert told.changed == int(told.before != told.after)


@pytest.mark.parametrize("verdict", VERDICTS)
@pytest.mark.parametrize("reason", CALLED)
def test_a_rule_for_a_prefix_speaks_after_reports_too(reason, verdict):
    told = preview.of_rule(SETTINGS, [Call(reason)], CALLER[:6], verdict)
    if reason in FIRST | DESK | REPORTS:
        assert (told.changed, told.before) == (0, told.after)
    else:
        assert told.after == {EFFECT[verdict]: 1}


def test_what_speaks_before_a_rule_is_read_from_the_order_of_the_rules():
    assert judged_again.before_a_rule() == FIRST | DESK | REPORTS


def test_a_longer_rule_keeps_the_last_word():
    longer = PrefixRule(prefix=CALLER[:8], verdict="trusted")
    told = preview.of_rule(
        SETTINGS,
        [Call(Reason.PREFIX_TRUSTED), Call(Reason.PREFIX_TRUSTED, caller="+96899999999"), Call(Reason.UNKNOWN)],
        CALLER[:5],
        "blocked",
        known=Known({}, {}, (longer,)),
    )
    # The third call came before the longer rule was made.
    assert told.after == {Effect.RUNG: 1, Effect.REFUSED: 2}


@pytest.mark.parametrize(
    ("mode", "verdict", "effect"),
    [
        ("off", "flagged", Effect.RUNG),
        ("off", "blocked", Effect.RUNG),
        ("strict", "flagged", Effect.REFUSED),
        ("strict", "trusted", Effect.RUNG),
        ("standard", "flagged", Effect.WARNED),
    ],
)
def test_the_line_decides_what_a_verdict_does(mode, verdict, effect):
    assert preview.of_decision(SETTINGS, [Call(Reason.UNKNOWN)], verdict, known=line(mode)).after == {effect: 1}


def test_the_people_whom_it_is_about_are_named():
    lines = [f"+1202555017{n}" for n in range(5)]
    by_report = ListEntry(line=lines[3], caller=CALLER, word="block", until=NOW - 1, source="CA1#screened")
    calls = [
        Call(Reason.OWN_ALLOW, lines[0]),
        Call(Reason.FAMILIAR, lines[1]),
        Call(Reason.OWN_BLOCK, lines[2]),
        Call(Reason.OWN_BLOCK, lines[3]),
        Call(Reason.UNKNOWN, lines[4]),
    ]
    known = Known({}, {(lines[3], CALLER): by_report})
    trusted = preview.of_decision(SETTINGS, calls, "trusted", known=known)
    assert (trusted.trust_stands, trusted.block_stands) == ([lines[0]], [lines[2]])
    assert (trusted.block_lifted, trusted.familiar_lost) == ([lines[3]], [])
    blocked = preview.of_decision(SETTINGS, calls, "blocked", known=known)
    assert blocked.trust_stands == [lines[0]]  # the customer's own word goes before the desk's
    assert blocked.block_stands == [lines[2], lines[3]]
    assert (blocked.familiar_lost, blocked.block_lifted) == ([lines[1]], [])
    assert (blocked.calls, blocked.changed) == (5, 2)
    assert blocked.before == {Effect.RUNG: 2, Effect.REFUSED: 2, Effect.CHECKED: 1}
    assert blocked.after == {Effect.RUNG: 1, Effect.REFUSED: 4}


@given(st.lists(st.builds(Call, reason=st.sampled_from(CALLED))), st.sampled_from(VERDICTS))
def test_no_call_is_lost_or_counted_twice(calls, verdict):
    told = preview.of_decision(SETTINGS, calls, verdict)
    assert sum(told.before.values()) == sum(told.after.values()) == told.calls == len(calls)
    assert told.changed <= sum(call.reason not in FIRST for call in calls)


BAD = Score(as_of=NOW, spam=10 * MILLION, live=10)
REPORTED = Reputation(caller=CALLER, revision=1, expires=0, as_of=NOW, spam=10 * MILLION, live=10)
TALKED = frozenset({"2026-11-01", "2026-11-02"})
AROUND = Block({**dict.fromkeys("1234", BAD), CALLER[-1]: BAD})


@pytest.mark.parametrize(
    ("now", "effect"),
    [
        (Standing(), Effect.CHECKED),
        (Standing(reputation=REPORTED), Effect.WARNED),
        (Standing(blocks=(AROUND,)), Effect.WARNED),
        (Standing(rules=(PrefixRule(prefix=CALLER[:6], verdict="blocked"),)), Effect.REFUSED),
        (Standing(familiar={LINE: Familiar(talk_days=TALKED)}), Effect.RUNG),
        (Standing(familiar={LINE: Familiar(talk_days=TALKED, reported=NOW - 60)}), Effect.CHECKED),
        (
            Standing(listed={LINE: ListEntry(line=LINE, caller=CALLER, word="block", source="CA1#screened")}),
            Effect.REFUSED,
        ),
    ],
    ids=["nothing else", "reports", "numbers around", "a rule", "talks", "talks and a report", "a customer's block"],
)
@pytest.mark.parametrize("reason", sorted(DESK))
def test_without_the_decision_what_else_is_known_now_speaks(reason, now, effect):
    assert preview.of_taking_back(SETTINGS, [Call(reason)], now).after == {effect: 1}


@pytest.mark.parametrize("reason", [one for one in CALLED if one not in DESK])
def test_calls_that_the_decision_was_not_about_stay_as_they_were(reason):
    told = preview.of_taking_back(SETTINGS, [Call(reason)], Standing(reputation=REPORTED))
    assert (told.changed, told.before) == (0, told.after)


@pytest.mark.parametrize(
    ("known", "effect"),
    [
        (Known({}, {}), Effect.CHECKED),
        (Known({}, {}, (PrefixRule(prefix=CALLER[:3], verdict="trusted"),)), Effect.RUNG),
        (Known({}, {}, (PrefixRule(prefix=CALLER[:8], verdict="flagged"),)), Effect.WARNED),
        (Known({}, {}, familiar={(LINE, CALLER): Familiar(talk_days=TALKED)}), Effect.RUNG),
        (Known({}, {}, familiar={(LINE, CALLER): Familiar(talk_days=TALKED, reported=NOW - 60)}), Effect.CHECKED),
    ],
    ids=["nothing else", "a shorter rule", "a longer rule", "talks", "talks and a report"],
)
@pytest.mark.parametrize("reason", sorted(RULES))
def test_without_a_rule_other_rules_and_customers_talks_speak(reason, known, effect):
    assert preview.of_removing_rule(SETTINGS, [Call(reason)], known=known).after == {effect: 1}


@pytest.mark.parametrize("reason", [one for one in CALLED if one not in RULES])
def test_calls_that_no_rule_was_about_stay_as_they_were(reason):
    known = Known({}, {}, (PrefixRule(prefix=CALLER[:3], verdict="blocked"),))
    told = preview.of_removing_rule(SETTINGS, [Call(reason)], known=known)
    assert (told.changed, told.before) == (0, told.after)


def test_what_stands_beside_a_rule_is_read_in_three_requests(context, dynamodb):
    for prefix in (CALLER[:2], CALLER[:6], CALLER[:8], "+9685"):
        context.store.put(PrefixRule(prefix=prefix, verdict="flagged"))
    calls = [Call(Reason.PREFIX_FLAGGED, f"+120255501{n:02}") for n in range(99)]
    context.store.table.change(
        familiar_key(LINE, CALLER), "ADD talk_days :days", "attribute_not_exists(pk)", days=set(TALKED)
    )
    asked = []
    dynamodb.meta.events.register("before-call.dynamodb", lambda model, **_: asked.append(model.name))
    known = known_now.known_without(context, [*calls, Call(Reason.PREFIX_FLAGGED), Call(Reason.UNKNOWN)], CALLER[:6])
    assert sorted(asked) == ["BatchGetItem", "BatchGetItem", "Query"]
    assert [rule.prefix for rule in known.rules] == [CALLER[:2], CALLER[:8]]
    assert {pair: one.talk_days for pair, one in known.familiar.items()} == {(LINE, CALLER): TALKED}


def test_a_rule_that_is_not_there_can_not_be_tried(context):
    with pytest.raises(DeskError, check=lambda error: error.code == Code.UNKNOWN_RULE):
        preview.remove_rule(context, CALLER[:6])


@pytest.mark.parametrize("reason", CALLED)
def test_clearing_lets_through_what_reports_alone_flagged(reason):
    told = preview.of_clearing(SETTINGS, [Call(reason)], Standing(reputation=REPORTED))
    if reason in {Reason.REPORTED, Reason.REPORTED_BLOCK}:
        assert told.after == {Effect.CHECKED: 1}
    else:
        assert (told.changed, told.before) == (0, told.after)


def test_reports_on_the_numbers_around_outlast_a_clearing():
    one_less = Block({end: one for end, one in AROUND.members.items() if end != "1"})  # too few without the caller
    for around, effect in ((AROUND, Effect.WARNED), (one_less, Effect.CHECKED)):
        told = preview.of_clearing(SETTINGS, [Call(Reason.REPORTED)], Standing(REPORTED, (around,)))
        assert told.after == {effect: 1}


@pytest.mark.parametrize("reason", CALLED)
def test_to_keep_a_listing_changes_no_call(reason):
    told = preview.of_keeping(SETTINGS, [Call(reason)])
    assert (told.calls, told.changed, told.before) == (1, 0, told.after)


def test_what_stands_about_a_caller_is_one_request(context, dynamodb):
    lines = [f"+120255501{n:02}" for n in range(99)]
    context.store.put(REPORTED)
    for prefix in (CALLER[:2], CALLER[:6], CALLER, "+9685"):
        context.store.put(PrefixRule(prefix=prefix, verdict="flagged"))
    for of, digits in ((CALLER[:-1], CALLER[-1:]), (CALLER[:-2], CALLER[-2:]), (f"{CALLER[:-2]}0", "1")):
        score = {"as_of": NOW, "spam": 10 * MILLION, "legit": 0}
        context.store.table.change(block_key(of), f"SET m{digits} = :score", "attribute_not_exists(pk)", score=score)
    context.store.put(ListEntry(line=lines[0], caller=CALLER, word="allow"))
    context.store.put(ListEntry(line=lines[1], caller=CALLER, word="block", source="CA1#screened"))
    asked = []
    dynamodb.meta.events.register("before-call.dynamodb", lambda model, **_: asked.append(model.name))
    now = known_now.standing(context, CALLER, [Call(Reason.DESK_BLOCKED, number) for number in lines])
    assert asked == ["BatchGetItem"]
    assert now.reputation == REPORTED
    assert [rule.prefix for rule in now.rules] == [CALLER[:2], CALLER[:6], CALLER]
    assert [[*block.members] for block in now.blocks] == [[CALLER[-1:]], [CALLER[-2:]]]
    assert [*now.listed] == [lines[1]]


def test_a_number_that_always_rings_is_rung_whatever_the_desk_decides():
    settings = Settings.from_environment({**ENVIRONMENT, "ALWAYS_RING": CALLER})
    assert preview.of_decision(settings, [Call(Reason.UNKNOWN)], "flagged").after == {Effect.RUNG: 1}


def test_only_a_verdict_of_the_desk_can_be_tried():
    with pytest.raises(DeskError, check=lambda error: error.code == Code.NO_VERDICT):
        preview.of_decision(SETTINGS, [], "unknown")


def test_what_is_known_of_the_lines_and_rules_costs_two_requests(context, dynamodb):
    lines = [f"+120255501{n:02}" for n in range(99)]
    for number in lines:
        context.store.put(Line(number=number, kind="protected", ring_to="+96892223344", mode="off"))
    block = ListEntry(line=lines[0], caller=CALLER, word="block", until=NOW, source="CA1#screened")
    context.store.put(block)
    context.store.put(ListEntry(line=lines[1], caller=CALLER, word="allow"))
    for prefix in ("+9689", "+96891", "+96892", "+9685"):
        context.store.put(PrefixRule(prefix=prefix, verdict="trusted"))
    calls = [Call(Reason.OWN_BLOCK, number) for number in lines for _ in range(2)]
    calls.append(Call(Reason.OWN_BLOCK, lines[-1]))
    asked = []
    dynamodb.meta.events.register("before-call.dynamodb", lambda model, **_: asked.append(model.name))
    known = preview.known_about(context, calls, prefix="+9689")
    assert asked == ["BatchGetItem", "Query"]
    assert (len(known.lines), known.blocks) == (50, {(lines[0], CALLER): block})
    assert known.lines[lines[-1]].mode == "off"  # it has the most calls
    assert [rule.prefix for rule in known.rules] == ["+96891", "+96892"]
    assert preview.known_about(context, []) == preview.NOTHING_KNOWN
