"""Connections to services over HTTP, and who may certify the other side: one context for all, made once.

A context takes some 20 ms of CPU, since it reads every certificate authority. A snapshot may contain it: no secret.
"""

from __future__ import annotations

from functools import lru_cache
from http.client import HTTPConnection, HTTPSConnection
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ssl
    from urllib.parse import SplitResult


def connection(to: SplitResult, timeout: float, authorities: str) -> HTTPConnection:
    """A connection to where an address leads, not opened yet. ``timeout``: seconds, of each wait."""
    is_secure = to.scheme == "https"
    port = to.port or (443 if is_secure else 80)  # http.client would look for it at the end of an address of IPv6
    if is_secure:
        return HTTPSConnection(to.hostname or "", port, timeout=timeout, context=context(authorities))
    return HTTPConnection(to.hostname or "", port, timeout=timeout)


@lru_cache(maxsize=2)
def context(authorities: str) -> ssl.SSLContext:
    """The context of a file or a folder of authorities."""
    import ssl

    if Path(authorities).is_dir():
        return ssl.create_default_context(capath=authorities)
    return ssl.create_default_context(cafile=authorities)


@lru_cache(maxsize=1)
def bundled() -> str:
    """The file of the authorities that browsers trust: certifi's, else botocore's, which the Lambda runtime brings.

    botocore chooses it in the same way.
    """
    package = find_spec("certifi") or find_spec("botocore")
    if package is None or not package.submodule_search_locations:
        raise FileNotFoundError("neither certifi nor botocore is installed: no server can be verified")
    return f"{package.submodule_search_locations[0]}/cacert.pem"
