"""Which lines a caller rang within ten minutes (rule 7): right in any order, and each call writes it once."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.calls.call_record import CallRecord
from ivr.reputation.items import campaign_key
from ivr.screening.rules import CAMPAIGN_LINES
from ivr.store.attributes import untyped
from ivr.store.tallies import MOST_MEMBERS
from tests.bench.metering import Meter, size_of
from tests.reputation.events import CALLERS, START, emitted, stream
from tests.reputation.test_event_order import WITH_A_DATABASE, again_and_out_of_order, split

CALLER = CALLERS[0]


@dataclass(frozen=True)
class Rang:
    """A call that the customer accepted and that then ended: three images of one item."""

    line: str
    at: int = START
    caller: str = CALLER

    def records(self, sid):
        call = CallRecord(
            call_sid=sid,
            line=self.line,
            customer="person-a",
            verdict="unknown",
            reason="unknown",
            rang_at=self.at,
            expires=self.at + 90,
            caller=self.caller,
        )
        yield emitted(call, "INSERT")
        yield emitted(call := replace(call, accepted_at=self.at + 9), "MODIFY")
        yield emitted(replace(call, ended_at=self.at + 99), "MODIFY")


def line(n):
    """A line whose number is as long as a number can be."""
    return f"+12025550{n:07}"


def campaigns(world):
    """The lines of every campaign that is stored, by its key."""
    return {
        key: {name: untyped(value) for name, value in item.items()}["lines"]
        for key, item in world.everything().items()
        if key[0].startswith("CAMPAIGN#")
    }


def rung(calls):
    """The plain computation: the lines of each caller in each ten minutes."""
    lines = defaultdict(set)
    for call in calls:
        lines[campaign_key(call.caller, call.at)].add(call.line)
    return dict(lines)


calls = st.builds(
    Rang,
    line=st.integers(0, 4).map(line),
    at=st.integers(0, 3).map(lambda n: START + n * 400),
    caller=st.sampled_from(CALLERS[:2]),
)


@WITH_A_DATABASE
@given(
    happened=st.lists(calls, min_size=1, max_size=10),
    data=st.data(),
    faults=st.lists(st.sampled_from(["", "", "", "lost", "unsure"]), max_size=30),
)
def test_campaigns_count_the_lines_that_were_rung_in_any_order(new_world, monkeypatch, happened, data, faults):
    world = new_world()
    for batch in split(data, again_and_out_of_order(data, stream(happened))):
        world.deliver(batch, monkeypatch, faults)
    assert campaigns(world) == rung(happened)


@pytest.mark.parametrize("so_far", [0, 3, MOST_MEMBERS, MOST_MEMBERS + 9])
def test_a_call_is_one_unit_of_the_campaigns_partition_however_many_came_before(world, so_far):
    """All its calls write there, and a partition takes 1,000 units a second."""
    for record in stream([Rang(line(n)) for n in range(so_far)]):
        world.follow(record)
    meter = Meter(world.client)
    for record in Rang(line(500)).records("CA500"):
        world.follow(record)
    meter.close()
    assert meter.units("CAMPAIGN#") == (0, 1)
    assert meter.units("PERSON#") == (0, 1)  # and changes of the record do not rewrite the last call


def test_a_campaign_that_is_full_flags_its_caller_and_stays_within_a_kilobyte(world):
    for record in stream([Rang(line(n)) for n in range(MOST_MEMBERS + 9)]):
        world.follow(record)
    [lines] = campaigns(world).values()
    assert CAMPAIGN_LINES <= len(lines) == MOST_MEMBERS
    [item] = [item for (pk, _), item in world.everything().items() if pk.startswith("CAMPAIGN#")]
    assert size_of(item) <= 1024
