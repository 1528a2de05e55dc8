"""Twilio signs names and values without separators, so one signature fits several requests: one may act."""

from __future__ import annotations

from functools import partial
from urllib.parse import urlencode

import pytest
from twilio.request_validator import RequestValidator

from infra.local.events import event
from ivr.secrets.values import Signers
from ivr.telephony.port import RefusedWebhookError
from ivr.telephony.twilio.signature import is_signed
from ivr.telephony.twilio.webhook import read
from tests.conftest import BASE_URL, NOW, TOKEN
from tests.gate.conftest import FORM

QUERY = "verdict=unknown&why=unknown"
PATH = "/voice/screened/unknown"


def sent(path, query, pairs, signature):
    headers = {"content-type": "application/x-www-form-urlencoded", "x-twilio-signature": signature}
    request = event(
        method="POST", path=path, query=query, headers=headers, body=urlencode(list(pairs)).encode(), now_ms=NOW * 1000
    )
    return read(request, signed=partial(is_signed, Signers((TOKEN,), {})), public_base_url=BASE_URL)


def test_a_captured_request_with_a_part_of_its_url_in_a_field_is_refused():
    """At every place where it can be cut, with the rest of the URL in one field's name, or in its name and value."""
    form = {**FORM, "Digits": "1"}
    url = f"{BASE_URL}{PATH}?{QUERY}"
    signature = RequestValidator(TOKEN).compute_signature(url, form)
    assert sent(PATH, QUERY, form.items(), signature).call_sid == FORM["CallSid"]
    fields = "".join(name + form[name] for name in sorted(form))
    verified = 0
    for at in range(len(BASE_URL) + 1, len(url)):
        path, _, query = url[len(BASE_URL) : at].partition("?")
        rest = url[at:]
        for cut in range(1, len(rest) + 1):
            for pairs in (
                [(rest[:cut], rest[cut:]), *form.items()],  # beside the fields
                [(rest[:cut], rest[cut:] + fields)],  # with all of them in its value
            ):
                try:
                    sent(path, query, pairs, signature)
                except RefusedWebhookError as refused:
                    verified += refused.status == 400
                else:
                    pytest.fail(f"{path}?{query} with {pairs[0][0]!r}")
    assert verified  # some do verify, and are refused for their names and for the call that they lack


@pytest.mark.parametrize("name", ["?why", "&why", "/unknown", "=x", "1Digits", "", " From", "_x", "-", "é", "٣"])
def test_a_parameter_whose_name_does_not_begin_with_a_letter_is_refused(name):
    form = {**FORM, name: "x"}
    signature = RequestValidator(TOKEN).compute_signature(BASE_URL + PATH, form)
    with pytest.raises(RefusedWebhookError) as refused:
        sent(PATH, "", form.items(), signature)
    assert refused.value.status == 400


@pytest.mark.parametrize("name", ["CallSid", "ParentCallSid"])
def test_a_call_sid_joined_with_the_next_field_is_refused(name):
    """Else one captured request would be a new call, and a new effect, with each field that its CallSid swallows."""
    form = {**FORM, "ParentCallSid": "CA" + "2" * 32, "ParentDigits": ""}
    signature = RequestValidator(TOKEN).compute_signature(BASE_URL + PATH, form)
    swallowed = "CallStatus" if name == "CallSid" else "ParentDigits"
    again = {**form, name: form[name] + swallowed + form[swallowed]}
    del again[swallowed]
    assert RequestValidator(TOKEN).validate(BASE_URL + PATH, again, signature)
    with pytest.raises(RefusedWebhookError):
        sent(PATH, "", again.items(), signature)


def test_repeated_parameters_mean_the_same_in_any_order():
    """The order of equal names is not signed."""
    pairs = [*FORM.items(), ("Digits", "1"), ("Digits", "9")]
    multi = {**{name: [value] for name, value in FORM.items()}, "Digits": ["1", "9"]}

    class Multi(dict):
        getall = dict.__getitem__

    signature = RequestValidator(TOKEN).compute_signature(BASE_URL + PATH, Multi(multi))
    digits = {sent(PATH, "", order, signature).input for order in (pairs, pairs[::-1])}
    assert len(digits) == 1
