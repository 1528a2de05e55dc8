"""A list names each damaged item by its key and shows all others."""

import json

import pytest

from infra.local import demo
from tests.conftest import NOW
from tests.damaged_items import Damage, kind, samples
from tests.slowly import slow_after

LISTS = {
    "LINE": (("lines", "list"), "LINE#...100 LINE", 1),
    "DECISION": (("callers", "list"), "CALLER#...567 DECISION", 3),
    "DISPUTE": (("callers", "disputes"), "CALLER#...567 DISPUTE", 0),
    "REPORT": (("reports", "list", "--day", "2026-11-18"), "REPORT#screened", 0),
    "CALL_BACK": (("care", "call-backs", "--all"), "CALL_BACK", 0),
    "MESSAGE": (("messages", "list", "--day", "2026-11-18"), "MESSAGE#screened", 0),
}


@pytest.fixture
def seeded(stack):
    def put(word, damage):
        items = samples(NOW)
        for item in items:
            if kind(item) in {word, "REPORT"}:
                others = [one for one in items if kind(one) != kind(item)]
                damaged = damage.to(item, others) if kind(item) == word else item
                stack.store.table.client.put_item(TableName=stack.store.table.name, Item=damaged)

    return put


@pytest.mark.parametrize("word", slow_after(2, LISTS))
def test_each_list_names_damaged_items_and_shows_the_rest(seeded, ivr, word):
    arguments, key, others = LISTS[word]
    for how in ("keys alone", "word for number", "all strange"):
        seeded(word, Damage(how, 3))
        told = ivr(*arguments, "--json")
        assert told.status == 0
        assert len(told.json) == others, how
        assert key in told.err
        assert "can't be read" in told.err
        assert demo.PROTECTED_LINE not in told.err
        assert "+96891234567" not in told.err
        assert ivr(*arguments).status == 0


def test_attributes_of_a_global_table_hide_no_item(seeded, ivr):
    seeded("LINE", Damage("more"))
    told = ivr("lines", "list", "--json")
    assert (len(told.json), told.err) == (2, "")
    assert json.dumps(told.json).count("aws:rep") == 0


def test_a_number_beside_a_damaged_decision_is_explained(seeded, ivr):
    seeded("DECISION", Damage("keys alone"))
    told = ivr("explain", "+96891234567", "--line", demo.PROTECTED_LINE)
    assert "rule 13" in told.out
    assert "Left out: CALLER#...567 DECISION can't be read as a DeskDecision (something is missing)." in told.err
    assert "nobody is trusted" in told.err


def test_a_damaged_item_of_a_person_is_forgotten_like_any_other(seeded, ivr, stack):
    seeded("EVIDENCE", Damage("keys alone"))
    assert ivr("forget", "+96891234567", "--yes").status in {0, 2}
