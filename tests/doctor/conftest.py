import os
import time
from types import SimpleNamespace
from urllib.parse import urlsplit

import boto3
import pytest
import requests

from handlers.voice import Voice
from infra.carrier import Carrier
from infra.carrier.rest.numbers import own
from infra.doctor import desk, patient, webhooks
from infra.local import demo
from infra.local.database import client_of
from infra.local.stackfile import PATH
from ivr.secrets.key_fingerprint import fingerprint
from ivr.secrets.parameter_store import ParameterStore
from ivr.secrets.source import Secrets
from ivr.settings import Settings
from ivr.store.desk import Desk
from tests.cli.conftest import typing
from tests.doctor.deployed_stack import ANSWERS, STACK, DeployedStack
from tests.doctor.typed import aws
from tests.twilio_post import posting

TOKEN, KEY = "0" * 31 + "a", "k" * 64
TOKENS, KEYS = "/call-screening/twilio-auth-token", "/call-screening/hmac-key"
BASE = ANSWERS["PublicBaseUrl"]
HERE = {
    "voice_url": f"{BASE}/voice/incoming",
    "voice_fallback_url": f"{BASE}/voice/fallback",
    "status_callback": f"{BASE}/voice/status",
}


@pytest.fixture(scope="module")
def stack():
    """The deployed stack, with both secrets, the demo's lines and the key's fingerprint."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_DEFAULT_REGION", "me-central-1")  # the SAM transform asks for one
        with DeployedStack() as stack:
            for name, value in ((TOKENS, TOKEN), (KEYS, KEY)):
                stack.of("ssm").put_parameter(Name=name, Type="SecureString", Value=value)
            store = Desk(stack.named["Table"], stack.client())
            demo.seed(store)
            store.fingerprints.keep(fingerprint(KEY), 1)
            yield stack


@pytest.fixture
def account(rest_server):
    """The deployment's Twilio account, with one number that points here."""
    carrier = Carrier(None, base_url=BASE, auth_token=TOKEN)
    carrier.answers_on(rest_server)
    account = carrier._account
    account.number = own(account, demo.PROTECTED_LINE, **HERE)
    return account


@pytest.fixture
def api(stack, monkeypatch):
    """The deployment's API, as the real handler answers behind it with the deployed settings, over the stack's table.

    ``answers`` are what a test has a path answer instead: a status with a body, or an exception.
    """
    functions = stack.of("lambda")
    api = SimpleNamespace(answers={}, store=Desk(stack.named["Table"], stack.client()), changed={})

    def voice():
        told = functions.get_function_configuration(FunctionName=stack.named["VoiceFunction"], Qualifier="live")
        settings = Settings.from_environment(told["Environment"]["Variables"] | api.changed)
        return Voice(settings, api.store, Secrets(settings, lambda *_: None, ParameterStore(stack.of("ssm"))))

    def answer(event):
        api.last = voice().answer(event)
        return api.last

    post_to = posting(lambda: SimpleNamespace(answer=answer))

    def post(url, form, headers):
        given = api.answers.get(urlsplit(url).path)
        if isinstance(given, Exception):
            raise given
        response = requests.Response()
        if given:
            response.status_code, response._content = given[0], given[1].encode()
            return response
        answered = post_to(url, form, headers)
        response.status_code, response._content = answered.status, answered.body.encode()
        response.headers.update(api.last["headers"])
        return response

    def get(url):
        """The desk's page for signing in, which tests/cli/test_doctor_on_a_laptop.py asks for in truth."""
        response = requests.Response()
        response.status_code, body = api.answers.get(urlsplit(url).path, (302, ""))
        response._content = body.encode()
        if response.status_code == 302:
            response.headers["Location"] = f"{ANSWERS['DeskIssuer']}/authorize?client_id={ANSWERS['DeskClientId']}"
        return response

    monkeypatch.setattr(webhooks, "post", post)
    monkeypatch.setattr(desk, "get", get)
    return api


@pytest.fixture
def clock(monkeypatch):
    """This machine's clock, as doctor reads it."""
    clock = SimpleNamespace(ahead=0)
    monkeypatch.setattr(patient, "time", SimpleNamespace(time=lambda: time.time() + clock.ahead))
    return clock


def as_it_is(_):
    """An answer that is not changed."""


@pytest.fixture
def limits(monkeypatch):
    """What the stand-in for AWS lets nobody change, as AWS tells it; and every operation that was asked.

    ``told`` changes the answer to an operation, by the operation's name.
    """
    limits = SimpleNamespace(
        concurrency=1000, unreserved=1000, unconfirmed=set(), state="", output="", canary={}, asked=set(), told={}
    )
    session = boto3.Session()
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", session)  # and so none that remembers other credentials

    def tell(parsed, **_):
        left = min(limits.concurrency, limits.unreserved)
        parsed["AccountLimit"] |= {
            "ConcurrentExecutions": limits.concurrency,
            "UnreservedConcurrentExecutions": left,
        }

    def mark(parsed, **_):
        for one in parsed["Subscriptions"]:
            if one["Endpoint"] in limits.unconfirmed:
                one["SubscriptionArn"] = "PendingConfirmation"

    def describe(parsed, **_):
        for one in parsed.get("Stacks", []):
            one["StackStatus"] = limits.state or one["StackStatus"]
            one["Outputs"] = [each for each in one["Outputs"] if each["OutputKey"] != limits.output]

    def route(parsed, **_):
        if limits.canary:
            parsed["RoutingConfig"] = {"AdditionalVersionWeights": limits.canary}

    session.events.register("after-call", lambda model, parsed, **_: limits.told.get(model.name, as_it_is)(parsed))
    session.events.register("after-call.cloudformation.DescribeStacks", describe)
    session.events.register("after-call.lambda.GetAlias", route)
    session.events.register("after-call.sns.ListSubscriptionsByTopic", mark)
    session.events.register("after-call.lambda.GetAccountSettings", tell)
    session.events.register(
        "before-call", lambda model, **_: limits.asked.add((model.service_model.service_name, model.name))
    )
    return limits


@pytest.fixture
def doctor(stack, account, api, clock, limits, rest_server, monkeypatch, tmp_path):
    """Type `ivr doctor`, and what it says to do."""
    for name in ("AWS_PROFILE", "TABLE_NAME", "IVR_STACK", "AWS_ENDPOINT_URL_DYNAMODB"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ENDPOINT_URL", stack.address)
    monkeypatch.setenv("AWS_REGION", "me-central-1")
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("TWILIO_API_BASE_URL", rest_server.base_url)
    ivr = typing(tmp_path / PATH.name)

    def look(*more, name=STACK):
        return ivr("--stack", name, "doctor", *more)

    def do(step, **fill):
        for word, value in fill.items():
            step = step.replace(word, value)
        if step.startswith(("aws ", "value=")):
            aws(step, lambda service: client_of(service, stack.address))
        else:
            words = step.split("  #")[0].split()
            assert words[0] == "ivr"
            done = ivr(*words[1:], typed="y\n")
            assert done.status == 0, done.err

    look.do, look.ivr = do, ivr
    return look
