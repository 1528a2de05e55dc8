"""A change of the desk and its audit entry: both are stored or neither, once, and nothing unseen is overwritten."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace

import pytest

from ivr.desk import Code, DeskError, audit, call_backs, decisions, disputes, lines
from ivr.desk.actor import Actor, form_word, new_form
from ivr.desk.audit import About, Action
from ivr.desk.seen import fingerprint
from ivr.reputation.evidence import Clearing, clearing_key
from ivr.reputation.items import Reputation
from ivr.screening.caller_list import ListEntry
from ivr.store import StoreUnavailableError
from ivr.store.errors import StoreWriteError
from tests.care.conftest import call_back
from tests.desk.audited import todays
from tests.desk.subjects import CALLER, CASES, HOME, LINE, NEXT_HOME, SALMA

OMAR = Actor("Omar", "subject-omar")
MOST_REQUESTS = 6  # of one change
EACH = pytest.mark.parametrize("case", CASES, ids=[case.action for case in CASES])


def entries(context, case):
    return [one for one in audit.of(context, About(case.about), case.what).entries if one.action == case.action]


@EACH
def test_a_change_leaves_an_entry_with_who_what_before_and_after(context, case):
    case.prepare(context)
    before = case.shown(context)
    case.act(context, by=OMAR)
    after = case.shown(context)
    assert after != before
    [one] = entries(context, case)
    assert (one.by, one.subject, one.what) == ("Omar", "subject-omar", case.what)
    assert abs(one.at - context.now()) < 5
    assert one.expires == one.at + 730 * 24 * 3600
    for told, record in ((one.before, before), (one.after, after)):
        assert (told is None) == (record is None)
        for name, value in (told or {}).items():
            assert getattr(record, name) == value
    assert one in todays(context).entries


@EACH
@pytest.mark.parametrize("way", ["refused", "late", "lost"])
@pytest.mark.parametrize("nth", range(1, MOST_REQUESTS))
def test_whenever_the_network_fails_both_are_stored_or_neither(context, faults, case, way, nth):
    case.prepare(context)
    before = case.shown(context)
    faults.arm(nth, way)
    confirmed = False
    with suppress(StoreUnavailableError):
        case.act(context, by=OMAR)
        confirmed = True
    faults.arm(0, way)
    found = entries(context, case)
    assert len(found) == int(case.shown(context) != before)
    assert len(found) == 1 or not confirmed


@EACH
def test_the_same_form_twice_makes_one_change_and_one_entry(context, case):
    case.prepare(context)
    shown = fingerprint(case.shown(context))
    asker = OMAR._replace(form=form_word([("form", new_form())]))
    case.act(context, by=asker, seen=shown)
    after = case.shown(context)
    case.act(context, by=asker, seen=shown)
    assert case.shown(context) == after
    assert len(entries(context, case)) == 1


@EACH
def test_what_changed_meanwhile_is_not_overwritten(context, case):
    case.prepare(context)
    shown = fingerprint(case.shown(context))
    case.act(context, by=SALMA, seen=shown)
    after = case.shown(context)
    with pytest.raises(DeskError) as refusal:
        case.act(context, by=OMAR, seen=shown)
    assert refusal.value.code == Code.CHANGED
    assert refusal.value.entry.by == "Salma"
    assert re.search(rf"by Salma \({case.action}, \d{{4}}-\d\d-\d\d \d\d:\d\d UTC\)", refusal.value.sentence)
    assert CALLER not in refusal.value.sentence  # a page shows the sentence
    assert case.shown(context) == after
    assert [one.by for one in entries(context, case)] == ["Salma"]


@EACH
def test_of_two_at_the_same_moment_the_second_is_told(context, case):
    """The other one writes between the read and the write of this one."""
    case.prepare(context)
    shown = fingerprint(case.shown(context))
    late = context._replace(announce=lambda: case.act(context, by=SALMA, seen=shown))
    with pytest.raises(DeskError, check=lambda error: error.code == Code.CHANGED and error.entry.by == "Salma"):
        case.act(late, by=OMAR, seen=shown)
    assert [one.by for one in entries(context, case)] == ["Salma"]


def test_what_a_customer_adds_at_the_same_moment_is_kept(context):
    """They ask for the call-back once more, now with a report, while an agent takes it."""
    now = context.now()
    asked = call_back(asked_at=now, due_at=now + 3600, expires=now + 9999)
    context.store.put(asked)
    again = replace(asked, call_sid="CA2", reference="84072573", loss="yes", told_at=now)
    late = context._replace(announce=lambda: context.store.call_backs.ask(again, now, most=9))
    call_backs.take(late, asked.ticket, person=asked.person, by=OMAR)
    stored = context.store.call_backs.of(asked.person)
    assert (stored.taken_by, stored.reference, stored.loss) == ("Omar", "84072573", "yes")


def test_a_command_without_it_comes_after_the_other_one(context):
    late = context._replace(announce=lambda: decisions.decide(context, CALLER, "trusted", note="a bank", by=SALMA))
    decisions.decide(late, CALLER, "blocked", note="a thief", by=OMAR)
    found = audit.of(context, About.CALLER, CALLER, newest_first=False).entries
    assert [(one.by, (one.before or {}).get("verdict")) for one in found] == [("Salma", None), ("Omar", "trusted")]


def test_what_a_call_changed_is_told_without_a_name(context):
    """A caller opens a dispute while the desk looks at the number."""
    shown = fingerprint(disputes.of(context, CALLER))
    now = context.now()
    opened = disputes.Dispute(caller=CALLER, opened_at=now, source="CA1", expires=now + 9999)
    assert context.store.disputes.open(opened, "person", most=1) == "opened"
    with pytest.raises(DeskError) as refusal:
        disputes.clear(context, CALLER, note="seen the licence", by=OMAR, seen=shown)
    assert (refusal.value.code, refusal.value.entry) == (Code.CHANGED, None)


def test_a_change_sees_what_was_stored_a_moment_ago(context, dynamodb):
    """A read that may lag would not find the form that was sent twice, or what somebody else has just decided."""
    asked = []
    dynamodb.meta.events.register(
        "provide-client-params.dynamodb", lambda params, model, **_: asked.append((model.name, params))
    )
    asker = OMAR._replace(form=form_word([("form", new_form())]))
    decisions.decide(context, CALLER, "flagged", note="x", by=asker, seen=fingerprint(None))
    reads = [(name, params.get("ConsistentRead")) for name, params in asked if name in {"GetItem", "Query"}]
    assert reads == [("GetItem", True), ("Query", True)]


def test_a_clearing_voids_what_a_clock_ahead_of_ours_has_dated_and_never_goes_back(context):
    now, bad = context.now(), {"caller": CALLER, "revision": 1, "spam": 9_000_000, "live": 9}
    for as_of in (now + 300, now):
        context.store.put(Reputation(**bad, as_of=as_of, expires=now + 9999))
        disputes.clear(context, CALLER, note="a clinic", by=SALMA)
        stored = context.store.table.read(Clearing, context.store.table.get(clearing_key(CALLER)))
        assert stored.cleared_at == now + 300


def test_who_only_looked_did_not_change_it(context):
    """A dispute expires while its page is open, and somebody looks at the number."""
    disputes.open_dispute(context, CALLER, "a letter", by=OMAR)
    open_one = disputes.of(context, CALLER)
    context.store.table.delete(open_one.key)
    audit.looked(context, Action.SHOW_NUMBER, by=SALMA, about=About.CALLER, what=CALLER)
    with pytest.raises(DeskError) as refusal:
        disputes.clear(context, CALLER, note="seen the licence", by=OMAR, seen=fingerprint(open_one))
    assert (refusal.value.code, refusal.value.entry) == (Code.CHANGED, None)


def test_another_input_in_the_same_form_is_no_repetition(context):
    """Somebody goes back in the browser and chooses another verdict."""
    once, shown = new_form(), fingerprint(None)
    words = [form_word([("form", once), ("verdict", verdict)]) for verdict in ("flagged", "blocked")]
    assert len(set(words)) == 2
    decisions.decide(context, CALLER, "flagged", note="x", by=OMAR._replace(form=words[0]), seen=shown)
    with pytest.raises(DeskError, check=lambda error: error.code == Code.CHANGED):
        decisions.decide(context, CALLER, "blocked", note="x", by=OMAR._replace(form=words[1]), seen=shown)


def test_a_race_without_end_is_given_up(context, monkeypatch):
    monkeypatch.setattr(context.store.table, "all_or_none", lambda **_: {"change_0": None})
    with pytest.raises(StoreWriteError):
        decisions.decide(context, CALLER, "blocked", note="x", by=OMAR)


def test_an_item_that_cannot_be_read_is_replaced_and_said_to_be(context, dynamodb):
    decisions.decide(context, CALLER, "trusted", note="a bank", by=SALMA)
    key = context.store.table.key(decisions.of(context, CALLER).key)
    dynamodb.update_item(
        TableName=context.store.table.name,
        Key=key,
        UpdateExpression="SET verdict = :list",
        ExpressionAttributeValues={":list": {"L": []}},
    )
    decisions.decide(context, CALLER, "blocked", note="a thief", by=OMAR)
    assert decisions.of(context, CALLER).verdict == "blocked"
    assert audit.of(context, About.CALLER, CALLER).entries[0].before is None


def test_a_refused_change_leaves_no_entry(context):
    with pytest.raises(DeskError):
        disputes.keep(context, CALLER, note="x", by=OMAR)
    with pytest.raises(DeskError):
        decisions.decide(context, CALLER, "blocked", note="x", by=Actor(" "))
    assert audit.of(context, About.CALLER, CALLER).entries == []


@pytest.mark.parametrize(("home", "word"), [(HOME, "allow"), (NEXT_HOME, None)], ids=["the same", "another"])
def test_what_a_removed_line_kept_is_for_its_own_customer_alone(context, home, word):
    def add(ring_to):
        lines.register(context, LINE, kind="protected", ring_to=ring_to, languages="", mode="standard", by=SALMA)

    add(HOME)
    context.store.put(ListEntry(line=LINE, caller=CALLER, word="allow", at=1))
    lines.remove(context, LINE, note="moves house", forgets=False, by=SALMA)
    assert lines.find(context, LINE) is None
    add(home)
    assert [one.word for one in context.store.caller_lists.of_line(LINE)] == ([word] if word else [])


def test_a_removed_line_forgets_its_callers(context):
    lines.register(context, LINE, kind="protected", ring_to=HOME, languages="", mode="standard", by=SALMA)
    context.store.put(ListEntry(line=LINE, caller=CALLER, word="allow", at=1))
    lines.remove(context, LINE, note="cancelled", forgets=True, by=SALMA)
    assert context.store.caller_lists.of_line(LINE) == []
    with pytest.raises(DeskError, check=lambda error: error.code == Code.UNKNOWN_LINE):
        lines.remove(context, LINE, note="cancelled", forgets=True, by=SALMA)


def test_the_audit_never_learns_a_call_backs_number(context):
    case = next(one for one in CASES if one.action == Action.FINISH_CALL_BACK)
    case.prepare(context)
    number = case.shown(context).number
    case.act(context, by=OMAR)
    assert number
    told = [(one.before, one.after) for one in audit.of(context, About.CALL_BACK, case.what).entries]
    assert len(told) == 2
    assert number not in str(told)
