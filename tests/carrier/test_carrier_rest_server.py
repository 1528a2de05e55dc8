"""The server itself: credentials, unknown endpoints, faults of calls, and its thread."""

import threading

import pytest
import requests
from requests import Timeout
from twilio.base.exceptions import TwilioException, TwilioRestException

from infra.carrier import DoneButTimedOut, Late, Phone, Refused, Reset, Slow, TimedOut

BASE, LINE, CUSTOMER = "https://ivr.example", "+12025550100", "+12025550111"


@pytest.fixture
def back(app):
    app["/voice/back"] = "<Say>Hello</Say>"
    return app


def customer():
    return {CUSTOMER: Phone(name="customer")}


def test_a_wrong_token_is_not_let_in(rest):
    with_rest = rest()
    with pytest.raises(TwilioRestException) as refused:
        with_rest.client_with(token="wrong").calls.create(to=CUSTOMER, from_=LINE, url=f"{BASE}/voice/back")
    assert (refused.value.status, refused.value.code) == (401, 20003)
    assert with_rest.server.requests == []


@pytest.mark.parametrize("header", ["", "Bearer abc", "Basic !", "Basic /w=="])
def test_broken_credentials(rest, header):
    path = f"/2010-04-01/Accounts/AC{'0' * 32}/Calls.json"
    answer = requests.post(rest().server.base_url + path, headers={"Authorization": header}, timeout=5)
    assert (answer.status_code, answer.json()["code"]) == (401, 20003)


@pytest.mark.parametrize(("resource", "status"), [("applications", 404), ("messages", 405)])
def test_an_endpoint_that_is_not_simulated_is_an_http_error(rest, resource, status):
    with pytest.raises(TwilioException, match=f"HTTP {status}"):
        getattr(rest().client, resource).list(limit=1)


def test_nothing_can_be_deleted(rest):
    with pytest.raises(TwilioRestException) as refused:
        rest().client.calls("CA" + "1" * 32).delete()
    assert refused.value.status == 405


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fault", "error", "rung"),
    [
        (Refused(429, 20429), TwilioRestException, 0),
        (Reset(), requests.ConnectionError, 0),
        (TimedOut(), Timeout, 0),
        (DoneButTimedOut(), Timeout, 1),
        (Slow(0.8), Timeout, 1),
    ],
)
def test_a_call_that_failed_may_have_rung(back, rest, fault, error, rung):
    with_rest = rest(pickups=customer(), timeout=0.3 if error is Timeout else 30.0)
    with_rest.faults.next("calls.create", fault)
    with pytest.raises(error):
        with_rest.calls_back()
    while len(with_rest.carrier.network.commands) < rung:
        with_rest.server.hold(0.01)
    with_rest.carrier.run()
    assert len(with_rest.carrier.legs) == rung


def test_a_call_that_starts_late(back, rest):
    with_rest = rest(pickups=customer())
    with_rest.faults.next("calls.create", Late(after=7))
    with_rest.calls_back()
    with_rest.carrier.run()
    assert with_rest.carrier.legs[0].placed_at == 7


def test_an_update_that_acts_late(back, rest):
    with_rest = rest(pickups=customer())
    with_rest.faults.next("calls.update", Late(after=3))

    def answer(form):
        with_rest.client.calls(form["CallSid"]).update(url=f"{BASE}/voice/moved")
        return '<Pause length="60"/>'

    back["/voice/back"] = answer
    back["/voice/moved"] = "<Say>Moved</Say>"
    with_rest.calls_back()
    with_rest.carrier.run()
    (said,) = [entry for entry in with_rest.carrier.calls[0].transcript if entry.kind == "said"]
    assert (said.at, said.text) == (9, "Moved")


def test_requests_are_recorded(back, rest):
    with_rest = rest(pickups=customer())
    made = with_rest.calls_back()
    with_rest.client.calls(made.sid).update(status="completed")
    assert [(asked.endpoint, asked.sid) for asked in with_rest.server.requests] == [
        ("calls.create", ""), ("calls.update", made.sid),
    ]  # fmt: skip


def test_one_server_may_serve_several_carriers(back, carrier, rest):
    with_rest = rest()
    for _ in range(2):
        network = carrier(pickups=customer())
        network.answers_on(with_rest.server)
        with_rest.calls_back()
        network.run()
        assert len(network.calls) == 1
    assert with_rest.carrier.calls == []


def test_time_passes_for_calls_over_rest_too(back, rest):
    with_rest = rest(pickups=customer())
    with_rest.calls_back()
    with_rest.carrier.wait(30)
    assert with_rest.carrier.left_behind == []
    assert with_rest.carrier.calls[0].transcript.said() == ["Hello"]


def test_no_thread_outlives_the_server(carrier):
    before = threading.active_count()
    with carrier().rest():
        assert threading.active_count() == before + 1
    assert threading.active_count() == before


def test_a_bug_of_the_application_in_a_last_callback_is_not_swallowed(app, rest):
    app["/voice/incoming"] = "<Hangup/>"
    app["/voice/status"] = lambda _form: {}["missing"]
    with_rest = rest()
    with_rest.carrier.place(from_="+96891234567", to=LINE, phone=Phone())
    with pytest.raises(KeyError):
        with_rest.carrier.run()
