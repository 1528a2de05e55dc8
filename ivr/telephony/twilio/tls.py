"""How requests travel to Twilio: a new connection for each, verified by the one TLS context that is kept.

A connection by a kept context costs 1 ms of CPU, and one by its own some 20.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import requests
from requests.adapters import HTTPAdapter

from ivr.tls import bundled, context

if TYPE_CHECKING:
    from urllib3.connectionpool import HTTPSConnectionPool


def prepare() -> None:
    """Read who may certify Twilio, which a snapshot may contain."""
    context(bundled())


def session() -> requests.Session:
    """A session that ends with its one connection."""
    opened = requests.Session()
    opened.trust_env = False  # neither a proxy nor another's credentials come in between
    opened.mount("https://", _KeptContextAdapter())
    return opened


class _KeptContextAdapter(HTTPAdapter):
    """Verifies by the kept context, where requests would have the authorities read again for each connection."""

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, ssl_context=context(bundled()), **options)

    def cert_verify(self, conn: HTTPSConnectionPool, *_: object) -> None:
        conn.cert_reqs = "CERT_REQUIRED"
