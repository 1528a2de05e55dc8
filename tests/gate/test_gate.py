"""The gate: nothing that Twilio did not sign is believed, read or written, and nothing malformed gets a traceback."""

from __future__ import annotations

import base64
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from infra.local import demo
from infra.local.events import event
from ivr.secrets.values import Signers
from ivr.telephony.port import RefusedWebhookError
from ivr.telephony.twilio import webhook
from ivr.telephony.twilio.signature import is_signed
from tests.conftest import BASE_URL, TOKEN

FORM = [("CallSid", "CA1"), ("From", "+96891234567"), ("To", demo.PROTECTED_LINE), ("FromCity", ""), ("FromZip", "")]
TYPE = "application/x-www-form-urlencoded"


def encoded(form):
    from urllib.parse import urlencode

    return urlencode(form).encode()


def signed(form, path="/voice/incoming", query="", base=BASE_URL, token=TOKEN):
    values = {}
    for name, value in form:
        values.setdefault(name, []).append(value)

    class Multi(dict):
        getall = dict.__getitem__

    url = base + path + (f"?{query}" if query else "")
    return RequestValidator(token).compute_signature(url, Multi(values))


def signers(*tokens):
    return partial(is_signed, Signers(tokens, {}))


@pytest.fixture
def send(voice):
    def send(form=FORM, *, path="/voice/incoming", query="", headers=None, body=None, sign=True, plain=False):
        given = {"Content-Type": TYPE}
        if sign:
            given["X-Twilio-Signature"] = signed(form, path, query)
        request = event(
            method="POST",
            path=path,
            query=query,
            headers={**given, **(headers or {})},
            body=encoded(form) if body is None else body,
            now_ms=1_795_000_000_000,
        )
        if plain:
            request |= {"isBase64Encoded": False, "body": encoded(form).decode()}
        return voice().answer(request)

    return send


@pytest.fixture
def refuses(send, outage):
    def refuses(*args, **kwargs):
        answer = send(*args, **kwargs)
        assert answer["body"] == ""
        assert outage.asked == []
        return answer["statusCode"]

    return refuses


def test_a_signed_webhook_is_answered(send):
    answer = send()
    assert answer["statusCode"] == 200
    assert answer["headers"]["content-type"].startswith("text/xml")
    assert answer["body"].startswith("<?xml")


def test_twilios_own_vectors_hold():
    """The request and signatures that Twilio prints: twilio.com/docs/usage/security."""
    form = [
        ("CallSid", "CA1234567890ABCDE"),
        ("Digits", "1234"),
        ("From", "+14158675309"),
        ("Caller", "+14158675309"),
        ("To", "+18005551212"),
    ]
    without, with_port = "RSOYDt4T1cUTdK1PDd93/VVr8B8=", "kvajT1Ptam85bY51eRf/AJRuM3w="
    # Twilio may sign a URL with its port or without it, whichever is configured.
    for port, signature in (("", without), (":443", with_port), ("", with_port), (":443", without)):
        request = event(
            method="POST",
            path="/myapp.php",
            query="foo=1&bar=2",
            headers={"content-type": TYPE, "x-twilio-signature": signature},
            body=encoded(form),
            now_ms=0,
        )
        read = webhook.read(request, signed=signers("12345"), public_base_url=f"https://mycompany.com{port}")
        assert read.call_sid == "CA1234567890ABCDE"


def test_a_missing_signature_is_refused(refuses):
    assert refuses(sign=False) == 403


@pytest.mark.parametrize("signature", ["", "x", "=" * 28, "é"])
def test_a_wrong_signature_is_refused(refuses, signature):
    assert refuses(headers={"X-Twilio-Signature": signature}) == 403


def test_one_changed_parameter_is_refused(refuses):
    body = encoded([*FORM[:1], ("From", "+13035550121"), *FORM[2:]])
    assert refuses(body=body) == 403


def test_one_blank_parameter_more_is_refused(refuses):
    assert refuses(body=encoded([*FORM, ("CallerName", "")])) == 403


def test_a_changed_query_is_refused(refuses):
    path = "/voice/screened/unknown"
    headers = {"X-Twilio-Signature": signed(FORM, path, "verdict=flagged")}
    assert refuses(path=path, query="verdict=trusted", headers=headers) == 403


def test_the_query_is_signed_as_it_came(send):
    """Neither decoded nor encoded again on the way."""
    form = [*FORM, ("Digits", "0")]
    answer = send(form, path="/voice/screened/unknown", query="verdict=%75nknown&why=unknown")
    assert answer["statusCode"] == 200


def test_the_forwarded_host_is_never_believed(refuses):
    evil = signed(FORM, base="https://evil.example.com")
    assert refuses(headers={"X-Twilio-Signature": evil, "X-Forwarded-Host": "evil.example.com"}) == 403


def test_repeated_parameters_are_signed_and_read(send):
    assert send([*FORM, ("Digits", "1"), ("Digits", "2")])["statusCode"] == 200


def test_unknown_parameters_are_welcome(send):
    assert send([*FORM, ("BrandNewParameter", "ضيف جديد & more=1")])["statusCode"] == 200


@pytest.mark.parametrize("content_type", ["", "application/json", "multipart/form-data; boundary=x", "text/plain"])
def test_only_forms_are_read(refuses, content_type):
    assert refuses(headers={"Content-Type": content_type}) == 415


def test_a_body_over_64_kilobytes_is_refused(refuses):
    assert refuses([*FORM, ("Padding", "x" * 70_000)]) == 413


def test_a_huge_body_is_refused_before_it_is_decoded(refuses):
    assert refuses(body=b"x" * 1_000_000) == 413


@pytest.mark.parametrize("body", [b"CallSid=%ff%fe", b"CallSid=\xff\xfe", b"&".join([b"a=1"] * 600)])
def test_a_form_that_is_not_utf8_is_refused(refuses, body):
    assert refuses(body=body) == 400


def test_broken_base64_is_refused(voice, outage):
    request = event(
        method="POST", path="/voice/incoming", query="", headers={"content-type": TYPE}, body=b"x", now_ms=0
    )
    for broken in ("§§§", "abc", "=", "a=b"):
        answer = voice().answer({**request, "body": broken})
        assert (answer["statusCode"], answer["body"]) == (400, "")
    assert outage.asked == []


@pytest.mark.parametrize("part", ["rawPath", "rawQueryString"])
@pytest.mark.parametrize("text", ["/voice/\ud800", "/voice/\u0661"])
def test_an_unknown_url_is_refused_even_if_it_cannot_be_encoded(voice, outage, caplog, part, text):
    """It fails before the signature is checked, and must not raise the alarm of a bug."""
    headers = {"content-type": TYPE, "x-twilio-signature": signed(FORM)}
    request = event(method="POST", path="/voice/incoming", query="", headers=headers, body=encoded(FORM), now_ms=0)
    answer = voice().answer({**request, part: text})
    assert (answer["statusCode"], answer["body"], outage.asked) == (403, "", [])
    assert [line.msg for line in caplog.records] == ["signature_rejected"]


def test_plain_bodies_are_read_too(send):
    assert send(plain=True)["statusCode"] == 200


def test_a_webhook_about_no_call_is_refused(refuses):
    assert refuses(FORM[1:]) == 400


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/voice/", ""),
        ("/voice/nowhere/at_all", ""),
        ("/voice/screened/nowhere", ""),
        ("/other", ""),
        ("/voice/screened/unknown", "attempt=99"),
        ("/voice/screened/unknown", "languages=french"),
        ("/voice/screened/unknown", "why=" + "x" * 50),
        ("/voice/screened/unknown", "made=up"),
    ],
)
def test_a_signed_unknown_path_is_not_found(refuses, path, query):
    assert refuses(path=path, query=query) == 404


def test_a_status_callback_is_answered_with_204_and_no_body(send):
    answer = send([*FORM, ("CallStatus", "completed")], path="/voice/status")
    assert (answer["statusCode"], answer["body"]) == (204, "")


@given(body=st.binary(max_size=2000), content_type=st.sampled_from([TYPE, "", "text/html"]), encoded=st.booleans())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_bytes_are_refused_without_a_traceback(body, content_type, encoded):
    request = {
        "rawPath": "/voice/incoming",
        "headers": {"content-type": content_type, "x-twilio-signature": "x"},
        "body": base64.b64encode(body).decode() if encoded else body.decode("latin-1"),
        "isBase64Encoded": encoded,
        "requestContext": {"timeEpoch": 0},
    }
    with pytest.raises(RefusedWebhookError) as refused:
        webhook.read(request, signed=signers(TOKEN), public_base_url=BASE_URL)
    assert refused.value.status in {400, 403, 413, 415}


@given(
    st.lists(
        st.tuples(st.builds("{}{}".format, st.sampled_from("AZaz"), st.text(max_size=20)), st.text(max_size=50)).filter(
            lambda p: p[0] not in {"CallSid", "ParentCallSid"}
        ),
        max_size=20,
    )
)
def test_every_signed_form_is_read_as_it_was_sent(pairs):
    form = [("CallSid", "CA1"), *pairs]
    request = event(
        method="POST",
        path="/voice/incoming",
        query="",
        headers={"content-type": TYPE, "x-twilio-signature": signed(form)},
        body=encoded(form),
        now_ms=5000,
    )
    read = webhook.read(request, signed=signers(TOKEN), public_base_url=BASE_URL)
    assert read.now == 5
    form_ = webhook.read_form(request, signed=signers(TOKEN), public_base_url=BASE_URL)
    for name, value in reversed(pairs):
        assert value in form_.getall(name)


class TestTheLog:
    def test_a_forged_webhook_leaves_a_countable_line(self, send, caplog):
        send(sign=False)
        assert [record.metric for record in caplog.records] == ["signature_rejected"]

    def test_no_number_is_ever_logged_beyond_its_last_three_digits(self, send, caplog):
        send()
        send([*FORM, ("Digits", "1")], path="/voice/screened/unknown", query="verdict=unknown&why=unknown")
        logged = str([vars(record) for record in caplog.records])
        assert "...567" in logged
        assert not any(secret in logged for secret in ("91234567", demo.CUSTOMER, TOKEN, demo.SETTINGS["HMAC_KEY"]))
