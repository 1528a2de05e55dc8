"""Two reputation functions on the same caller at the same time, step by step: the stored result is right."""

from __future__ import annotations

import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.reputation.conftest import OPERATIONS
from tests.reputation.events import CALLERS, DAY, PEOPLE, START, Cleared, Reported, Talked, stream
from tests.slowly import example_count

CALLER = CALLERS[0]
_TEN, _HUNDRED = CALLER[:-1], CALLER[:-2]
THREE = [Reported(CALLER, person, START, counted=True, added=("prize",)) for person in PEOPLE[:3]]
FOURTH = Reported(CALLER, PEOPLE[3], START, counted=True)


class Interrupted:
    """A client that lets something else happen before its nth operation."""

    def __init__(self, client, nth, meanwhile):
        self._client, self._nth, self._meanwhile, self.done = client, nth, meanwhile, 0

    def __getattr__(self, name):
        operation = getattr(self._client, name)
        if name not in OPERATIONS:
            return operation

        def interrupted(**arguments):
            self.done += 1
            if self.done == self._nth:
                self._meanwhile()
            return operation(**arguments)

        return interrupted


# While one function processes the fourth person's report, the other one processes an event of the same caller.
RACES = {
    "a fifth report": ([*THREE, FOURTH, Reported(CALLER, PEOPLE[4], START + 60, counted=True)], 4),
    "its own withdrawal": ([*THREE, Reported(CALLER, PEOPLE[3], START, counted=True, added=("withdrawn",))], 3),
    "the withdrawal of another": (
        [Reported(CALLER, PEOPLE[0], START, counted=True, added=("money", "withdrawn")), *THREE[1:], FOURTH],
        0,
    ),
    "a trust": ([*THREE, FOURTH, Talked(CALLER, PEOPLE[5], START, trusted=True)], 4),
    "a clearing": ([*THREE, FOURTH, Cleared(CALLER, START + DAY)], 4),
    "the same": ([*THREE, FOURTH], 3),
}


@pytest.mark.slow
@pytest.mark.no_cover
@pytest.mark.parametrize("race", RACES)
def test_another_function_between_any_two_requests_changes_no_result(new_world, race):
    happened, raced = RACES[race]
    told = [list(one.records(f"CA{n:032d}")) for n, one in enumerate(happened)]
    report, meanwhile = told[3][0], told[raced][-1]
    for nth in range(1, 30):
        world = new_world()
        for *_, record in told:
            if record is not report and record is not meanwhile:
                world.follow(record)
        client = Interrupted(world.client, nth, lambda world=world: world.follow(meanwhile))
        world.follow(report, world.function(client))
        if client.done < nth:
            break  # it has no more requests to interrupt
        world.must_be(happened, CALLERS)
    assert nth > 5


@pytest.mark.parametrize("gone", [["EVIDENCE#person-b"], ["EVIDENCE#person-b", "REPUTATION"]], ids=["newer", "new"])
def test_no_score_replaces_one_that_was_not_read(world, gone):
    """Of a short code, which no block and no campaign guards; a report from before changes no time of the score."""
    records = stream([Reported("1500", PEOPLE[n], START - n * DAY, counted=True) for n in range(3)])
    for record in records[:2]:
        world.follow(record)
    for pk, sk in world.everything():
        if sk in gone:
            world.client.delete_item(TableName=world.table, Key={"pk": {"S": pk}, "sk": {"S": sk}})
    client = Interrupted(world.client, 3, lambda: world.follow(records[2]))
    world.function(client).scores.refresh("1500")
    assert client.done == 5  # two reads and a write, which is refused; two reads, after which nothing is to be written
    assert world.reputation("1500").live == 2


def test_of_two_first_members_of_a_block_neither_replaces_what_the_other_told(world):
    first, second = (
        stream([Reported(caller, person, START, counted=True) for person in PEOPLE[:4]]) for caller in CALLERS[:2]
    )
    for record in first:
        world.follow(record)
    for pk, sk in world.everything():
        if sk == "REPUTATION" or pk.startswith("BLOCK"):
            world.client.delete_item(TableName=world.table, Key={"pk": {"S": pk}, "sk": {"S": sk}})

    def neighbour():
        for record in second:
            world.follow(record)

    client = Interrupted(world.client, 3, neighbour)
    world.function(client).scores.refresh(CALLER)
    assert client.done == 7  # two reads, a write that is refused; the same again, and a read that finds nothing newer


class Turns:
    """Lets two threads go on one request at a time, in the order of a script; after it, as they come."""

    def __init__(self, client, script):
        self._client, self._script = client, list(script)
        self._changed = threading.Condition()
        self._over = set()
        self._running = threading.local()

    def follow(self, name, world, records):
        self._running.name = name
        try:
            function = world.function(self)
            for record in records:
                world.follow(record, function)
        finally:
            with self._changed:
                self._over.add(name)
                self._changed.notify_all()

    def __getattr__(self, name):
        operation = getattr(self._client, name)
        return operation if name not in OPERATIONS else lambda **arguments: self._in_turn(operation, arguments)

    def _in_turn(self, operation, arguments):
        me = self._running.name
        with self._changed:  # held during the request: one at a time, as DynamoDB has it for one item
            assert self._changed.wait_for(lambda: self._mine(me), timeout=20)
            if self._script:
                self._script.pop(0)
            try:
                return operation(**arguments)
            finally:
                self._changed.notify_all()

    def _mine(self, me):
        while self._script and self._script[0] in self._over:
            self._script.pop(0)
        return not self._script or self._script[0] == me


@settings(
    max_examples=example_count(12),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(
    script=st.lists(st.integers(0, 1), min_size=10, max_size=40),
    first=st.permutations(range(6)),
)
def test_two_functions_taking_turns_in_any_way_end_in_the_right_state(new_world, script, first):
    happened = [*RACES["the withdrawal of another"][0], Reported(CALLERS[1], PEOPLE[0], START, counted=True)]
    happened += [Talked(CALLER, PEOPLE[1], START + 5, trusted=True)]
    world = new_world()
    records = stream(happened)
    ends = [r for r in records if r["eventName"] == "MODIFY"][-6:]
    for record in records:
        if record not in ends:
            world.follow(record)
    shuffled = [ends[n % len(ends)] for n in first]
    turns = Turns(world.client, script)
    threads = [
        threading.Thread(target=turns.follow, args=(name, world, some))
        for name, some in enumerate([shuffled[::2], shuffled[1::2]])
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    world.must_be(happened, CALLERS)
