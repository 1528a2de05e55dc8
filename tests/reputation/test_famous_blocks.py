"""A block of which many numbers are reported: a call reads one time of it, and the scores stand where no call reads."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from handlers import reputation
from ivr.numbers import phone_number
from ivr.reputation.items import Block, block_bad_until, block_key, members_key
from ivr.reputation.scoring import MILLION, Score, bad_until, is_bad
from ivr.screening.rules import ScreeningInput, verdicts
from ivr.store.attributes import typed
from ivr.store.desk import Desk
from ivr.store.store import Store
from tests.bench.metering import size_of
from tests.reputation.events import CALLERS, DAY, PEOPLE, START, Reported, stream

LINE = "+12025550177"  # whose customer has reported nobody
TEN, HUNDRED = CALLERS[0][:-1], CALLERS[0][:-2]
BAD = {"as_of": START, "spam": 4 * MILLION, "legit": 0, "revision": START}
LONG_AFTER = START + 300 * DAY  # whatever is stored as bad until then


def reported(world, *callers):
    """Four people report each caller, who is bad from then on."""
    records = stream([Reported(caller, person, START, counted=True) for caller in callers for person in PEOPLE[:4]])
    assert reputation.follow(records, world.steady, world.aside.log, world.aside) == set()


class Wire:
    """A client that adds up the bytes of the items that it brings, as DynamoDB counts them."""

    def __init__(self, client):
        self._client, self.brought = client, 0

    def batch_get_item(self, **arguments):
        answer = self._client.batch_get_item(**arguments)
        self.brought += sum(size_of(item) for items in answer["Responses"].values() for item in items)
        return answer


@pytest.fixture
def of_an_earlier_release(world):
    """Stores a block as an earlier release did: its members in the item that a verdict reads."""

    def put(block, endings, **more):
        item = {
            **block_key(block)._asdict(),
            "expires": LONG_AFTER,
            **{f"m{ending}": BAD for ending in endings},
            **more,
        }
        world.client.put_item(TableName=world.table, Item={name: typed(value) for name, value in item.items()})

    return put


@pytest.fixture
def reason(world):
    """Why a call of this number gets its verdict."""

    def reason(caller, now=START):
        read = phone_number.read(caller, "US")
        lookup = Store(world.table, world.client).look_up(LINE, read, now)
        assert lookup.complete
        return verdicts(ScreeningInput(read, lookup, now))[0].reason

    return reason


def test_a_call_from_a_block_full_of_bad_numbers_brings_no_more_than_any_other(world, reason):
    reported(world, *(f"{HUNDRED}{ending * 8:02d}" for ending in range(12)))
    famous, nobody = f"{HUNDRED}99", "+17205550123"
    brought = []
    for caller in (famous, nobody):
        wire = Wire(world.client)
        Store(world.table, wire).look_up(LINE, phone_number.read(caller, "US"), START)
        brought.append(wire.brought)
    assert len(world.members(HUNDRED)) == 12
    assert reason(famous) == "reported_block"
    assert reason(nobody) == "unknown"
    assert brought[0] - brought[1] < 100  # the time until which the block is bad


def test_a_person_of_the_desk_sees_which_numbers_make_a_block_bad(world):
    reported(world, CALLERS[0])
    lookup = Desk(world.table, world.client).look_up(LINE, phone_number.read(CALLERS[1], "US"), START)
    assert [set(block.members) for block in lookup.blocks] == [{CALLERS[0][-1]}, {CALLERS[0][-2:]}]


class TestBlocksOfAnEarlierRelease:
    def test_they_count_as_they_did_until_they_change(self, of_an_earlier_release, reason):
        of_an_earlier_release(TEN, "1234")
        assert reason(f"{TEN}9") == "reported_block"
        assert reason(f"{TEN}9", LONG_AFTER) == "unknown"

    def test_their_members_move_at_the_first_report_on_one_of_their_numbers(self, world, of_an_earlier_release, reason):
        of_an_earlier_release(TEN, "789")
        assert reason(f"{TEN}9") == "unknown"
        reported(world, CALLERS[0])
        told = world.rows.get(block_key(TEN))
        assert set(told) == {"pk", "sk", "bad_until", "expires"}
        assert told["expires"] >= told["bad_until"]
        assert set(world.members(TEN)) == {"7", "8", "9", CALLERS[0][-1]}
        assert reason(f"{TEN}5") == "reported_block"

    def test_they_move_also_where_they_make_no_block_bad(self, world, of_an_earlier_release):
        of_an_earlier_release(TEN, "9")
        reported(world, CALLERS[0])
        assert set(world.rows.get(block_key(TEN))) == {"pk", "sk", "bad_until", "expires"}
        assert set(world.members(TEN)) == {"9", CALLERS[0][-1]}

    def test_a_member_that_it_writes_meanwhile_counts_and_moves_too(self, world, of_an_earlier_release, reason):
        """While a release is deployed both may run."""
        reported(world, *CALLERS[:3])
        of_an_earlier_release(TEN, "9")
        assert reason(f"{TEN}5") == "unknown"  # either counts for itself: neither has four
        reported(world, f"{TEN}3")
        assert set(world.members(TEN)) == {"0", "1", "2", "3", "9"}
        assert reason(f"{TEN}5") == "reported_block"

    def test_a_caller_who_is_forgotten_leaves_the_others(self, world, of_an_earlier_release, reason):
        of_an_earlier_release(TEN, "1234")
        forgetting = Desk(world.table, world.client).forgetting()
        gone = f"{TEN}1"
        forgetting.remove(forgetting.all_about(gone, "nobody"), gone)
        assert set(world.members(TEN)) == {"2", "3", "4"}
        assert reason(f"{TEN}9") == "unknown"


def test_a_block_is_not_bad_any_more_when_the_reports_on_a_number_are_forgotten(world, reason):
    callers = [f"{TEN}{ending}" for ending in range(4)]
    reported(world, *callers)
    assert reason(f"{TEN}9") == "reported_block"
    forgetting = Desk(world.table, world.client).forgetting()
    forgetting.remove(forgetting.all_about(callers[0], "nobody"), callers[0])
    assert reason(f"{TEN}9") == "unknown"


def test_nor_when_they_are_withdrawn(world, reason):
    said = [
        Reported(f"{TEN}{ending}", person, START, counted=True, added=("withdrawn",))
        for ending in range(4)
        for person in PEOPLE[:4]
    ]
    records = stream(said)
    for happened, why in ((records[::2], "reported_block"), (records[1:8:2], "unknown")):
        assert reputation.follow(happened, world.steady, world.aside.log, world.aside) == set()
        assert reason(f"{TEN}9") == why


def test_nor_where_another_function_is_at_the_block_just_then(world, reason, monkeypatch):
    callers = [f"{TEN}{ending}" for ending in range(4)]
    reported(world, *callers)
    write, refused = world.client.transact_write_items, []

    def another_is_first(**arguments):
        if len(refused) < 3:
            refused.append(arguments)
            reasons = [{"Code": "TransactionConflict"} for _ in arguments["TransactItems"]]
            told = {"Error": {"Code": "TransactionCanceledException", "Message": ""}, "CancellationReasons": reasons}
            raise ClientError(told, "TransactWriteItems")
        return write(**arguments)

    monkeypatch.setattr(world.client, "transact_write_items", another_is_first)
    forgetting = Desk(world.table, world.client).forgetting()
    forgetting.remove(forgetting.all_about(callers[0], "nobody"), callers[0])
    assert len(refused) == 3
    assert reason(f"{TEN}9") == "unknown"


def test_a_damaged_member_makes_no_block_unreadable(world, reason):
    reported(world, *CALLERS[:3])
    key = members_key(TEN)
    world.rows.update_if(key, "SET #m9 = :damage", "attribute_exists(pk)", damage={"spam": "x"})
    reported(world, f"{TEN}3")
    assert reason(f"{TEN}5") == "reported_block"


scores = st.builds(
    Score,
    as_of=st.just(START),
    spam=st.integers(0, 300 * MILLION),
    legit=st.integers(0, 3 * MILLION),
    young=st.sampled_from(["", str(START - DAY), f"{START - 2 * DAY} {START - DAY}:{START - 3 * DAY}"]),
)


@given(score=scores, days=st.lists(st.integers(0, 1200), max_size=20))
def test_a_score_is_bad_until_the_second_that_is_stored(score, days):
    until = bad_until(score)
    assert is_bad(score, START) == bool(until)
    if until:
        assert is_bad(score, until - 1)
        assert not is_bad(score, until)
    for now in (START + day * DAY for day in days):
        assert is_bad(score, now) == (now < until)


@given(
    members=st.dictionaries(st.integers(0, 99).map("{:02d}".format), scores, max_size=30),
    days=st.lists(st.integers(0, 400), min_size=1, max_size=20),
)
def test_a_block_is_bad_until_the_second_that_its_members_say(members, days):
    attributes = {
        f"m{ending}": {"as_of": one.as_of, "spam": one.spam, "legit": one.legit, "revision": 1, "young": one.young}
        for ending, one in members.items()
    }
    until = block_bad_until(attributes)
    for now in (START + day * DAY for day in days):
        assert Block(members).is_bad(now) == (now < until)
