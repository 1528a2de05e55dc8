"""A certificate authority of this run alone, so that what is TLS in AWS and at Twilio is TLS here.

RSA of 2048 bits and an intermediate, as both have it; made anew for each run, and its keys leave the machine's memory
only for a folder that is deleted.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import ssl
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID


class Authority:
    """Issues one certificate, for 127.0.0.1. ``root`` is what a client must trust, in PEM."""

    def __init__(self) -> None:
        root, between, server = (rsa.generate_private_key(65537, 2048) for _ in range(3))
        self._root = _issue("Bench Root CA", root, "Bench Root CA", root, may_issue=True)
        middle = _issue("Bench CA 1", between, "Bench Root CA", root, may_issue=True)
        leaf = _issue("127.0.0.1", server, "Bench CA 1", between, may_issue=False)
        self._chain = [leaf, middle]
        self._key = server

    @property
    def root(self) -> bytes:
        return self._root.public_bytes(serialization.Encoding.PEM)

    def context(self) -> ssl.SSLContext:
        """A server's context, with the certificate and the intermediate."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        private = self._key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        with TemporaryDirectory() as folder:
            file = Path(folder, "server.pem")
            file.write_bytes(private + b"".join(one.public_bytes(serialization.Encoding.PEM) for one in self._chain))
            context.load_cert_chain(file)
        return context


def _issue(
    name: str, key: rsa.RSAPrivateKey, issuer: str, issuers_key: rsa.RSAPrivateKey, *, may_issue: bool
) -> x509.Certificate:
    now = dt.datetime.now(dt.UTC)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    return (
        x509.CertificateBuilder()
        .subject_name(_named(name))
        .issuer_name(_named(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=may_issue, path_length=None), critical=True)
        .add_extension(_may(sign=may_issue), critical=True)  # without it OpenSSL's strict mode refuses an authority
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuers_key.public_key()), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(issuers_key, hashes.SHA256())
    )


def _may(*, sign: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=sign,
        crl_sign=sign,
        encipher_only=False,
        decipher_only=False,
    )


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
