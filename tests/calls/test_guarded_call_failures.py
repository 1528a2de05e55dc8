"""The guarded call when Twilio's REST API or DynamoDB fails: bridged instead, and nobody is left alone."""

from __future__ import annotations

import pytest

from infra.carrier import ANNOUNCED, PRESS_IN_TALK, DoneButTimedOut, Late, Refused, Reset, Slow, TimedOut
from infra.local import demo
from ivr.calls.outcome import Outcome
from ivr.telephony.twilio import rest
from tests.calls.test_guarded_call import STAR, alone_for, listed, network, ring_is_open
from tests.conftest import BASE_URL
from tests.slowly import slow_but

pytestmark = (
    pytest.mark.slow
)  # every request of a guarded call fails in turn; test_guarded_call.py stays in the quick run

__all__ = ["alone_for", "listed", "network", "ring_is_open"]
ENDED_BY_STAR, ONE_IN_TALK = ["1", STAR, "2", "2", "1"], ["1", PRESS_IN_TALK("1", after=3)]


@pytest.fixture(autouse=True)
def _impatient(monkeypatch):
    monkeypatch.setattr(rest, "IN_A_CALL_SECONDS", 0.2)


OPERATIONS = ["PutItem", "UpdateItem", "GetItem", "Query", "TransactWriteItems", "BatchGetItem"]
NOT_DONE = {
    "refused": Refused(),
    "refused for good": Refused(400, 21220, "Call is not in-progress."),
    "too many": Refused(429, 20429, "Too many requests"),
    "reset": Reset(),
    "timed out": TimedOut(0.4),
}
FOR_SURE = [NOT_DONE["refused for good"], NOT_DONE["too many"]]  # after the others it may have been done
DONE = {
    "slow": Slow(0.1),
    "late": Late(1),
    "later": Late(2.5),
    "timed out but done": DoneButTimedOut(0.4),
}


@pytest.mark.parametrize(
    "fault", slow_but([NOT_DONE["refused"], NOT_DONE["timed out"]], NOT_DONE.values()), ids=NOT_DONE
)
def test_a_move_that_fails_leaves_the_two_bridged(ring, rest_server, store, alone_for, fault):
    rest_server.faults.always("calls.update", fault)
    call = ring(caller=[ANNOUNCED], customer=["1"])
    assert call.talked
    assert not call.talked_in_conference
    assert call.customer.hears("connecting")
    assert not call.customer.hears_key("end_and_report", "*")  # what does not work is not promised
    assert alone_for() == 0
    record = store.calls.get(call.sid)
    assert record.ended_at
    assert record.talked


@pytest.mark.parametrize(
    "fault", slow_but([NOT_DONE["too many"], NOT_DONE["timed out"]], NOT_DONE.values()), ids=NOT_DONE
)
def test_a_report_goes_on_in_the_whisper_where_its_leg_is_not_moved(ring, rest_server, store, reports, fault):
    rest_server.faults.always("calls.update", fault)
    call = ring(caller=[ANNOUNCED], customer=["9", "2", "1"])
    assert call.customer.hears("recorded")
    assert " ".join(call.customer.heard).count("Your report has been recorded.") == 1
    assert call.customer.hears("please_call_care")
    assert [(report.category, report.loss) for report in reports()] == [("secrets", "yes")]
    assert not call.talked
    assert store.calls.get(call.sid).moved_to == ("" if fault in FOR_SURE else "report/questions")


@pytest.mark.parametrize("network", [{"update_during_whisper": "at_once"}], ids=["at once"])
def test_a_leg_that_was_moved_after_all_is_not_moved_again(ring, rest_server, carrier, store):
    """The key's webhook is repeated when Twilio answers again: the customer talks to customer care."""
    rest_server.faults.next("calls.update", DoneButTimedOut(0.4))

    def press_again():
        while not [leg for leg in carrier.legs if leg.to == demo.CARE]:
            yield carrier.network.env.timeout(1)
        yield carrier.network.env.timeout(35)
        customer = next(leg for leg in carrier.legs if leg.to == demo.CUSTOMER)
        assert customer.is_alive
        asked = len(rest_server.requests)
        carrier.network.webhooks.send(
            f"{BASE_URL}/voice/whisper/offer?leg=customer", {**customer.form(), "Digits": "0"}
        )
        assert len(rest_server.requests) == asked

    carrier.network.env.process(press_again())
    call = ring(caller=[ANNOUNCED], customer=["0"], care=["1"])
    assert call.rang(demo.CARE)
    assert store.outcomes.details(call.sid).ending.outcome == Outcome.CARE


@pytest.mark.parametrize("keys", [["9", "2", "1"], ["0"]], ids=["9", "0"])
def test_a_leg_is_moved_even_if_that_cannot_be_stored(ring, outage, network, keys):
    outage.down, outage.touching = True, "moved_to"
    call = ring(caller=[ANNOUNCED], customer=keys, care=["1"])
    assert call.rang(demo.CARE) or network["update_during_whisper"] != "at_once"
    assert call.caller.hears("not_available")


def test_a_proxys_answer_to_a_move_is_an_outage_and_no_bug(ring, rest_server):
    rest_server.faults.always("calls.update", Refused(200))  # its body is no JSON
    call = ring(caller=[ANNOUNCED], customer=["1"])
    assert not call.customer.hears("apology", "en")


def test_a_proxys_answer_to_a_status_leaves_it_unknown(ring, rest_server, reports):
    rest_server.faults.always("calls.fetch", Refused(200))
    ring(caller=[ANNOUNCED], customer=["1", STAR, "2", "1", "2"])
    assert reports()


@pytest.mark.parametrize("fault", slow_but([DONE["late"], DONE["timed out but done"]], DONE.values()), ids=DONE)
def test_a_slow_move_still_brings_both_to_the_conference(ring, rest_server, reports, alone_for, fault):
    rest_server.faults.always("calls.update", fault)
    call = ring(caller=[ANNOUNCED], customer=["1", STAR, "1", "2"])
    assert call.talked_in_conference
    assert alone_for() <= 12
    assert reports()


def test_after_a_failure_twilio_is_left_alone_for_half_a_minute(ring, rest_server, carrier):
    rest_server.faults.always("calls.update", TimedOut(0.4))
    ring(caller=[ANNOUNCED], customer=["1"], customers_phone={"talks_for": 5})
    asked = len(rest_server.requests)
    call = ring(demo.TRUSTED, customer=["1"], customers_phone={"talks_for": 5})
    assert call.talked
    rest_server.faults.always("calls.update", None)
    carrier.wait(60)
    assert ring(caller=[ANNOUNCED], customer=["1"]).talked_in_conference
    assert len(rest_server.requests) > asked


@pytest.mark.parametrize("network", [{"deliveries": 2}], ids=["each twice"])
def test_a_repeated_key_does_not_wait_for_twilio_again(ring, rest_server):
    rest_server.faults.always("calls.update", TimedOut(0.4))
    before = len(rest_server.requests)
    assert ring(caller=[ANNOUNCED], customer=["1"], customers_phone={"talks_for": 5}).talked
    assert [asked.endpoint for asked in rest_server.requests[before:]].count("calls.update") == 1


class TestACustomerWhoIsAlone:
    @pytest.fixture
    def network(self):
        return {"update_during_whisper": "at_once"}  # else a caller who leaves so soon has not been left by anybody

    def test_is_let_go_as_soon_as_twilio_answers_again(self, ring, rest_server, alone_for):
        rest_server.faults.next("calls.update", None, Refused(503), Refused(503))
        call = ring(caller=[ANNOUNCED], callers_phone={"hangs_up_after": 75}, customer=["1"])
        assert call.customer.hears("caller_gone")
        assert alone_for() <= 45  # of which Twilio refused most

    def test_is_let_go_though_nothing_can_be_stored_of_a_move_that_fails(self, ring, rest_server, outage, alone_for):
        rest_server.faults.next("calls.update", None, Refused(503), Refused(503))
        outage.down, outage.touching = True, "REMOVE moved_to"
        call = ring(caller=[ANNOUNCED], callers_phone={"hangs_up_after": 75}, customer=["1"])
        assert call.customer.hears("caller_gone")
        assert alone_for() <= 45

    def test_is_let_go_after_a_move_timed_out(self, ring, rest_server, alone_for):
        rest_server.faults.next("calls.update", DoneButTimedOut(0.4))
        call = ring(caller=[ANNOUNCED], callers_phone={"hangs_up_after": 75}, customer=["1"])
        assert call.customer.hears("caller_gone")
        assert alone_for() <= 12


def test_zero_is_not_offered_while_legs_cannot_be_moved(ring, rest_server, environment):
    environment["TWILIO_ACCOUNT_SID"] = ""
    call = ring(caller=[ANNOUNCED], customer=["9", "1", "2"])
    assert not call.customer.hears_key("care", "0")
    assert call.customer.hears("recorded")
    assert call.customer.hears("reference")
    assert not rest_server.requests


def test_star_is_not_taken_for_a_caller_who_left_though_twilio_does_not_answer(ring, rest_server, reports):
    rest_server.faults.always("calls.fetch", Refused())
    ring(caller=[ANNOUNCED], customer=["1", STAR, "1", "2"])
    assert reports()


def test_a_caller_who_left_is_not_taken_for_star_though_twilio_does_not_answer(ring, rest_server, reports):
    rest_server.faults.always("calls.fetch", Refused())
    call = ring(caller=[ANNOUNCED], callers_phone={"talks_for": 20}, customer=["1"])
    assert call.customer.hears("caller_gone")
    assert not reports()


@pytest.mark.parametrize(
    "keys", slow_but((["1"], ["9", "1", "2"]), [["1", STAR, "2", "2", "1", "2"], ["1"], ["9", "1", "2"], ["0"]])
)
def test_the_same_webhooks_twice_have_one_effect(ring, network, reports, alone_for, keys, request):
    network["deliveries"] = 3
    network["disorder_seed"] = 11
    carrier = request.getfixturevalue("carrier")
    ring(caller=[ANNOUNCED], customer=keys, care=["1"])
    assert len(reports()) == (keys[-1] == "2")
    assert alone_for() <= 12
    assert not carrier.errors


# Every operation of the table, and every kind of item that it may be about.
@pytest.mark.parametrize("only", slow_but(("UpdateItem", "TransactWriteItems"), OPERATIONS))
@pytest.mark.parametrize("after", slow_but((77,), [19, 74, 77, 85]))
@pytest.mark.parametrize("keys", slow_but((ENDED_BY_STAR,), [ENDED_BY_STAR, ONE_IN_TALK, ["9", "1", "2"]]))
def test_dynamodb_down_from_any_moment_on_leaves_nobody_alone(
    ring, carrier, outage, alone_for, reports, only, after, keys
):
    outage.only = (only,)
    carrier.network.env.process(_goes_down(carrier, outage, after))
    call = ring(caller=[ANNOUNCED], customer=keys, care=["1"])
    assert alone_for() <= 25  # neither leg's place is known; a person who is alone is let go all the same
    if call.customer.hears("reference", "en"):
        outage.down = False
        assert len(reports()) == 1


def test_one_failed_look_at_the_record_still_connects_the_two(ring, outage):
    outage.touching, outage.times = "joined_at", 1
    call = ring(caller=[ANNOUNCED], customer=["1"])
    assert call.talked_in_conference


def test_a_caller_who_cannot_join_the_conference_is_not_left_in_silence(ring, carrier, outage, network):
    outage.touching, outage.down = "joined_at", True
    call = ring(caller=[ANNOUNCED], customer=["1"])
    assert not call.talked_in_conference
    if network["update_during_whisper"] == "at_once":  # else they were joined until the move took effect
        assert call.caller.hears("not_available")


def _goes_down(carrier, outage, after):
    yield carrier.network.env.timeout(after)
    outage.down = True
