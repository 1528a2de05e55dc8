"""How months, the desk and the table's TTL change a caller's stored evidence."""

from __future__ import annotations

import pytest

from ivr.reputation.evidence import Clearing, Evidence, order_of
from ivr.reputation.items import members_key
from ivr.reputation.keys import caller_partition
from ivr.reputation.latest import REPORT, latest_key
from ivr.reputation.scoring import is_bad
from ivr.reputation.weights import WEIGHTS
from ivr.statistics.mark import DISPUTE, Mark
from ivr.store import scores
from tests.reputation.events import CALLERS, DAY, KEPT, PEOPLE, START, Cleared, Reported, stream

CALLER = CALLERS[0]


def reports(people, at=START, caller=CALLER, added=()):
    return [Reported(caller, person, at, counted=True, added=added) for person in people]


def follow(world, happened):
    for record in stream(happened):
        world.follow(record)


def let_ttl_remove(world, caller):
    for pk, sk in world.everything():
        if pk == f"CALLER#{caller}":
            world.client.delete_item(TableName=world.table, Key={"pk": {"S": pk}, "sk": {"S": sk}})


def seed_evidence(world, people, at):
    """Evidence of many, straight into the table."""
    for n in range(0, people, 25):
        put = []
        for one in range(n, min(n + 25, people)):
            order = order_of(at, f"CA{one:032d}#screened", 0)
            known = Evidence(caller=CALLER, person=f"a{one:06}", axis="spam", at=at, order=order, expires=at + KEPT)
            put.append({"PutRequest": {"Item": world.rows.item(known)}})
        world.client.batch_write_item(RequestItems={world.table: put})


def test_four_neighbours_make_their_block_of_ten_bad_and_a_clearing_mends_it(world):
    for last in "0123":
        assert not world.block("+1303555012").is_bad(START)
        follow(world, reports(PEOPLE[:4], caller=f"+1303555012{last}"))
    assert world.block("+1303555012").is_bad(START)
    assert not world.block("+130355501").is_bad(START)
    follow(world, [Cleared("+13035550122", START)])
    assert not world.block("+1303555012").is_bad(START)


@pytest.mark.slow
def test_eight_over_four_blocks_of_ten_make_a_block_of_a_hundred_bad(world):
    for n, last in enumerate(("20", "21", "30", "31", "40", "41", "50", "51")):
        assert not world.block("+130355501").is_bad(START), n
        follow(world, reports(PEOPLE[:4], caller=f"+130355501{last}"))
    assert world.block("+130355501").is_bad(START)
    assert not any(world.block(f"+130355501{ten}").is_bad(START) for ten in range(10))


def test_a_number_that_was_never_bad_is_in_no_block(world):
    follow(world, reports(PEOPLE[:3]))
    assert world.members("+1303555012") == {}


def test_a_reputation_that_ttl_removed_is_newer_than_its_entry_in_the_block(world):
    follow(world, reports(PEOPLE, added=("prize",)))
    assert world.members("+1303555012")["0"].spam == 6_000_000
    let_ttl_remove(world, CALLER)
    much_later = reports(PEOPLE[:1], START + 500 * DAY)
    follow(world, much_later)
    world.must_be(much_later, [CALLER])


@pytest.mark.parametrize(
    "happened",
    [
        reports(PEOPLE[:1], added=("withdrawn",))[:1],
        [Cleared(CALLER, START)],
        [Cleared(CALLER, START), *reports(PEOPLE[:1], START - 1)],
    ],
    ids=["withdrawn", "cleared with no evidence", "cleared before"],
)
def test_evidence_that_does_not_count_leaves_no_expired_item(world, happened):
    world.follow(stream(happened)[-1])
    stored = world.reputation(CALLER)
    assert stored is None or stored.expires > START


def test_a_reputations_expiry_never_moves_back(world):
    follow(world, reports(PEOPLE))
    expires = world.reputation(CALLER).expires
    for happened in ([Cleared(CALLER, START + 1)], reports(PEOPLE[:1], START + 2, added=("withdrawn",))):
        follow(world, happened)
        assert world.reputation(CALLER).expires >= expires


def test_clearing_an_old_member_does_not_shorten_the_life_of_a_block(world):
    follow(world, reports(PEOPLE))
    follow(world, reports(PEOPLE, START + 300 * DAY, caller=CALLERS[1]))
    before = world.everything()[members_key("+1303555012")]["expires"]
    follow(world, [Cleared(CALLER, START + 301 * DAY)])
    assert world.members("+1303555012")["0"].spam == 0
    assert world.everything()[members_key("+1303555012")]["expires"] == before


@pytest.fixture
def five_are_read(monkeypatch):
    """Of a caller's evidence five pieces are read, not two hundred: moto's transactions copy the whole table."""
    monkeypatch.setattr(scores, "WEIGHTS", WEIGHTS._replace(most_evidence_read=5))


@pytest.mark.parametrize("before", [4, 6, 13, 28])
def test_four_reports_flag_a_cleared_caller_again_however_many_there_were_before(world, five_are_read, before):
    """Evidence from before the clearing must not crowd out what came after."""
    seed_evidence(world, before, START)
    world.steady.scores.refresh(CALLER)
    assert world.reputation(CALLER).more == (before > 5)
    follow(world, [Cleared(CALLER, START + DAY)])
    assert world.reputation(CALLER).live == 0
    follow(world, reports(PEOPLE[:4], START + 2 * DAY))
    score = world.reputation(CALLER).score
    assert (score.live, score.more) == (4, 0)
    assert is_bad(score, START + 2 * DAY)


def test_what_was_counted_of_many_disputes_crowds_no_evidence_out(world, five_are_read):
    for nth in range(20):
        mark = Mark(owner=caller_partition(CALLER), what=f"{DISPUTE}#{START + nth}", stage=1, counted="x", expires=1)
        world.rows.put(mark)
    follow(world, reports(PEOPLE[:4], START))
    score = world.reputation(CALLER).score
    assert score.live == 4
    assert is_bad(score, START)


def test_new_evidence_survives_the_removal_of_the_old(world, five_are_read):
    seed_evidence(world, 9, START)
    world.rows.put(Clearing(caller=CALLER, cleared_at=START + DAY))
    [report] = stream(reports(["a000003"], START + 2 * DAY))
    transact = world.client.transact_write_items

    class Meanwhile:
        """The person reports again between the reading of their old evidence and its removal."""

        def __getattr__(self, name):
            return getattr(world.client, name)

        def transact_write_items(self, **arguments):
            world.follow(report, world.function(world.client))
            return transact(**arguments)

    world.function(Meanwhile()).scores.refresh(CALLER)
    world.steady.scores.refresh(CALLER)
    assert world.reputation(CALLER).live == 1


def test_more_than_two_hundred_reporters_are_read_as_two_hundred(world):
    seed_evidence(world, 230, START)
    follow(world, reports(["a-latecomer"], START + 60))
    score = world.reputation(CALLER).score
    assert (score.live, score.more) == (200, 1)


@pytest.mark.parametrize("turned", [1, -1])
def test_of_two_reports_in_one_second_the_greater_id_is_the_latest_in_any_order(world, turned):
    """The greatest (time, id) wins, for a person's latest report too."""
    records = stream([*reports(PEOPLE[:1]), *reports(PEOPLE[:1], caller=CALLERS[1])])
    for record in records[::turned]:
        world.follow(record)
    assert world.everything()[latest_key(PEOPLE[0], REPORT)]["call_sid"]["S"] == f"CA{1:032d}"
