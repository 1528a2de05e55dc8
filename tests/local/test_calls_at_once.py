"""Many calls at once over real HTTP, on lines of their own: each has its own REST API and its own log lines."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from infra.carrier import ANNOUNCED, HANG_UP, Carrier, Phone, http_post
from infra.local.exchange import REST_HEADER
from infra.local.stack import Stack
from ivr.screening.line import Line
from tests.local.conftest import TOKEN

CALLS = 8


@pytest.fixture
def stack(log, database):
    with Stack({"TWILIO_AUTH_TOKEN": TOKEN}, log=log, database=database) as stack:
        yield stack


@pytest.fixture
def hold(stack):
    """Hold the nth call, with a carrier of its own, to its end."""

    def hold(nth, customer_keys):
        line, customer = f"+120255501{20 + nth}", f"+120255501{40 + nth}"
        stack.store.put(Line(number=line, kind="protected", ring_to=customer))
        post, rest = http_post(), []
        carrier = Carrier(
            lambda url, form, headers: post(url, form, {**headers, REST_HEADER: rest[0]}),
            base_url=stack.address,
            auth_token=TOKEN,
            pickups={customer: Phone(keys=customer_keys, name="customer")},
        )
        with carrier.rest() as server:
            rest.append(server.base_url)
            call = carrier.place(from_=f"+9689123456{nth}", to=line, phone=Phone(keys=[ANNOUNCED]))
            carrier.run()
            return call, carrier

    return hold


@pytest.mark.slow
def test_each_of_many_calls_at_once_is_moved_by_its_own_carrier(stack, hold, log):
    with ThreadPoolExecutor(CALLS) as pool:
        held = list(pool.map(lambda nth: hold(nth, ["1"]), range(CALLS)))
    for call, carrier in held:
        assert any(entry.kind == "bridged" and "in CA" in str(entry.text) for entry in call.transcript), call.transcript
        assert not carrier.failures
    metrics = [json.loads(line).get("metric") for line in log.getvalue().splitlines()]
    assert "rest_failed" not in metrics


def test_each_of_many_calls_at_once_is_logged_under_its_own_id(stack, hold, log):
    with ThreadPoolExecutor(CALLS) as pool:
        held = list(pool.map(lambda nth: hold(nth, ["9", "1", "2", HANG_UP]), range(CALLS)))
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    for metric in ("call_screened", "report_recorded"):
        told = [line["call_sid"] for line in lines if line.get("message") == metric]
        assert sorted(told) == sorted(call.sid for call, _ in held)
    stored = {
        report.call_sid: report.reference for call, _ in held for report in stack.store.calls.with_reports(call.sid)[1]
    }
    recorded = {line["call_sid"]: line["reference"] for line in lines if line.get("message") == "report_recorded"}
    assert recorded == stored
