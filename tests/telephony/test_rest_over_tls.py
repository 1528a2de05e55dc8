"""Requests to Twilio over TLS: verified, and by certificate authorities that are read once."""

import datetime as dt
import ipaddress
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from ivr.http.tls import bundled
from ivr.secrets.source import Secrets
from ivr.settings import Settings
from ivr.telephony.port import NotSentError
from ivr.telephony.twilio import http, rest
from tests.conftest import ENVIRONMENT

SID = "CA" + "1" * 32


class Twilio(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.moved.append(self.path)
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def key():
    return ec.generate_private_key(ec.SECP256R1())


@pytest.fixture
def serve(key, tmp_path):
    """Starts a server whose certificate, issued by itself, is for an address. Returns it and the certificate's file."""
    servers = []

    def started(address="127.0.0.1"):
        bundle = tmp_path / "authorities.pem"
        bundle.write_bytes(_certificate(key, address) + _pem_of(key))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(bundle)
        server = ThreadingHTTPServer(("127.0.0.1", 0), Twilio)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        server.daemon_threads, server.moved = True, []
        server.handle_error = lambda *_: None
        servers.append(server)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        return server, bundle

    yield started
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def account(monkeypatch):
    """The account at a server, with the authorities of a file."""

    def at(server, authorities):
        monkeypatch.setattr(http, "bundled", lambda: str(authorities))
        http.context.cache_clear()
        base = f"https://127.0.0.1:{server.server_address[1]}"
        settings = Settings.from_environment(ENVIRONMENT | {"TWILIO_API_BASE_URL": base})
        return rest.TwilioAccount(settings, Secrets(settings, lambda *_: None))

    yield at
    http.context.cache_clear()
    rest._client.cache_clear()


def test_the_certificate_authorities_are_read_once_for_many_moves(serve, account):
    server, authorities = serve()
    twilio = account(server, authorities)
    twilio.move(SID, "/voice/conference/enter")
    authorities.unlink()
    for _ in range(3):
        twilio.move(SID, "/voice/conference/enter")
    assert len(server.moved) == 4


def test_a_server_whose_certificate_nobody_vouches_for_gets_no_request(serve, account):
    server, _ = serve()
    twilio = account(server, bundled())
    with pytest.raises(NotSentError):
        twilio.move(SID, "/voice/conference/enter")
    assert server.moved == []


def test_a_server_under_another_name_gets_no_request(serve, account):
    server, authorities = serve("127.0.0.2")
    twilio = account(server, authorities)
    with pytest.raises(NotSentError):
        twilio.move(SID, "/voice/conference/enter")
    assert server.moved == []


def _pem_of(key):
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _certificate(key, address):
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Twilio in a test")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.PEM)
