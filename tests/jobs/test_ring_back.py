"""A ring-back is placed once, to a number that is registered, whatever happens to its request."""

from __future__ import annotations

from http.client import HTTPConnection

import pytest

from infra.carrier import ANNOUNCED, HANG_UP, DoneButTimedOut, Phone, Refused, Reset, Slow, TimedOut
from infra.local import demo
from ivr.pseudonym import pseudonym
from ivr.screening.line import Line
from ivr.settings import Settings
from tests.conftest import ENVIRONMENT
from tests.jobs.conftest import CUSTOMER, LINE, asked_of, ring_back
from tests.slowly import slow_after

CREATE = "calls.create"


@pytest.fixture
def asked(store, function):
    job = ring_back()
    store.put_once(job)
    return job


@pytest.fixture
def outcome(jobs):
    def read(job):
        current = jobs.current(job)
        return current.state, current.outcome

    return read


def test_the_customer_is_rung_from_their_line_and_led_to_the_ring_back_page(
    asked, function, twilio, outcome, carrier, pickups
):
    pickups[CUSTOMER] = Phone(name="customer")
    function.follow()
    [request] = asked_of(twilio, CREATE)
    assert dict(request.form.pairs) == {
        "To": CUSTOMER,
        "From": LINE,
        "Url": "https://ivr.example.com/voice/ring_back/start?languages=en&leg=rung_back&asked=igim-hh-ik",
        "Method": "POST",
        "FallbackUrl": "https://ivr.example.com/voice/fallback",
        "FallbackMethod": "POST",
        "StatusCallback": "https://ivr.example.com/voice/status",
        "StatusCallbackMethod": "POST",
        "Timeout": "25",
    }
    carrier.run()
    [leg] = carrier.legs
    assert outcome(asked) == ("done", leg.sid)
    assert leg.transcript.said("customer", "en")


def test_a_ring_back_asked_for_on_the_report_line_rings_at_once(settle, function, twilio, pickups, carrier):
    pickups[demo.CUSTOMER] = Phone(keys=["1"], name="customer")
    carrier.place(from_="+96891234567", to=demo.PROTECTED_LINE, phone=Phone(keys=[ANNOUNCED]))
    carrier.run()
    settle()
    carrier.wait(600)
    carrier.place(from_=demo.CUSTOMER, to=demo.PROTECTED_LINE, phone=Phone(keys=["2", "1"]))
    carrier.run()
    function.follow()
    carrier.run()
    assert [request.form.get("To") for request in asked_of(twilio, CREATE)] == [demo.CUSTOMER]
    assert carrier.legs[-1].direction == "outbound-api"
    assert carrier.legs[-1].transcript.said("customer", "en")


@pytest.mark.parametrize(("key", "advised"), [("1", True), ("2", False)])
def test_a_loss_told_on_the_ring_back_is_in_the_sms(settle, function, twilio, pickups, carrier, key, advised):
    pickups[demo.CUSTOMER] = Phone(keys=["1", HANG_UP], name="customer")
    carrier.place(from_="+96891234567", to=demo.PROTECTED_LINE, phone=Phone(keys=[ANNOUNCED]))
    carrier.run()
    settle()
    carrier.place(from_=demo.CUSTOMER, to=demo.PROTECTED_LINE, phone=Phone(keys=["2", "1"]))
    carrier.run()
    pickups[demo.CUSTOMER] = Phone(keys=["1", "1", "1", "4", key, HANG_UP], name="customer")
    function.follow()
    carrier.run()
    assert carrier.messages == []
    function.follow()
    [message] = carrier.messages
    assert message.to == demo.CUSTOMER
    assert "never call" in message.body  # in the language that was chosen on the report line
    assert ("Public Prosecution" in message.body) == advised


def test_a_call_that_asks_twice_gets_one_ring_back(asked, store, function, twilio):
    function.follow()
    assert not store.put_once(ring_back(day="2026-11-25"))
    store.put_once(ring_back(call_sid="CA2"))
    function.follow()
    assert len(asked_of(twilio, CREATE)) == 2


def test_ten_deliveries_of_the_same_event_ring_once(asked, function, twilio):
    function.follow()
    for _ in range(10):
        assert function.deliver(function.seen * 2) == []
    assert len(asked_of(twilio, CREATE)) == 1


@pytest.mark.parametrize(
    ("fault", "end"),
    slow_after(
        5,
        [
            (Slow(0.05), "done"),
            (Refused(400, 21211), ("failed", "21211")),
            (Refused(401, 20003), ("failed", "20003")),
            (Refused(403), ("failed", "403")),
            (Refused(308), ("failed", "308")),
            (Refused(500, 20500), ("unknown", "http_500")),
            (Refused(503), ("unknown", "http_503")),
            (Refused(408), ("unknown", "http_408")),
            (
                Refused(201),
                ("unknown", "answer_unread"),
            ),  # the status says that it was done, and the answer cannot be read
            (Reset(), ("unknown", "connection_lost")),
            (TimedOut(), ("unknown", "timed_out")),
            (DoneButTimedOut(), ("unknown", "timed_out")),
        ],
    ),
)
def test_each_fault_has_its_outcome_and_no_second_request(asked, function, twilio, outcome, carrier, fault, end):
    twilio.faults.next(CREATE, fault)
    function.follow()
    assert function.waiting == []
    assert outcome(asked) == end or outcome(asked)[0] == end
    function.wait(1000)
    function.deliver(function.seen)
    assert len(asked_of(twilio, CREATE)) == 1
    carrier.run()
    assert len(carrier.legs) == int(isinstance(fault, Slow | DoneButTimedOut))


def test_a_ring_back_refused_with_429_is_retried_and_rings_once(asked, function, twilio, outcome):
    twilio.faults.next(CREATE, Refused(429, 20429), Refused(429))
    function.follow()
    assert outcome(asked) == ("asked", "")
    assert len(function.waiting) == 1
    function.follow()
    function.follow()
    assert outcome(asked)[0] == "done"
    assert function.waiting == []
    assert len(asked_of(twilio, CREATE)) == 3


def test_a_refused_connection_is_retried_for_five_minutes(asked, function, outcome, monkeypatch, twilio):
    closed = "http://127.0.0.1:9"
    monkeypatch.setattr(
        function.work.api.account, "settings", _with(function.work.settings, twilio_api_base_url=closed)
    )
    for waited in (0, 100, 100, 99):
        function.wait(waited)
        function.follow()
        assert outcome(asked) == ("asked", "")
    function.wait(1)
    function.follow()
    assert outcome(asked) == ("failed", "not_reached")
    assert function.waiting == []
    assert twilio.requests == []


def test_a_connection_that_times_out_is_retried(asked, function, outcome, monkeypatch, twilio):
    def connect(*_):
        raise TimeoutError

    with monkeypatch.context() as patched:
        patched.setattr(HTTPConnection, "connect", connect)
        function.follow()
    assert outcome(asked) == ("asked", "")
    function.follow()
    assert outcome(asked)[0] == "done"


def _with(settings, **changed):
    from dataclasses import replace

    return replace(settings, **changed)


def test_a_claim_without_a_result_becomes_unknown(asked, function, twilio, outcome, jobs):
    assert jobs.claim(asked, int(function.clock[0]))
    function.follow()
    assert len(function.waiting) == 1  # another function may be working on it
    function.wait(91)
    assert jobs.current(asked).state_at(int(function.clock[0])) == "unknown"  # shown so before anybody stores it
    function.follow()
    assert outcome(asked) == ("unknown", "never_told")
    function.deliver(function.seen)
    assert twilio.requests == []


def test_a_ring_back_whose_outcome_was_not_stored_is_not_placed_again(asked, function, twilio, outcome, outage, jobs):
    settle, outage.only = jobs.finish, ("UpdateItem",)

    def fails(*arguments):
        outage.down = True
        return settle(*arguments)

    jobs.finish = fails
    function.follow()
    outage.down, jobs.finish = False, settle
    assert outcome(asked) == ("claimed", "")
    function.wait(91)
    function.follow()
    assert outcome(asked) == ("unknown", "never_told")
    assert len(asked_of(twilio, CREATE)) == 1


def test_a_late_result_overrides_a_claim_marked_unknown(asked, function, jobs, outcome):
    claimed = jobs.claim(asked, 5)
    assert jobs.finish(claimed, "unknown", "never_told")
    assert jobs.finish(claimed, "done", "CA2")
    assert outcome(asked) == ("done", "CA2")
    assert not jobs.finish(claimed, "unknown", "never_told")


def test_of_two_functions_that_race_one_rings(asked, function, jobs, twilio, monkeypatch):
    claim = jobs.claim

    def beaten(job, now, **more):
        assert claim(job, now, **more)
        return claim(job, now, **more)

    monkeypatch.setattr(jobs, "claim", beaten)
    function.follow()
    assert len(function.waiting) == 1
    assert twilio.requests == []


def test_an_outage_of_the_store_is_retried(asked, function, twilio, outage, outcome):
    outage.down = True
    records = [record for record in function.fetch() if record["dynamodb"]["Keys"]["sk"]["S"] == "RING_BACK"]
    assert function.deliver(records) == records != []
    outage.down = False
    assert function.deliver(records) == []
    assert outcome(asked)[0] == "done"


def test_a_number_that_is_no_longer_registered_is_not_rung(asked, store, function, twilio, outcome):
    store.put(Line(number=LINE, kind="protected", ring_to="+96891110000"))
    function.follow()
    assert outcome(asked) == ("failed", "unregistered")
    assert twilio.requests == []


def test_a_removed_line_rings_nobody(store, function, twilio, outcome):
    job = ring_back(line="+96824999999")
    store.put_once(job)
    function.follow()
    assert outcome(job) == ("failed", "unregistered")
    assert twilio.requests == []


def test_a_premium_number_is_never_rung_even_if_somebody_registered_it(store, function, twilio, outcome):
    premium = "+96890012345"
    store.put(Line(number=LINE, kind="protected", ring_to=premium))
    job = ring_back(person=pseudonym(premium, ENVIRONMENT["HMAC_KEY"]))
    store.put_once(job)
    function.follow()
    assert outcome(job) == ("failed", "premium")
    assert twilio.requests == []


class TestWithoutAnAccount:
    @pytest.fixture
    def environment(self, environment):
        return environment | {"TWILIO_ACCOUNT_SID": ""}

    def test_nobody_is_rung_and_the_job_says_why(self, asked, function, twilio, outcome):
        function.follow()
        assert outcome(asked) == ("failed", "no_account")
        assert twilio.requests == []


def test_removed_items_place_no_ring_back(asked, function, twilio):
    [record] = [one for one in function.fetch() if one["dynamodb"]["Keys"]["sk"]["S"] == "RING_BACK"]
    gone = {"Keys": record["dynamodb"]["Keys"], "OldImage": record["dynamodb"]["NewImage"]}
    function.deliver([record | {"eventName": "REMOVE", "dynamodb": gone}])
    assert twilio.requests == []


def test_the_customer_has_time_to_hang_up_before_the_ring_back(environment, asked, function, twilio, monkeypatch):
    waited = []
    monkeypatch.setattr(function.work, "pause", waited.append)
    monkeypatch.setattr(
        function.work, "settings", Settings.from_environment(environment | {"RING_BACK_AFTER_SECONDS": "10"})
    )
    function.follow()
    assert waited == [10]
    assert len(asked_of(twilio, CREATE)) == 1
