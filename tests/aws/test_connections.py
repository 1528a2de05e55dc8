"""Connections are kept, opened anew where they have ended, limited in time, and verified."""

from __future__ import annotations

import datetime as dt
import io
import ipaddress
import socket
import ssl
import threading
import time
from importlib.util import find_spec

import botocore.httpsession
import pytest
from botocore.exceptions import (
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
    SSLError,
)
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from ivr.aws.connections import Connections
from ivr.http import tls
from ivr.telephony.twilio import http as twilio
from tests.aws.conftest import Recorder, closes_afterwards, resets


@pytest.fixture
def opened(recorder):
    connections = Connections(recorder.address, 30, 30)
    yield connections
    connections.close()


def test_one_connection_serves_all_requests_and_waits_for_no_full_packet(recorder, opened):
    for _ in range(3):
        assert opened.send("POST", "/", {"a": "b"}, b"{}").status == 200
    assert len({asked.port for asked in recorder.asked}) == 1
    [(kept, _)] = opened._kept
    assert kept.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    assert kept.sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)


def test_a_request_is_written_in_one_piece(recorder, opened, monkeypatch):
    opened.send("POST", "/", {}, b"{}")
    [(kept, _)] = opened._kept
    whole = []

    class Watched:
        def __getattr__(self, name):
            return getattr(plain, name)

        def sendall(self, piece):
            whole.append(piece)
            plain.sendall(piece)

    plain, kept.sock = kept.sock, Watched()
    assert opened.send("POST", "/", {"a": "b"}, b"{}").status == 200
    kept.sock = plain
    [piece] = whole
    assert piece.startswith(b"POST / HTTP/1.1\r\nhost: 127.0.0.1:")
    assert piece.endswith(b"\r\na: b\r\naccept-encoding: identity\r\ncontent-length: 2\r\n\r\n{}")


@pytest.mark.parametrize("value", ["a\r\nb: c", "a\n"], ids=["another header", "a line's end"])
def test_no_value_begins_another_header(recorder, opened, value):
    with pytest.raises(ValueError, match="end of a line"):
        opened.send("POST", "/", {"x-amz-security-token": value}, b"{}")
    assert not recorder.asked


@pytest.mark.parametrize(
    ("address", "where"),
    [
        ("http://[fd00:ec2::23]", ("fd00:ec2::23", 80)),
        ("https://[::1]", ("::1", 443)),
        ("http://[::1]:4566", ("::1", 4566)),
    ],
    ids=["of a pod", "by https", "with a port"],
)
def test_the_end_of_an_address_is_no_port(monkeypatch, address, where):
    asked = []

    def refuse(to, *_, **__):
        asked.append(to)
        raise ConnectionRefusedError

    monkeypatch.setattr("socket.create_connection", refuse)
    with pytest.raises(EndpointConnectionError):
        Connections(address, 30, 30).send("GET", "/", {})
    with pytest.raises(twilio.NotConnectedError):
        twilio.ask("GET", f"{address}/", {}, b"", 30)
    assert asked == [where, where]


def test_an_answer_in_chunks_is_read_whole(recorder, opened):
    def answer(handler):
        handler.send_response(200)
        handler.send_header("transfer-encoding", "chunked")
        handler.end_headers()
        handler.wfile.write(b"2\r\n{}\r\n1\r\n \r\n0\r\n\r\n")

    recorder.will(answer)
    for _ in range(2):
        assert opened.send("POST", "/", {}, b"{}").body == b"{} "
    assert len({asked.port for asked in recorder.asked}) == 1


def test_a_late_answer_is_never_that_to_the_next_request(recorder, opened):
    """An interim answer, and then, when the next request is under way, the one that was waited for."""
    goes_on = threading.Event()

    def hints(handler):
        handler.wfile.write(b"HTTP/1.1 103 Early Hints\r\n\r\n")
        goes_on.wait(30)
        handler.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nfirst")

    recorder.will(hints, (200, b"second"))
    with pytest.raises(ConnectionClosedError):
        opened.send("POST", "/", {}, b"{}")
    assert not opened._kept
    goes_on.set()
    assert opened.send("POST", "/", {}, b"{}").body == b"second"


def test_an_answer_that_ends_early_is_none(recorder, opened):
    def answer(handler):
        handler.send_response(200)
        handler.send_header("content-length", "9")
        handler.end_headers()
        handler.wfile.write(b"{}")
        handler.close_connection = True

    recorder.will(answer)
    with pytest.raises(ConnectionClosedError):
        opened.send("POST", "/", {}, b"{}")
    assert not opened._kept


def test_one_that_the_peer_has_closed_meanwhile_is_opened_anew(recorder, opened):
    recorder.will(closes_afterwards(200, {}))
    opened.send("POST", "/", {}, b"{}")
    [(kept, _)] = opened._kept
    while not _at_its_end(kept.sock):
        pass
    assert opened.send("POST", "/", {}, b"{}").status == 200
    assert len({asked.port for asked in recorder.asked}) == 2


def _at_its_end(sock):
    sock.settimeout(30)
    return sock.recv(1, socket.MSG_PEEK) == b""


@pytest.mark.parametrize("seconds", [61, -61], ids=["later", "earlier"])
def test_one_that_was_not_used_for_a_minute_is_opened_anew_by_a_clock_that_may_be_set(
    recorder, opened, monkeypatch, seconds
):
    opened.send("POST", "/", {}, b"{}")
    then = time.time()
    monkeypatch.setattr(time, "time", lambda: then + seconds)
    opened.send("POST", "/", {}, b"{}")
    assert len({asked.port for asked in recorder.asked}) == 2
    assert len(opened._kept) == 1


def test_no_more_are_kept_than_so_many(recorder, opened, monkeypatch):
    monkeypatch.setattr("ivr.aws.connections._MOST_KEPT", 0)
    for _ in range(2):
        assert opened.send("POST", "/", {}, b"{}").status == 200
        assert not opened._kept
    assert len({asked.port for asked in recorder.asked}) == 2


def test_one_that_the_peer_resets_is_told_as_closed_and_not_used_again(recorder, opened):
    recorder.will(resets, (200, {}))
    with pytest.raises(ConnectionClosedError):
        opened.send("POST", "/", {}, b"{}")
    assert opened.send("POST", "/", {}, b"{}").status == 200


def test_a_request_over_a_connection_that_was_reset_is_sent_again_over_a_new_one(recorder, lean):
    recorder.will((200, {}), resets, (200, {"Item": {"pk": {"S": "x"}}}))
    lean.get_item(TableName="t", Key={})
    assert lean.get_item(TableName="t", Key={})["Item"] == {"pk": {"S": "x"}}
    assert len(recorder.asked) == 3


def test_the_peer_that_says_that_it_closes_is_believed(recorder, opened):
    recorder.will((200, {}, {"connection": "close"}))
    opened.send("POST", "/", {}, b"{}")
    assert not opened._kept


def test_each_thread_has_a_connection_of_its_own_at_a_time(recorder, opened):
    here = threading.Barrier(4)

    def together(handler):
        here.wait(30)
        handler.send_response(200)
        handler.send_header("content-length", "0")
        handler.end_headers()

    recorder.will(together)
    threads = [threading.Thread(target=opened.send, args=("POST", "/", {}, b"{}")) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({asked.port for asked in recorder.asked}) == len(opened._kept) == 4


def test_nobody_there():
    with socket.socket() as taken:  # so that no other server gets the port; nobody listens there
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(EndpointConnectionError):
            Connections(f"http://127.0.0.1:{taken.getsockname()[1]}", 30, 30).send("POST", "/", {}, b"{}")


def test_no_such_name(monkeypatch):
    def unknown(*_, **__):
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(EndpointConnectionError):
        Connections("http://nobody.invalid", 30, 30).send("POST", "/", {}, b"{}")


def test_no_answer_in_time(recorder):
    released = threading.Event()

    def ends_before_a_connection_may_take_so_long(handler):
        released.wait(20)
        handler.close_connection = True

    recorder.will(ends_before_a_connection_may_take_so_long)
    with pytest.raises(ReadTimeoutError):
        Connections(recorder.address, 30, 0.05).send("POST", "/", {}, b"{}")
    released.set()


def test_no_connection_in_time(monkeypatch):
    def connect(_address, timeout, *_):
        assert timeout == 0.2
        raise TimeoutError

    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(ConnectTimeoutError):
        Connections("http://127.0.0.1:9", 0.2, 30).send("POST", "/", {}, b"{}")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate of 127.0.0.1 that nobody but itself vouches for, as a file with its key."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "here")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "certificate.pem"
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    file.write_bytes(
        made.public_bytes(serialization.Encoding.PEM) + key.private_bytes(serialization.Encoding.PEM, *plain)
    )
    return file


@pytest.fixture(scope="module")
def secured(certificate):
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    made = Recorder(tls)
    made.will((200, {}))
    yield made
    made.close()


def test_a_peer_is_verified_by_the_bundle_that_the_environment_names(secured, certificate, monkeypatch):
    monkeypatch.setenv("AWS_CA_BUNDLE", str(certificate))
    connections = Connections(secured.address, 30, 30)
    assert connections.send("POST", "/", {}, b"{}").status == 200
    connections.close()


def test_what_follows_an_answer_in_its_record_of_tls_answers_nothing(secured, certificate, monkeypatch):
    """OpenSSL holds the rest of the record: there is nothing of it at the socket."""
    monkeypatch.setenv("AWS_CA_BUNDLE", str(certificate))
    whole = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}".ljust(io.DEFAULT_BUFFER_SIZE)
    more = b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nfalse"
    secured.will(lambda handler: handler.wfile.write(whole + more), (200, {}))
    connections = Connections(secured.address, 30, 30)
    for _ in range(2):
        assert connections.send("POST", "/", {}, b"{}").body == b"{}"
    connections.close()


def test_a_folder_of_authorities_is_one_too(secured, tmp_path, monkeypatch):
    monkeypatch.setenv("AWS_CA_BUNDLE", str(tmp_path))
    with pytest.raises(SSLError):  # there is none in it
        Connections(secured.address, 30, 30).send("POST", "/", {}, b"{}")


def test_a_peer_whom_nobody_vouches_for_gets_nothing(secured, monkeypatch):
    monkeypatch.delenv("AWS_CA_BUNDLE", raising=False)
    secured.asked.clear()
    with pytest.raises(SSLError):
        Connections(secured.address, 30, 30).send("POST", "/", {"authorization": "secret"}, b"{}")
    assert not secured.asked


def test_a_certificate_of_another_name_is_refused(secured, certificate, monkeypatch):
    monkeypatch.setenv("AWS_CA_BUNDLE", str(certificate))
    elsewhere = secured.address.replace("127.0.0.1", "localhost")
    with pytest.raises(SSLError):
        Connections(elsewhere, 30, 30).send("POST", "/", {}, b"{}")


def test_before_a_snapshot_authorities_are_read_and_nothing_is_opened(monkeypatch):
    monkeypatch.setattr(socket, "create_connection", None)
    connections = Connections("https://dynamodb.me-central-1.amazonaws.com", 1, 1)
    connections.prepare()
    assert not connections._kept


@pytest.fixture
def _bundle_sought_anew():
    tls.bundled.cache_clear()
    yield
    tls.bundled.cache_clear()


@pytest.mark.usefixtures("_bundle_sought_anew")
def test_without_a_bundle_of_its_own_a_function_trusts_whom_botocore_trusts(monkeypatch):
    assert tls.bundled() == botocore.httpsession.where()
    monkeypatch.setattr(tls, "find_spec", lambda name: None if name == "certifi" else find_spec(name))
    tls.bundled.cache_clear()
    assert tls.bundled() == botocore.httpsession.DEFAULT_CA_BUNDLE  # in a function without certifi
    trusted = ssl.create_default_context(cafile=tls.bundled()).get_ca_certs()
    assert any("Amazon Root CA 1" in str(one["subject"]) for one in trusted)


def test_aws_and_twilio_are_verified_by_one_context(monkeypatch):
    monkeypatch.delenv("AWS_CA_BUNDLE", raising=False)
    verified_by = []

    class Opened(tls.SecureConnection):
        def connect(self):
            verified_by.append(self._context)
            raise OSError

    monkeypatch.setattr(tls, "SecureConnection", Opened)
    with pytest.raises(twilio.NotConnectedError):
        twilio.ask("GET", "https://x.invalid/", {}, b"", 1)
    with pytest.raises(EndpointConnectionError):
        Connections("https://x.invalid", 1, 1).send("GET", "/", {})
    of_twilio, of_aws = verified_by
    assert of_twilio is of_aws
