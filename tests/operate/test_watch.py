"""The watch: what it finds in the table, and what it says when it can't look."""

import json

import pytest

from handlers.watch import Watch
from ivr.care.call_backs import DONE, IN_PROGRESS
from ivr.observability.log import Log, write_to
from tests.care.conftest import call_back
from tests.conftest import NOW
from tests.observability import emf_judge


@pytest.fixture
def look(store, capsys):
    """One look, and the line that it printed."""

    def looks(level="INFO"):
        undo = write_to()
        Watch(store, Log(level)).look(NOW)
        undo()
        (text,) = capsys.readouterr().out.splitlines()
        assert emf_judge.faults(text) == []
        return json.loads(text)

    return looks


def test_it_counts_the_call_backs_whose_time_has_passed_and_that_are_not_done(look, store):
    store.put(call_back(person="1" * 32, due_at=NOW - 60))
    store.put(call_back(person="2" * 32, due_at=NOW - 60, state=IN_PROGRESS, taken_at=NOW - 90, taken_by="Dana"))
    store.put(call_back(person="3" * 32, due_at=NOW - 60, state=DONE, done_at=NOW - 90, number=""))
    store.put(call_back(person="4" * 32, due_at=NOW + 60))
    assert look()["call_backs_overdue"] == 2


@pytest.mark.parametrize("level", ["INFO", "ERROR"])
def test_each_look_gives_a_value_at_every_log_level(look, level):
    assert look(level)["call_backs_overdue"] == 0


def test_a_table_that_does_not_answer_is_counted_by_itself(look, outage):
    outage.down = True
    line = look()
    assert (line["watch_failed"], line["why"]) == (1, "no_connection")
    assert "call_backs_overdue" not in line


def test_an_overdue_call_backs_line_names_nobody(look, store):
    store.put(call_back(due_at=NOW - 60))
    assert set(look()) == {"timestamp", "level", "message", "call_sid", "_aws", "call_backs_overdue"}
