"""A caller's file: what is known, by the same rules as a call's, in as many requests whatever is stored."""

from __future__ import annotations

import pytest

from infra.local import demo
from ivr.desk import Code, DeskError, caller_file, decisions, disputes, prefixes
from ivr.desk.seen import fingerprint
from ivr.reports import Report
from ivr.reputation.items import Reputation
from ivr.screening.caller_list import ListEntry
from ivr.screening.line import Line
from tests.desk.subjects import CALLER, SALMA

NEIGHBOUR, FAR = CALLER[:-1] + "8", CALLER[:-2] + "00"


def _reported(context, caller, people):
    """Reports of so many people on a caller, as the stream scores them."""
    now = context.now()
    for nth in range(people):
        line = f"+1202555{nth:04}"
        report = Report(
            call_sid=f"CA{caller}{nth}",
            which="screened",
            reference="84072573",
            reported_at=now - nth,
            reporter=f"{nth:032x}",
            expires=now + 9999,
            verified=1,
            caller=caller,
            line=line,
            category="prize",
            blocks_until=now + 9999,
        )
        context.store.reports.put(report)


def test_nothing_is_known_of_a_stranger(context):
    file = caller_file.of(context, "00968 9123 4567")
    assert (file.caller, file.explanation.judgement.verdict.reason) == (CALLER, "unknown")
    assert (file.decision, file.dispute, file.clearing, file.rule, file.explanation.reputation) == (None,) * 5
    assert (file.blocks, file.customers, file.audit.entries) == ([], (0, 0, False), [])
    assert file.decision_seen == file.dispute_seen == fingerprint(None)


def test_it_holds_what_people_reported_with_the_arithmetic(context, settle):
    _reported(context, CALLER, 5)
    settle()
    file = caller_file.of(context, CALLER)
    assert file.explanation.judgement.verdict.reason == "reported"
    assert file.explanation.judgement.route == "flagged"
    sum_ = file.explanation.reputation
    assert (sum_.people, sum_.is_over, sum_.threshold) == (5, True, 0.45)
    assert file.customers == (0, 5, False)


@pytest.mark.slow
def test_it_names_the_reported_numbers_of_its_blocks(context, settle):
    for number in (CALLER, NEIGHBOUR, FAR):
        _reported(context, number, 4)
    settle()
    ten, hundred = caller_file.of(context, CALLER).blocks
    assert (ten.begins, ten.size, ten.is_bad) == (CALLER[:-1], 10, False)
    assert [one.number for one in ten.reported] == [CALLER, NEIGHBOUR]
    assert (hundred.begins, hundred.size) == (CALLER[:-2], 100)
    assert [one.number for one in hundred.reported] == [FAR, CALLER, NEIGHBOUR]
    assert all(one.is_bad and one.confidence > 0.45 for one in hundred.reported)


def test_it_counts_the_customers_whose_own_word_is_in_force(context):
    now = context.now()
    for nth, (word, until) in enumerate([("allow", 0), ("block", now + 99), ("block", now - 1), ("taken_back", now)]):
        context.store.put(ListEntry(line=f"+1202555017{nth}", caller=CALLER, word=word, until=until))
    context.store.put(ListEntry(line="+12025550170", caller=NEIGHBOUR, word="allow"))
    assert caller_file.of(context, CALLER).customers == (1, 1, False)


def test_a_trust_of_a_call_and_a_reports_block_are_counted_until_they_end(context):
    context.store.reports.put(
        Report(
            call_sid="CA1",
            which="screened",
            reference="84072573",
            reported_at=context.now(),
            reporter="a" * 32,
            expires=context.now() + 9999,
            verified=1,
            caller=CALLER,
            line=demo.PROTECTED_LINE,
            blocks_until=context.now() + 9999,
        )
    )
    assert caller_file.of(context, CALLER).customers.block == 1
    [entry] = context.store.caller_lists.of_line(demo.PROTECTED_LINE)
    context.store.caller_lists.take_back(entry, context.now())
    assert caller_file.of(context, CALLER).customers.block == 0


def test_what_the_desk_did_is_in_it_with_what_a_change_needs(context):
    prefixes.add(context, CALLER[:6], "trusted", note="a school", by=SALMA)
    prefixes.add(context, CALLER[:7], "flagged", note="wangiri", by=SALMA)
    decisions.decide(context, CALLER, "blocked", note="a thief", by=SALMA)
    disputes.clear(context, CALLER, note="seen the licence", by=SALMA)
    file = caller_file.of(context, CALLER)
    assert file.explanation.judgement.verdict.reason == "desk_blocked"
    assert (file.rule.prefix, file.decision.decided_by, file.dispute.state) == (CALLER[:7], "Salma", "cleared")
    assert file.clearing.cleared_at >= file.dispute.opened_at
    assert [one.action for one in file.audit.entries] == ["clear", "decide"]
    decisions.take_back(context, CALLER, note="a mistake", by=SALMA, seen=file.decision_seen)
    disputes.open_dispute(context, CALLER, "again", by=SALMA, seen=file.dispute_seen)


@pytest.mark.slow
def test_it_costs_the_same_whatever_is_stored(context, dynamodb):
    asked = []
    dynamodb.meta.events.register("before-call.dynamodb", lambda model, **_: asked.append(model.name))

    def requests():
        asked.clear()
        caller_file.of(context, CALLER)
        return sorted(asked)

    few = requests()
    now = context.now()
    context.store.put(Reputation(caller=CALLER, revision=1, expires=now + 9999, as_of=now, spam=9_000_000, live=9))
    for nth in range(600):
        context.store.put(ListEntry(line=f"+120255{nth:05}", caller=CALLER, word="block"))
        if nth < 60:
            decisions.decide(context, CALLER, "flagged", note="x", by=SALMA)
    assert requests() == few
    assert len(few) == 6
    file = caller_file.of(context, CALLER)
    assert file.customers == (0, 500, True)
    assert (len(file.audit.entries), bool(file.audit.next)) == (20, True)


@pytest.mark.parametrize("number", ["anonymous", "", "12x"])
def test_who_shows_no_number_has_no_file(context, number):
    with pytest.raises(DeskError, check=lambda error: error.code in {Code.WITHHELD, Code.NO_NUMBER}):
        caller_file.of(context, number)


def test_it_is_judged_as_on_a_standard_line(context):
    context.store.put(Line(number=demo.PROTECTED_LINE, kind="protected", ring_to="+96892223344", mode="off"))
    decisions.decide(context, CALLER, "flagged", note="x", by=SALMA)
    assert caller_file.of(context, CALLER).explanation.judgement.route == "flagged"
    assert caller_file.of(context, "1500").explanation.judgement.verdict.reason == "impersonation"
