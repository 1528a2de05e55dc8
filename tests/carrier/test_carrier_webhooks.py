import re

import pytest
import requests
from twilio.request_validator import RequestValidator

from infra.carrier import Answer, CarrierError, Phone
from infra.carrier.webhooks import Webhooks

HELLO = "<Say>Hello there</Say>"


@pytest.mark.parametrize(
    ("url", "signature"),
    [
        ("https://mycompany.com/myapp.php?foo=1&bar=2", "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
        ("https://mycompany.com:443/myapp.php?foo=1&bar=2#rc=2", "kvajT1Ptam85bY51eRf/AJRuM3w="),
    ],
)
def test_signs_as_twilio_documents_it(url, signature):
    webhooks = Webhooks(lambda *_: None, "12345", lambda: 0, lambda: "token")
    form = {
        "CallSid": "CA1234567890ABCDE",
        "Digits": "1234",
        "From": "+14158675309",
        "Caller": "+14158675309",
        "To": "+18005551212",
    }
    assert webhooks.signature(url, form) == signature


def test_every_webhook_is_signed_over_its_whole_url(app, rings):
    app["/voice/incoming"] = "<Redirect>next?step=1&amp;q=%D8%B9#rc=3</Redirect>"
    app["/voice/next"] = HELLO
    rings()
    for _, form, headers, url in app.requests:
        assert RequestValidator("12345").validate(url, form, headers["X-Twilio-Signature"])
    assert app.requests[1][3].endswith("/voice/next?step=1&q=%D8%B9")


def test_sends_the_parameters_of_an_inbound_call(app, rings):
    app["/voice/incoming"] = HELLO
    call, _ = rings(parameters={"StirVerstat": "TN-Validation-Passed-A"}, account_sid="AC" + "1" * 32)
    form = app.asked("/voice/incoming")[0]
    expected = {
        "CallSid": call.sid,
        "AccountSid": "AC" + "1" * 32,
        "From": "+96891234567",
        "Caller": "+96891234567",
        "To": "+12025550100",
        "Called": "+12025550100",
        "CallStatus": "ringing",
        "Direction": "inbound",
        "ApiVersion": "2010-04-01",
        "FromCountry": "",
        "CalledZip": "",
        "StirVerstat": "TN-Validation-Passed-A",
    }
    assert expected.items() <= form.items()
    assert "ParentCallSid" not in form
    assert re.fullmatch("CA[0-9a-f]{32}", call.sid)


def test_call_sids_follow_the_seed(app, rings):
    app["/voice/incoming"] = HELLO
    assert rings(seed=7)[0].sid == rings(seed=7)[0].sid
    assert rings()[0].sid != rings()[0].sid


def test_carries_the_simulated_time(app, rings):
    app["/voice/incoming"] = '<Pause length="10"/><Redirect>next</Redirect>'
    app["/voice/next"] = HELLO
    rings()
    assert [h["X-Carrier-Time"] for _, _, h, _ in app.requests[:2]] == ["1800000000000", "1800000010000"]


@pytest.mark.parametrize("failure", [ConnectionError("refused"), requests.ConnectionError("reset")])
def test_a_failed_connection_is_tried_again_with_the_same_token(app, rings, failure):
    app["/voice/incoming"] = [failure, HELLO]
    call, network = rings()
    first, second = app.headers("/voice/incoming")
    assert first["I-Twilio-Idempotency-Token"] == second["I-Twilio-Idempotency-Token"]
    assert call.transcript.said() == ["Hello there"]
    assert network.failures == []


def test_two_failed_connections_go_to_the_fallback(app, rings):
    app["/voice/incoming"] = ConnectionError("refused")
    app["/voice/fallback"] = HELLO
    call, network = rings()
    assert app.paths == ["/voice/incoming", "/voice/incoming", "/voice/fallback"]
    form = app.asked("/voice/fallback")[0]
    assert (form["ErrorCode"], form["ErrorUrl"]) == ("11205", "https://ivr.example/voice/incoming")
    assert call.transcript.said() == ["Hello there"]
    assert [fault.code for fault in network.failures] == ["11205"]


@pytest.mark.parametrize(
    ("trouble", "code"),
    [
        (Answer(500, "text/plain", "oh"), "11200"),
        (Answer(403, "", ""), "11200"),
        (Answer(429, "", ""), "11217"),
        (Answer(302, "", "", location="/elsewhere"), "11200"),
        (TimeoutError("slow"), "11200"),
        (requests.ReadTimeout("slow"), "11200"),
    ],
)
def test_other_failures_go_straight_to_the_fallback(app, rings, trouble, code):
    app["/voice/incoming"] = trouble
    app["/voice/fallback"] = HELLO
    call, _ = rings()
    assert app.paths == ["/voice/incoming", "/voice/fallback"]
    assert app.asked("/voice/fallback")[0]["ErrorCode"] == code
    assert call.status == "completed"


def test_the_fallback_gets_what_the_failed_webhook_carried(app, rings):
    app["/voice/incoming"] = '<Gather action="menu"><Say>Press</Say></Gather>'
    app["/voice/menu"] = Answer(502, "", "")
    app["/voice/fallback"] = HELLO
    rings(Phone(keys=["4#"]))
    assert app.asked("/voice/fallback")[0]["Digits"] == "4"


def test_a_failing_fallback_is_heard_and_ends_the_leg(app, carrier):
    app["/voice/incoming"] = Answer(500, "", "")
    app["/voice/fallback"] = Answer(500, "", "")
    network = carrier()
    call = network.place(from_="+96891234567", to="+12025550100", phone=Phone())
    with pytest.raises(CarrierError, match="fallback URL failed too"):
        network.run()
    assert "application error" in call.transcript.said()[0]
    assert (call.status, network.left_behind) == ("completed", [])
    assert "error" in [entry.kind for entry in call.transcript]


def test_follows_http_redirects_with_a_fresh_signature(app, rings):
    app["/voice/incoming"] = Answer(307, "", "", location="/voice/moved")
    app["/voice/moved"] = HELLO
    call, _ = rings()
    assert call.transcript.said() == ["Hello there"]
    path, form, headers, url = app.requests[1]
    assert path == "/voice/moved"
    assert RequestValidator("12345").validate(url, form, headers["X-Twilio-Signature"])


def test_gives_up_after_ten_http_redirects(app, rings):
    app["/voice/incoming"] = Answer(308, "", "", location="/voice/incoming")
    app["/voice/fallback"] = HELLO
    rings()
    assert len(app.asked("/voice/incoming")) == 11
    assert app.asked("/voice/fallback")[0]["ErrorCode"] == "11215"


def test_deliveries_repeat_a_webhook_and_the_first_answer_counts(app, rings):
    app["/voice/incoming"] = [HELLO, HELLO, "<Say>Something else</Say>"]
    call, network = rings(deliveries=3)
    tokens = {headers["I-Twilio-Idempotency-Token"] for headers in app.headers("/voice/incoming")}
    assert (len(app.asked("/voice/incoming")), len(tokens)) == (3, 1)
    assert call.transcript.said() == ["Hello there"]
    assert [(d.url, len(d.answers)) for d in network.deliveries_differed] == [("https://ivr.example/voice/incoming", 3)]


def test_a_first_delivery_that_fails_counts_too(app, rings):
    app["/voice/incoming"] = [Answer(500, "", ""), HELLO]
    app["/voice/fallback"] = "<Say>Sorry</Say>"
    call, network = rings(deliveries=2)
    assert call.transcript.said() == ["Sorry"]
    assert len(network.deliveries_differed) == 1


def test_equal_deliveries_are_no_difference(app, rings):
    app["/voice/incoming"] = HELLO
    assert rings(deliveries=2)[1].deliveries_differed == []


def test_the_status_callback_ends_a_call(app, rings):
    app["/voice/incoming"] = '<Pause/><Say>One two three four five six seven eight nine ten.</Say><Pause length="60"/>'
    rings()
    (form,) = app.asked("/voice/status")
    expected = {
        "CallStatus": "completed",
        "CallDuration": "64",
        "Duration": "2",
        "SequenceNumber": "0",
        "CallbackSource": "call-progress-events",
    }
    assert expected.items() <= form.items()
    assert form["Timestamp"] == "Fri, 15 Jan 2027 08:01:05 +0000"


def test_a_failed_status_callback_does_not_end_the_call(app, rings):
    app["/voice/incoming"] = HELLO
    app["/voice/status"] = Answer(500, "", "")
    call, network = rings()
    assert call.status == "completed"
    assert len(network.failures) == 1


def test_disorder_delays_and_repeats_status_callbacks(app, carrier):
    app["/voice/incoming"] = HELLO
    network = carrier(disorder_seed=3)
    sids = [network.place(from_=f"+9689123456{n}", to="+12025550100", phone=Phone()).sid for n in range(9)]
    network.run()
    arrived = [form["CallSid"] for form in app.asked("/voice/status")]
    assert set(arrived) == set(sids)
    assert len(arrived) > len(sids)
    assert list(dict.fromkeys(arrived)) != sids
