"""Records are values: what `ivr.records.base.Record` does in the place of methods that dataclass would generate."""

from dataclasses import FrozenInstanceError

import pytest

from ivr.calls.call_record import LineLock
from ivr.jobs.job import OptOut

LOCK = LineLock(line="+12025550100", call_sid="CA1", caller="", rings_until=1, until=2, expires=3)


def test_records_of_one_kind_with_the_same_values_are_equal():
    same = LineLock(line="+12025550100", call_sid="CA1", caller="", rings_until=1, until=2, expires=3)
    assert same == LOCK
    assert {same, LOCK} == {LOCK}


def test_records_differ_by_any_value_and_by_their_kind():
    assert LineLock(line="+12025550100", call_sid="CA1", caller="", rings_until=1, until=2, expires=4) != LOCK
    assert OptOut(person="CA1", since=1) != LOCK
    assert LOCK != ("+12025550100", "CA1", "", 1, 2, 3)


def test_a_field_that_is_not_compared_makes_no_difference():
    assert OptOut(person="p", since=1, said_by="one") == OptOut(person="p", since=1, said_by="another")


def test_a_record_can_not_be_changed_and_takes_its_values_by_name():
    with pytest.raises(FrozenInstanceError):
        LOCK.until = 5
    with pytest.raises(TypeError, match="positional"):
        OptOut("p", 1)


def test_a_record_shows_its_values():
    assert repr(OptOut(person="p", since=1)) == "OptOut(person='p', since=1, ended_at=0, said_by='', expires=0)"
