"""Signatures: those that AWS publishes, and those that botocore makes of any request of this shape."""

from __future__ import annotations

import datetime as dt

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given
from hypothesis import strategies as st

from ivr.aws.signature import KeyPair, Scope, authorization

# Of AWS's test suite for Signature Version 4: its keys, its moment, and those of its requests that POST to "/".
PUBLISHED_KEYS = KeyPair("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
PUBLISHED_AT = "20150830T123600Z"
PUBLISHED_SCOPE = Scope("us-east-1", "service")
HOST = {"host": "example.amazonaws.com", "x-amz-date": PUBLISHED_AT}
FORM = {**HOST, "content-type": "application/x-www-form-urlencoded"}
PUBLISHED = {
    "post-vanilla": (HOST, b"", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
    "post-header-key-sort": (
        {**HOST, "my-header1": "value1"},
        b"",
        "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c",
    ),
    "post-header-value-case": (
        {**HOST, "my-header1": "VALUE1"},
        b"",
        "cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d",
    ),
    "post-x-www-form-urlencoded": (
        FORM,
        b"Param1=value1",
        "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
    ),
    "post-x-www-form-urlencoded-parameters": (
        {**FORM, "content-type": "application/x-www-form-urlencoded; charset=utf8"},
        b"Param1=value1",
        "1a72ec8f64bd914b0e42e42607c7fbce7fb2c7465f63e3092b3b0d39fa77a6fe",
    ),
}


@pytest.mark.parametrize(("headers", "body", "signature"), PUBLISHED.values(), ids=PUBLISHED)
def test_aws_publishes_the_same_signature(headers, body, signature):
    made = authorization(headers, body, PUBLISHED_AT, PUBLISHED_SCOPE, PUBLISHED_KEYS)
    names = ";".join(sorted(headers))
    within = "20150830/us-east-1/service/aws4_request"
    assert made == f"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/{within}, SignedHeaders={names}, Signature={signature}"


printable = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1)
values = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1).filter(str.strip)
moments = st.datetimes(dt.datetime(2015, 1, 1), dt.datetime(2099, 1, 1))  # noqa: DTZ001  # in UTC


@given(
    body=st.binary(),
    at=moments,
    target=values,
    keys=st.builds(KeyPair, printable, printable, st.just("") | printable),
    scope=st.builds(Scope, st.sampled_from(["me-central-1", "us-gov-east-1"]), st.sampled_from(["dynamodb", "sqs"])),
)
def test_botocore_makes_the_same_signature(body, at, target, keys, scope):
    stamp = f"{at:%Y%m%dT%H%M%SZ}"
    headers = {"content-type": "application/x-amz-json-1.0", "x-amz-target": target}
    theirs = AWSRequest("POST", "https://example.amazonaws.com/", headers=headers, data=body)
    signer = SigV4Auth(Credentials(keys.key_id, keys.secret, keys.token or None), scope.service, scope.region)
    theirs.context["timestamp"] = stamp
    signer._modify_request_before_signing(theirs)
    to_sign = signer.string_to_sign(theirs, signer.canonical_request(theirs))
    signer._inject_signature_to_request(theirs, signer.signature(to_sign, theirs))
    ours = {**headers, "host": "example.amazonaws.com", "x-amz-date": stamp}
    if keys.token:
        ours["x-amz-security-token"] = keys.token
    assert authorization(ours, body, stamp, scope, keys) == theirs.headers["Authorization"]
