"""Credentials: found where botocore finds them, renewed before they end and once after they were refused."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

import pytest
from botocore.credentials import ContainerProvider
from botocore.exceptions import ClientError, CredentialRetrievalError, NoCredentialsError

from ivr.aws import clients, credentials
from ivr.aws.credentials import Credentials
from ivr.aws.signature import KeyPair

NOW = 1_795_000_000.0
OF_A_KEY = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
TOKEN_VARIABLE = "AWS_CONTAINER_AUTHORIZATION_TOKEN"


@pytest.fixture
def clock():
    class Clock:
        now = NOW

        def __call__(self):
            return self.now

    return Clock()


@pytest.fixture
def container(recorder, monkeypatch):
    """The endpoint of a container, which the environment names as Lambda does after a restore."""
    for name in OF_A_KEY:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{recorder.address}/2021-04-23/credentials?a=b")
    monkeypatch.setenv(TOKEN_VARIABLE, "the-token")
    recorder.will(told("A1", 3600))
    return recorder


def told(key_id, seconds, **more):
    end = dt.datetime.fromtimestamp(NOW + seconds, dt.UTC)
    found = {"AccessKeyId": key_id, "SecretAccessKey": "s", "Token": "t", "Expiration": f"{end:%Y-%m-%dT%H:%M:%SZ}"}
    return 200, {**found, **more}


def test_those_of_the_environment(monkeypatch):
    assert Credentials().current() == KeyPair("testing", "testing", "testing")
    monkeypatch.delenv("AWS_SESSION_TOKEN")
    assert Credentials().current() == KeyPair("testing", "testing", "")


@pytest.mark.parametrize("left", ["", "AWS_ACCESS_KEY_ID"], ids=["none", "half"])
def test_none_is_said(monkeypatch, left):
    for name in set(OF_A_KEY) - {left}:
        monkeypatch.delenv(name)
    with pytest.raises(CredentialRetrievalError if left else NoCredentialsError):
        Credentials().current()


def test_those_of_the_containers_endpoint_are_asked_for_once(container, clock):
    held = Credentials(clock)
    assert {held.current() for _ in range(3)} == {KeyPair("A1", "s", "t")}
    [asked] = container.asked
    assert (asked.method, asked.path) == ("GET", "/2021-04-23/credentials?a=b")
    assert asked.headers["authorization"] == "the-token"


def test_botocore_asks_for_them_alike_and_reads_the_same(container, clock):
    container.will(told("A1", 10**9))  # botocore has a clock of its own
    ours = Credentials(clock).current()
    theirs = ContainerProvider().load().get_frozen_credentials()
    assert ours == KeyPair(theirs.access_key, theirs.secret_key, theirs.token)
    first, second = container.asked
    assert (first.method, first.path) == (second.method, second.path)
    assert all(first.headers[name] == second.headers[name] for name in ("accept", "authorization", "host"))


def test_the_token_of_a_file_is_read_anew_each_time(container, clock, monkeypatch, tmp_path):
    file = tmp_path / "token"
    monkeypatch.setenv(f"{TOKEN_VARIABLE}_FILE", str(file))
    held = Credentials(clock)
    for token in ("one", "two"):
        file.write_text(token, encoding="utf-8")
        held.current()
        clock.now += 3600
    assert [asked.headers["authorization"] for asked in container.asked] == ["one", "two"]


def test_they_are_renewed_a_quarter_of_an_hour_before_their_end(container, clock):
    container.will(told("A1", 3600), told("A2", 7200))
    held = Credentials(clock)
    seen = []
    for minute in (0, 44, 46):
        clock.now = NOW + minute * 60
        seen.append(held.current().key_id)
    assert seen == ["A1", "A1", "A2"]


def test_those_that_end_sooner_are_asked_for_once_a_minute(container, clock):
    container.will(told("A1", 10 * 60), told("A2", 10 * 60))
    held = Credentials(clock)
    seen = []
    for second in (0, 59, 60):
        clock.now = NOW + second
        seen.append(held.current().key_id)
    assert seen == ["A1", "A1", "A2"]


def test_those_that_have_ended_are_asked_for_by_the_next_request(container, clock):
    container.will(told("A1", -1), told("A2", 3600))
    held = Credentials(clock)
    assert [held.current().key_id for _ in range(3)] == ["A1", "A2", "A2"]


def test_while_the_endpoint_fails_they_serve_until_their_end_and_it_is_asked_once_a_minute(container, clock):
    container.will(told("A1", 3600), (500, {}))
    held = Credentials(clock)
    for second in (0, 46 * 60, 46 * 60 + 30, 47 * 60 + 30):
        clock.now = NOW + second
        assert held.current().key_id == "A1"
    assert len(container.asked) == 1 + 2 * 2  # two tries each time
    clock.now = NOW + 3600
    with pytest.raises(CredentialRetrievalError):
        held.current()


def test_what_has_ended_signs_nothing_however_soon_it_ended(container, clock):
    container.will(told("A1", 30), told("A2", 3600))
    held = Credentials(clock)
    seen = []
    for second in (0, 29, 31):
        clock.now = NOW + second
        seen.append(held.current().key_id)
    assert seen == ["A1", "A1", "A2"]


@pytest.mark.parametrize(
    "answer", [(404, {}), (200, b"nonsense"), (200, {}), (200, []), told("A1", 1, Expiration="soon")],
    ids=["missing", "no JSON", "empty", "a list", "no time"],
)  # fmt: skip
def test_an_answer_without_credentials_is_said(container, clock, answer):
    container.will(answer)
    with pytest.raises(CredentialRetrievalError):
        Credentials(clock).current()


def test_another_try_reaches_an_endpoint_that_failed_once(container, clock):
    container.will((503, {}), told("A1", 3600))
    assert Credentials(clock).current().key_id == "A1"


@pytest.mark.parametrize("address", ["http://example.com/x", "http://169.254.169.254/x", "http://127.evil.example/x"])
def test_no_other_machine_is_asked_by_http(container, clock, monkeypatch, address):
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", address)
    with pytest.raises(CredentialRetrievalError, match="https alone"):
        Credentials(clock).current()


def test_any_machine_may_be_asked_by_https(container, clock, monkeypatch):
    asked = []

    def refuse(address, *_, **__):
        asked.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr("socket.create_connection", refuse)
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", "https://example.com/x")
    with pytest.raises(CredentialRetrievalError, match="it gave none: EndpointConnectionError"):
        Credentials(clock).current()
    assert asked == [("example.com", 443)] * 2


def test_a_relative_address_is_the_one_of_a_tasks_endpoint(container, clock, monkeypatch):
    assert ContainerProvider()._fetcher.full_url("") == credentials._OF_A_TASK
    monkeypatch.setattr(credentials, "_OF_A_TASK", container.address)
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/credentials?id=1")
    assert Credentials(clock).current().key_id == "A1"
    assert [asked.path for asked in container.asked] == ["/v2/credentials?id=1"]


def test_an_address_may_be_without_a_path(container, clock, monkeypatch):
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", container.address)
    assert Credentials(clock).current().key_id == "A1"
    assert [asked.path for asked in container.asked] == ["/"]


def test_a_file_of_a_token_that_cannot_be_read_is_said(container, clock, monkeypatch, tmp_path):
    monkeypatch.setenv(f"{TOKEN_VARIABLE}_FILE", str(tmp_path / "token"))
    with pytest.raises(CredentialRetrievalError, match="the file of its token can't be read: FileNotFoundError"):
        Credentials(clock).current()
    assert not container.asked


@pytest.mark.parametrize("token", ["a\r\nb", "a\n"], ids=["two lines", "a line's end"])
def test_a_token_that_would_be_another_header_is_not_sent(container, clock, monkeypatch, token):
    monkeypatch.setenv(TOKEN_VARIABLE, token)
    with pytest.raises(CredentialRetrievalError, match="end of a line"):
        Credentials(clock).current()
    assert not container.asked


def test_expired_ones_are_replaced_once(lean, recorder, monkeypatch, container):
    del container.answers[:]
    expired = (400, {"__type": "com.amazon.coral.service#ExpiredTokenException", "message": "expired"})
    container.will(told("A1", 10**9), expired, told("A2", 10**9), (200, {"Item": {}}))
    lean.get_item(TableName="t", Key={})
    posts = [asked for asked in container.asked if asked.method == "POST"]
    assert [
        f"Credential={key}/" in asked.headers["authorization"] for key, asked in zip(("A1", "A2"), posts, strict=True)
    ]


def test_expired_ones_are_replaced_only_once(lean, container):
    expired = (400, {"__type": "com.amazon.coral.service#ExpiredTokenException", "message": "expired"})
    container.will(told("A1", 10**9), expired, told("A2", 10**9), expired)
    with pytest.raises(ClientError, match="ExpiredTokenException"):
        lean.get_item(TableName="t", Key={})
    assert [asked.method for asked in container.asked] == ["GET", "POST", "GET", "POST"]


def test_with_others_a_request_that_is_throttled_then_is_sent_again_all_the_same(lean, container):
    expired, throttled = ((400, {"__type": code}) for code in ("ExpiredTokenException", "ThrottlingException"))
    container.will(told("A1", 10**9), expired, told("A2", 10**9), throttled, (200, {"Item": {}}))
    assert "Item" in lean.get_item(TableName="t", Key={})
    assert [asked.method for asked in container.asked] == ["GET", "POST", "GET", "POST", "POST"]


def test_what_another_thread_has_renewed_is_not_asked_for_again(container, clock):
    held = Credentials(clock)
    held.current()
    assert held.instead_of(KeyPair("A0", "s", "t")) == KeyPair("A1", "s", "t")
    assert len(container.asked) == 1


def test_those_of_the_environment_are_not_tried_twice(lean, recorder):
    recorder.will((400, {"__type": "ExpiredTokenException"}))
    with pytest.raises(ClientError, match="ExpiredTokenException"):
        lean.get_item(TableName="t", Key={})
    assert len(recorder.asked) == 1


def test_a_snapshot_holds_none(container, monkeypatch):
    """What a function makes before its snapshot asks for none; the first request afterwards does."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", container.address)
    client = clients.dynamodb(timeout=30)
    assert client.service.credentials._held is None
    assert not container.asked
    container.will(told("A1", 10**9), (200, {}))
    client.get_item(TableName="t", Key={})
    assert [asked.method for asked in container.asked] == ["GET", "POST"]
    client.service.connections.close()


def test_no_secret_is_in_what_a_failure_says(container, clock):
    container.will((200, {"AccessKeyId": "A1", "SecretAccessKey": "hush"}), (200, b"hush"))
    assert Credentials(clock).current().secret == "hush"
    with pytest.raises(CredentialRetrievalError) as failure:
        Credentials(clock).current()
    assert "hush" not in str(failure.value)
    assert "the-token" not in str(failure.value)


def test_no_secret_is_in_what_a_page_of_variables_would_show(container, clock):
    container.will((200, {"AccessKeyId": "A1", "SecretAccessKey": "hush", "Token": "also"}))
    held = Credentials(clock)
    shown = f"{held.current()!r} {held.current()} {held._held!r}"
    assert "A1" in shown
    assert "hush" not in shown
    assert "also" not in shown


def test_the_road_needs_no_further_module_of_botocore(tmp_path):
    import subprocess

    program = (
        "import sys\nfrom ivr.aws import clients\nclients.dynamodb(timeout=1)\n"
        "print(sorted(one for one in sys.modules if one.startswith('botocore') and '.vendored' not in one))"
    )
    run = subprocess.run(
        [sys.executable, "-c", program],
        cwd=Path(__file__).resolve().parents[2],
        env={"AWS_DEFAULT_REGION": "me-central-1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout == "['botocore', 'botocore.exceptions']\n"
