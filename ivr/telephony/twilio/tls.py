"""How requests travel to Twilio: a new connection for each, verified by one TLS context that is made once.

A context costs some 20 ms of CPU, for it reads every certificate authority; a connection by a kept one costs 1.
"""

from __future__ import annotations

import ssl
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import certifi
import requests
from requests.adapters import HTTPAdapter
from urllib3.util.ssl_ import create_urllib3_context

if TYPE_CHECKING:
    from urllib3.connectionpool import HTTPSConnectionPool


@lru_cache(maxsize=1)
def context() -> ssl.SSLContext:
    """The context of all connections to Twilio. It holds no secret: a snapshot may contain it."""
    made: ssl.SSLContext = create_urllib3_context(cert_reqs=ssl.CERT_REQUIRED)
    made.load_verify_locations(certifi.where())
    return made


def session() -> requests.Session:
    """A session that ends with its one connection."""
    opened = requests.Session()
    opened.trust_env = False  # neither a proxy nor another's credentials come in between
    opened.mount("https://", _KeptContextAdapter())
    return opened


class _KeptContextAdapter(HTTPAdapter):
    """Verifies by the kept context, where requests would have the authorities read again for each connection."""

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, ssl_context=context(), **options)

    def cert_verify(self, conn: HTTPSConnectionPool, *_: object) -> None:
        conn.cert_reqs = "CERT_REQUIRED"
