"""What tests of the gate share: Parameter Store in moto, with faults and a count, and containers with a clock."""

from __future__ import annotations

from urllib.parse import urlencode

import boto3
import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from twilio.request_validator import RequestValidator

from handlers.voice import Voice
from infra.local import demo
from infra.local.events import event
from ivr.secrets.parameter_store import ParameterStore
from ivr.secrets.source import Secrets
from ivr.settings import Settings
from tests.conftest import BASE_URL, NOW

TOKENS = "/call-screening/twilio-auth-token"
KEY = "/call-screening/hmac-key"
OLD, NEW = "0" * 31 + "a", "0" * 31 + "b"
KEY_VALUE = "c" * 64
FORM = {
    "CallSid": "CA" + "1" * 32,
    "From": "+96891234567",
    "To": demo.PROTECTED_LINE,
    "CallStatus": "ringing",
    "Direction": "inbound",
    "FromCity": "",
}


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self):
        self.now = 5000.0

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds


class Stumbling:
    """Parameter Store in moto: counts what it is asked, and fails as often as it is told."""

    def __init__(self, clock):
        self.clock = clock
        self.asked = []  # when, and for what
        self.failures = []  # what the next requests meet: an HTTP status, "throttled" or "hangs"
        self.down = False
        self.refused = ""  # an operation that the role may not do

    def put(self, name, value):
        boto3.client("ssm").put_parameter(Name=name, Type="SecureString", Value=value, Overwrite=True)

    def client(self):
        client = boto3.client("ssm")
        client.meta.events.register("before-call.ssm", self._before_call)
        return client

    def _before_call(self, params, model, **_):
        self.asked.append((self.clock.now, params["body"]))
        if model.name == self.refused:
            denied = {"Error": {"Code": "AccessDeniedException"}, "ResponseMetadata": {"HTTPStatusCode": 400}}
            raise ClientError(denied, model.name)
        if not self.down and not self.failures:
            return
        kind = self.failures.pop(0) if self.failures else 500
        if kind == "hangs":
            self.clock.sleep(1.4)
            raise ReadTimeoutError(endpoint_url="https://ssm")
        status, code = (400, "ThrottlingException") if kind == "throttled" else (kind, "InternalServerError")
        raise ClientError({"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}, "GetParameter")


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def ssm(dynamodb, clock):
    stumbling = Stumbling(clock)
    stumbling.put(TOKENS, OLD)
    stumbling.put(KEY, KEY_VALUE)
    return stumbling


@pytest.fixture
def deployed(environment):
    """The settings of a deployment, whose secrets lie in Parameter Store."""
    environment |= {"TWILIO_AUTH_TOKEN": "", "TWILIO_AUTH_TOKEN_PARAMETER": TOKENS}
    return environment | {"HMAC_KEY": "", "HMAC_KEY_PARAMETER": KEY}


@pytest.fixture
def container(deployed, store, ssm, clock):
    """A fresh container of the voice function, at each call."""

    def container(**changed):
        settings = Settings.from_environment({**deployed, **changed})
        complaints = []
        parameters = ParameterStore(ssm.client(), clock=clock, pause=clock.sleep)
        secrets = Secrets(settings, lambda *told: complaints.append(told), parameters, clock)
        voice = Voice(settings, store, secrets)
        voice.complaints = complaints
        return voice

    return container


def webhook(secret, *, path="/voice/incoming", form=None, key="", algorithm="HMAC_SHA256", signature=None, query=""):
    """A webhook as API Gateway gives it, signed with a token, or with a key that it names."""
    form = {**FORM, **(form or {})}
    url = f"{BASE_URL}{path}" + (f"?{query}" if query else "")
    made = RequestValidator(secret).compute_signature(url, form, algorithm if key else None)
    headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": signature or made}
    if key:
        headers["X-Twilio-Webhooks-Signature-Settings"] = f"key={key},algorithm={algorithm}"
    return event(
        method="POST", path=path, query=query, headers=headers, body=urlencode(form).encode(), now_ms=NOW * 1000
    )
