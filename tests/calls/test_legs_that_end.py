"""The end of a call: two legs that end at once, a release of the line that fails, and what the desk sees between."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from botocore.exceptions import EndpointConnectionError

from infra.carrier import ANNOUNCED, HANG_UP, HANG_UP_RINGING, PRESS_IN_TALK, Answer
from ivr.desk.calls import row_of
from tests.calls.test_guarded_call import ring_is_open
from tests.slowly import slow_but

__all__ = ["ring_is_open"]

REPORTS = ["9", "1", "2"]
BEFORE_WHICH_REQUEST = range(5)  # of the first callback; it has at most four, so at the last one it is over
FAILING = {
    "first": lambda nth, _: nth == 1,
    "all but a callback's": lambda _, path: path != "/voice/status",
}


def leg_of(form):
    return "customer" if "ParentCallSid" in dict(form) else "caller"


def seconds_of_caller(call):
    [leg] = [leg for leg in call.call.legs if not leg.parent]
    return leg.duration


class Between:
    """Runs something before one of DynamoDB's requests, counted from now."""

    def __init__(self, client):
        self._left, self._act = 0, None
        client.meta.events.register("before-call.dynamodb", self._before_call)

    def run(self, act, before):
        self._left, self._act = before, act

    def finish(self):
        if self._act:
            act, self._act = self._act, None
            act()

    def _before_call(self, **_):
        if self._act:
            if not self._left:
                self.finish()
            self._left -= 1


class TestBothAtOnce:
    @pytest.fixture(params=["caller", "customer"])
    def first(self, request):
        """Whose callback comes first, and is under way when the other one comes."""
        return request.param

    @pytest.fixture(params=slow_but((1, 2), BEFORE_WHICH_REQUEST))
    def before(self, request):
        """Before which of its requests the other callback is answered as a whole."""
        return request.param

    @pytest.fixture
    def post(self, post, dynamodb, first, before):
        """Twilio's POST, which keeps the first callback that comes until the other leg's is there."""
        kept, between = {}, Between(dynamodb)

        def at_once(url, form, headers):
            if urlsplit(url).path != "/voice/status":
                return post(url, form, headers)
            kept[leg_of(form)] = url, form, headers
            if len(kept) == 2:
                second = kept["customer" if first == "caller" else "caller"]
                between.run(lambda: post(*second), before)
                post(*kept[first])
                between.finish()
            return Answer(204, "", "")

        return at_once

    @pytest.mark.parametrize(
        ("customer", "outcome", "keys"),
        [
            (REPORTS, "reported", {"whisper.offer": "9", "report.what": "1", "report.lost": "2"}),
            (["1", HANG_UP], "accepted", {"whisper.offer": "1"}),
            (["3"], "declined", {"whisper.offer": "3"}),
        ],
        ids=["reported", "accepted", "declined"],
    )
    def test_one_outcome_is_stored_and_logged(self, ring, store, caplog, ring_is_open, customer, outcome, keys):
        call = ring(caller=[ANNOUNCED], customer=customer)
        [line] = [line.line for line in caplog.records if line.message == "call_ended"]
        row = row_of(store.outcomes.details(call.sid))
        assert (line["outcome"], line["keys"]) == (outcome, keys)
        assert line["seconds"] == row.seconds == seconds_of_caller(call) > 0
        assert (row.outcome, row.is_open) == (outcome, False)
        assert not ring_is_open()


class TestTheCustomersCallbackIsLost:
    @pytest.fixture
    def post(self, post):
        def losing(url, form, headers):
            lost = urlsplit(url).path == "/voice/status" and leg_of(form) == "customer"
            return Answer(204, "", "") if lost else post(url, form, headers)

        return losing

    def test_the_desk_sees_an_open_call_with_the_callers_seconds(self, ring, store, caplog):
        call = ring(caller=[ANNOUNCED], customer=REPORTS)
        row = row_of(store.outcomes.details(call.sid))
        assert (row.outcome, row.is_open, row.seconds) == ("reported", True, seconds_of_caller(call))
        assert "call_ended" not in [line.message for line in caplog.records]


class TestALineIsReleasedAgain:
    """Whichever release of a line fails, the line is free at the end of the call."""

    @pytest.fixture(params=FAILING)
    def failed(self, request, dynamodb, webhooks):
        """The releases that fail; which ones is the parameter."""
        failed, fails, made = [], FAILING[request.param], []

        def before_call(model, params, **_):
            if model.name == "UpdateItem" and "call_sid = :call AND attribute_exists(pk)" in str(params["body"]):
                made.append(params)
                if fails(len(made), webhooks[-1]):
                    failed.append(params)
                    raise EndpointConnectionError(endpoint_url="http://127.0.0.1:1")

        dynamodb.meta.events.register("before-call.dynamodb", before_call)
        return failed

    @pytest.fixture
    def webhooks(self):
        """The paths of the call's webhooks."""
        return []

    @pytest.fixture
    def post(self, post, webhooks):
        def listed(url, form, headers):
            webhooks.append(urlsplit(url).path)
            return post(url, form, headers)

        return listed

    @pytest.mark.parametrize(
        ("caller", "customer", "phones"),
        [
            ([ANNOUNCED], REPORTS, {}),
            ([ANNOUNCED], ["3"], {}),
            ([ANNOUNCED, HANG_UP_RINGING(4)], [], {}),
            ([ANNOUNCED], [], {"customers_phone": {"answers": "no-answer"}}),
            ([ANNOUNCED], ["1"], {"customers_phone": {"talks_for": 20}}),
            ([ANNOUNCED], ["1"], {"callers_phone": {"talks_for": 20}}),
            ([ANNOUNCED], ["1", PRESS_IN_TALK("*", after=12), "2", "2", "2"], {}),
        ],
        ids=["report", "decline", "given up", "no answer", "customer hangs up", "caller hangs up", "star"],
    )
    def test_the_line_is_free(self, ring, ring_is_open, failed, caller, customer, phones):
        ring(caller=caller, customer=customer, **phones)
        assert failed
        assert not ring_is_open()
