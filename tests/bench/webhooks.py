"""A call's first two webhooks, signed as Twilio signs them, and what the one look-up answers."""

import base64
import hashlib
import hmac
import json
from urllib.parse import urlencode

from boto3.dynamodb.types import TypeSerializer

from infra.local import demo
from infra.local.events import event
from ivr.secrets.key_fingerprint import KeyFingerprint, fingerprint

TOKEN = "0123456789abcdef0123456789abcdef"
BASE_URL = "https://ivr.example.com"
NOW_MS = 1_795_000_000_000
ENVIRONMENT = {
    **demo.SETTINGS,
    "TWILIO_AUTH_TOKEN": TOKEN,
    "PUBLIC_BASE_URL": BASE_URL,
    "TWILIO_API_BASE_URL": "http://127.0.0.1:9",  # nobody answers: what moves a leg says where else
}

_ALWAYS = {
    "AccountSid": demo.SETTINGS["TWILIO_ACCOUNT_SID"],
    "ApiVersion": "2010-04-01",
    "CallStatus": "ringing",
    "CallToken": "%7B%22parentCallInfoToken%22%3A%22" + "eyJhbGciOiJFUzI1NiJ9" * 8 + "%22%7D",
    "Direction": "inbound",
}
_PLACES = {"City": "", "Country": "US", "State": "CO", "Zip": ""}


def incoming(call):
    """The call of that number, from 0: each has a caller and a CallSid of its own, as in life."""
    return _post("/voice/incoming", "", _form(call))


def menu_step(call):
    """The same caller presses a wrong key at the human check, which announces 3 to 8."""
    query = f"verdict=unknown&why=unknown&digits={_caller(call)[-3:]}&guarded=yes"
    return _post("/voice/screened/unknown", query, {**_form(call), "CallStatus": "in-progress", "Digits": "1"})


def table_answer():
    """What DynamoDB answers to BatchGetItem: the line is there, nothing is known of the caller."""
    key = KeyFingerprint(fingerprint=fingerprint(ENVIRONMENT["HMAC_KEY"]), kept_at=1)  # which a first look-up asks for
    items = [
        {name: TypeSerializer().serialize(value) for name, value in record.to_item().items()}
        for record in (demo.RECORDS[0], key)
    ]
    return json.dumps({"Responses": {ENVIRONMENT["TABLE_NAME"]: items}, "UnprocessedKeys": {}}).encode()


def _caller(call):
    return f"+1303555{call % 10_000:04d}"


def _form(call):
    caller, called = _caller(call), demo.PROTECTED_LINE
    sid = "CA" + hashlib.md5(str(call).encode(), usedforsecurity=False).hexdigest()
    form = {**_ALWAYS, "CallSid": sid, "From": caller, "Caller": caller, "To": called, "Called": called}
    return form | {f"{who}{what}": text for who in ("From", "Caller", "To", "Called") for what, text in _PLACES.items()}


def _post(path, query, form):
    signed = BASE_URL + path + (f"?{query}" if query else "") + "".join(name + form[name] for name in sorted(form))
    signature = base64.b64encode(hmac.new(TOKEN.encode(), signed.encode(), hashlib.sha1).digest()).decode()
    headers = {
        "accept": "*/*",
        "content-type": "application/x-www-form-urlencoded; charset=UTF-8",
        "host": "ivr.example.com",
        "i-twilio-idempotency-token": "d0b1c1a0-0000-4000-8000-000000000000",
        "user-agent": "TwilioProxy/1.1",
        "x-forwarded-for": "127.0.0.1",
        "x-forwarded-port": "443",
        "x-forwarded-proto": "https",
        "x-twilio-signature": signature,
    }
    body = urlencode(form).encode()
    return event(method="POST", path=path, query=query, headers=headers, body=body, now_ms=NOW_MS)
