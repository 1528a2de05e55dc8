"""A request over HTTP/1.1 in one piece. http.client writes head and body apart: a packet more, and a record of TLS.

The answer is asked for as it is, not compressed.
"""

from __future__ import annotations

import re
from http.client import InvalidURL
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_PATH = re.compile(r"[!-~]+")
_HAVE_A_LENGTH = frozenset({"PATCH", "POST", "PUT"})  # without a body too


def written(method: str, path: str, host: str, headers: Mapping[str, str], body: bytes = b"") -> bytes:
    """The bytes of a request to ``host``, as it stands in an address, with its port.

    Raises ``http.client.InvalidURL`` for a path with anything but printable ASCII, and ``ValueError`` for a header that
    would begin another one.
    """
    if not _PATH.fullmatch(path):
        raise InvalidURL("the path of a request has a character that an address can't have")
    told = {"host": host, **headers, "accept-encoding": "identity"}
    if body or method in _HAVE_A_LENGTH:
        told["content-length"] = str(len(body))
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in told.items())]
    if any("\r" in line or "\n" in line for line in lines):
        raise ValueError("the end of a line in the head of a request would begin another header")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body
