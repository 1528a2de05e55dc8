"""The desk's rules for prefixes: what is refused, what a call meets, and how they are listed."""

from __future__ import annotations

import pytest

from infra.local import demo
from ivr.desk import Code, DeskError, audit, explanation, prefixes
from ivr.desk.audit import About
from tests.desk.subjects import SALMA


def refused(code):
    return pytest.raises(DeskError, check=lambda error: error.code == code)


@pytest.mark.parametrize(
    "written", ["+9689", "009689", "+968 9", "+968-9", "\N{ARABIC-INDIC DIGIT ZERO}" * 2 + "9689", " +9689 "]
)
def test_a_prefix_is_read_in_every_spelling_and_decides_the_next_call(context, written):
    prefixes.add(context, written, "blocked", note="a robot", by=SALMA)
    assert prefixes.find(context, "+9689").decided_by == "Salma"
    judged = explanation.explain(context, "+96891234567", demo.PROTECTED_LINE).judgement
    assert (judged.verdict.reason, judged.verdict.note) == ("prefix_blocked", "a robot")
    prefixes.remove(context, written, note="a mistake", by=SALMA)
    assert explanation.explain(context, "+96891234567", demo.PROTECTED_LINE).judgement.verdict.reason == "unknown"


@pytest.mark.parametrize("text", ["", "9689", "anonymous", "+", "+0968", "+96890x", "+123456789012345", "#968"])
def test_what_is_no_prefix_is_refused(context, text):
    with refused(Code.NO_PREFIX):
        prefixes.add(context, text, "flagged", note="x", by=SALMA)


@pytest.mark.parametrize("prefix", ["+9", "+968", "+1", "+12", "+1246", "+44", "+77", "+590", "+882"])
def test_a_whole_country_needs_a_clear_word(context, prefix):
    with refused(Code.WHOLE_COUNTRY):
        prefixes.add(context, prefix, "trusted", note="x", by=SALMA)
    assert prefixes.find(context, prefix) is None
    assert prefixes.add(context, prefix, "trusted", note="x", by=SALMA, whole_country=True).prefix == prefix


@pytest.mark.parametrize("prefix", ["+9689", "+1303", "+447", "+76", "+96824", "+12463"])
def test_a_part_of_a_country_needs_none(context, prefix):
    assert prefixes.add(context, prefix, "flagged", note="x", by=SALMA).prefix == prefix


@pytest.mark.parametrize("verdict", ["flagged", "blocked"])
def test_the_operators_own_numbers_are_never_covered_by_suspicion(context, verdict):
    own = min(number for number in context.settings.numbers_of_our_own if number.startswith("+"))
    with refused(Code.OWN_NUMBER):
        prefixes.add(context, own[:8], verdict, note="x", by=SALMA)
    with refused(Code.OWN_NUMBER):  # not even with all other callers of the country
        prefixes.add(context, own[:2], verdict, note="x", by=SALMA, whole_country=True)
    assert prefixes.add(context, own[:8], "trusted", note="ours", by=SALMA)
    with refused(Code.OWN_NUMBER):
        prefixes.change_rule(context, own[:8], verdict, note="x", by=SALMA)


def test_a_rule_is_added_once_and_changed_on_purpose(context):
    prefixes.add(context, "+9689", "flagged", note="wangiri", by=SALMA)
    with refused(Code.KNOWN_RULE):
        prefixes.add(context, "+9689", "blocked", note="x", by=SALMA)
    with refused(Code.UNKNOWN_RULE):
        prefixes.change_rule(context, "+96891", "blocked", note="x", by=SALMA)
    with refused(Code.NO_VERDICT):
        prefixes.change_rule(context, "+9689", "evil", note="x", by=SALMA)
    with refused(Code.OVER):
        prefixes.change_rule(context, "+9689", "blocked", note="x", until="2020-01-01", by=SALMA)
    assert prefixes.find(context, "+9689").verdict == "flagged"
    assert len(audit.of(context, About.PREFIX, "+9689").entries) == 1


def test_a_rule_that_is_over_may_be_added_again(context):
    now = context.now()
    over = prefixes.PrefixRule(prefix="+9689", verdict="flagged", until=now - 1, expires=now + 9999)
    context.store.put(over)
    prefixes.add(context, "+9689", "blocked", note="again", by=SALMA)
    [entry] = audit.of(context, About.PREFIX, "+9689").entries
    assert (entry.action, entry.before["verdict"], entry.after["verdict"]) == ("add_rule", "flagged", "blocked")


def test_rules_are_listed_in_pages_of_one_request_each(context, dynamodb):
    for nth in range(5):
        prefixes.add(context, f"+9689{nth}", "flagged", note="x", by=SALMA)
    asked = []
    dynamodb.meta.events.register("before-call.dynamodb", lambda model, **_: asked.append(model.name))
    first = prefixes.page(context, most=3)
    rest = prefixes.page(context, after=first.next, most=3)
    assert [rule.prefix for rule in (*first.records, *rest.records)] == [f"+9689{nth}" for nth in range(5)]
    assert (rest.next, asked) == ("", ["Query", "Query"])
