"""Campaigns for the desk: two reported numbers of one hundred, or one that rang many lines within minutes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ivr.calls.call_record import CallRecord
from ivr.records.decoding import UnreadableError
from ivr.reputation.campaigns import Campaign, reported_key
from ivr.store import StoreUnavailableError
from tests.reputation.conftest import Unsteady
from tests.reputation.events import CALLERS, DAY, PEOPLE, START, Cleared, Reported, Talked, emitted, stream

ONE, OTHER, THIRD, NEIGHBOUR = CALLERS[:4]
HUNDRED = ONE[:-2]
ELSEWHERE = CALLERS[4]


def reported(caller, nth, at=START, *added):
    return Reported(caller, PEOPLE[nth], at, counted=True, added=added)


def happens(world, *happened):
    for record in stream(list(happened)):
        world.follow(record)


def rang_many(world, at, caller=ELSEWHERE, *, times=1):
    call = CallRecord(
        call_sid=f"CA{at:032d}",
        line="+12025550100",
        customer="person-a",
        verdict="flagged",
        reason="campaign",
        rang_at=at,
        expires=at + 90,
        caller=caller,
    )
    for _ in range(times):
        world.follow(emitted(call, "INSERT"))


def test_one_reported_number_is_no_campaign_and_two_of_a_hundred_are(world):
    happens(world, reported(ONE, 0), reported(ONE, 1, START + 60), reported(ELSEWHERE, 2))
    assert world.campaigns() == []
    happens(world, reported(NEIGHBOUR, 0, START + DAY, "prize"), reported(NEIGHBOUR, 1, START + DAY, "prize"))
    [campaign] = world.campaigns()
    assert [(one.number, one.reports) for one in campaign.numbers] == [(NEIGHBOUR, 2), (ONE, 2)]
    assert (campaign.block, campaign.reports, campaign.category) == (HUNDRED, 4, "prize")
    assert (campaign.begun, campaign.newest, campaign.last_report) == (START, START + DAY, START + DAY)


def test_the_campaign_heard_of_last_stands_in_front(world):
    happens(world, reported(ONE, 0), reported(OTHER, 1))
    happens(world, reported(ELSEWHERE, 0, START + 5), reported(f"{ELSEWHERE[:-2]}01", 0, START + 5))
    assert [one.block for one in world.campaigns()] == [ELSEWHERE[:-2], HUNDRED]
    happens(world, reported(THIRD, 0, START + 9))
    assert [one.block for one in world.campaigns()] == [HUNDRED, ELSEWHERE[:-2]]


def test_a_campaign_ends_when_its_reports_count_no_longer(world):
    happens(world, reported(ONE, 0), reported(OTHER, 1), Cleared(OTHER, START + DAY))
    assert world.campaigns() == []
    happens(world, reported(THIRD, 0, START + 2 * DAY))
    [campaign] = world.campaigns()
    assert [one.number for one in campaign.numbers] == [THIRD, ONE]


def test_a_number_that_rang_many_lines_is_a_campaign_and_writes_once_an_hour(world):
    rang_many(world, START, times=3)
    [campaign] = world.campaigns()
    assert (campaign.numbers[0].number, campaign.reports, campaign.last_report) == (ELSEWHERE, 0, 0)
    assert campaign.rang_many == campaign.begun == START - START % 3600
    changes = world.rows.get(reported_key(ELSEWHERE[:-2]))["changes"]
    rang_many(world, START + 60)
    assert world.rows.get(reported_key(ELSEWHERE[:-2]))["changes"] == changes
    rang_many(world, START - DAY)  # late: the greatest counts
    assert world.campaigns() == [campaign]


def test_a_number_that_was_stored_before_a_fault_is_listed_when_it_comes_again(world):
    failing = world.function(Unsteady(world.client, ["", "lost"]))
    with pytest.raises(StoreUnavailableError):
        failing.scores.campaigns.rang_many(ELSEWHERE, START)
    assert world.campaigns() == []
    rang_many(world, START)
    [campaign] = world.campaigns()
    assert campaign.numbers[0].number == ELSEWHERE


def test_a_short_code_is_in_no_block(world):
    rang_many(world, START, "1500")
    happens(world, reported("1500", 0))
    assert world.campaigns() == []


def test_what_was_stored_and_not_listed_is_listed_by_the_repeat(world):
    happens(world, reported(ONE, 0), reported(OTHER, 1))
    key = reported_key(HUNDRED)
    item = world.rows.get(key)
    world.rows.update_if(key, "REMOVE list_kind, list_key", "attribute_exists(pk)")
    assert world.campaigns() == []
    happens(world, reported(OTHER, 1))
    assert world.rows.get(key) == item


def test_a_damaged_number_is_replaced_by_its_next_report(world):
    happens(world, reported(ONE, 0), reported(OTHER, 1))
    world.rows.update_if(reported_key(HUNDRED), "SET m20 = :damage", "attribute_exists(pk)", damage={"revision": "x"})
    assert world.campaigns() == []
    happens(world, replace(reported(ONE, 2), at=START + 60))
    assert [one.block for one in world.campaigns()] == [HUNDRED]


def test_a_person_who_is_forgotten_is_no_number_of_a_campaign(store, world):
    happens(world, reported(ONE, 0), reported(OTHER, 1))
    forgetting = type(store)(world.table, world.client).forgetting()
    forgetting.remove(forgetting.all_about(ONE, "nobody"), ONE)
    [campaign] = world.campaigns()
    assert [one.number for one in campaign.numbers] == [OTHER]
    assert not campaign.is_campaign
    assert ONE[-2:] not in str([name for name in world.rows.get(reported_key(HUNDRED)) if name[0] in "mr"])


def test_a_number_of_which_nobody_reports_is_added_to_no_block(world):
    happens(world, Talked(ONE, PEOPLE[0], START, trusted=True))
    assert world.reputation(ONE).live == 0
    assert world.rows.get(reported_key(HUNDRED)) is None
    happens(world, reported(ONE, 1), reported(ONE, 1, START, "withdrawn"))  # no report, in place of one
    assert Campaign.from_item(world.rows.get(reported_key(HUNDRED))).numbers == ()


def test_a_campaign_is_kept_as_long_as_its_newest_report(world):
    happens(world, reported(ONE, 0))
    first = world.rows.get(reported_key(HUNDRED))["expires"]
    happens(world, reported(OTHER, 1, START + DAY))
    assert world.rows.get(reported_key(HUNDRED))["expires"] == first + DAY


def test_what_is_listed_already_is_not_written_again(world):
    happens(world, reported(ONE, 0), reported(OTHER, 1))
    before, written = world.rows.get(reported_key(HUNDRED)), []
    world.client.meta.events.register(
        "provide-client-params.dynamodb.TransactWriteItems", lambda params, **_: listing(params, written)
    )
    happens(world, reported(OTHER, 1))
    assert written == []
    assert world.rows.get(reported_key(HUNDRED)) == before


def listing(params, written):
    if "list_kind" in str(params):
        written.append(params)


def test_the_later_of_two_that_list_a_campaign_has_the_last_word(world):
    happens(world, reported(ONE, 0))
    raced = []

    def race(params, **_):
        if "list_kind" in str(params) and not raced:
            raced.append(1)
            happens(world, reported(THIRD, 2, START + DAY))

    world.client.meta.events.register("provide-client-params.dynamodb.TransactWriteItems", race)
    happens(world, reported(OTHER, 1, START + 60))
    assert raced
    assert world.rows.get(reported_key(HUNDRED))["list_key"] == f"{START + DAY:012d}#{HUNDRED}"


# What an item says.


def campaign(**attributes):
    return Campaign.from_item({"pk": "BLOCK#+9689123", "sk": "REPORTED", **attributes})


def reports(live, first, last, category=""):
    return {"revision": 1, "live": live, "first": first, "last": last, "category": category}


def test_a_number_is_heard_of_by_its_reports_and_by_its_calls():
    [one] = campaign(m12=reports(2, 500, 900), r12=300).numbers
    assert (one.number, one.begun, one.newest) == ("+968912312", 300, 900)
    [one] = campaign(m12=reports(2, 500, 900), r12=1200).numbers
    assert (one.begun, one.newest) == (500, 1200)


def test_a_campaign_is_about_what_most_people_report():
    told = campaign(m01=reports(1, 1, 9, "bank"), m02=reports(1, 1, 8, "bank"), m03=reports(5, 1, 7, "prize"))
    assert told.category == "prize"
    assert campaign(m01=reports(2, 1, 9, "prize"), m02=reports(2, 1, 8, "bank")).category == "bank"
    assert campaign(m01=reports(2, 1, 9)).category == ""


def test_an_item_of_another_place_is_no_campaign():
    with pytest.raises(UnreadableError):
        Campaign.from_item({"pk": "BLOCK#+9689123", "sk": "MEMBERS"})
