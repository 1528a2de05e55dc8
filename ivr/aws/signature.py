"""AWS Signature Version 4 (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html).

Of the one shape of request that this package sends: POST of a body to the path "/", without a query.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from hmac import digest
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

_ALGORITHM = "AWS4-HMAC-SHA256"


class Scope(NamedTuple):
    """Where a signature holds: a region and a service, by its name in signatures."""

    region: str
    service: str


class KeyPair(NamedTuple):
    """What signs. The id is sent, the secret never is. Temporary ones have a session token, which is sent."""

    key_id: str
    secret: str
    token: str = ""

    def __repr__(self) -> str:
        return f"{type(self).__name__}(key_id={self.key_id!r})"  # a report of an error shows variables


def authorization(headers: Mapping[str, str], body: bytes, at: str, scope: Scope, keys: KeyPair) -> str:
    """The header ``Authorization`` of a request.

    ``headers`` are those to be signed, ``host`` and ``x-amz-date`` among them, with names in lower case; ``at`` is the
    moment as ``x-amz-date`` says it (20150830T123600Z).
    """
    signed = sorted(headers)
    names = ";".join(signed)
    values = "".join(f"{name}:{' '.join(headers[name].split())}\n" for name in signed)
    canonical = f"POST\n/\n\n{values}\n{names}\n{sha256(body).hexdigest()}"
    day = at[:8]
    within = f"{day}/{scope.region}/{scope.service}/aws4_request"
    to_sign = f"{_ALGORITHM}\n{at}\n{within}\n{sha256(canonical.encode()).hexdigest()}"
    signature = digest(_key_of_the_day(keys.secret, day, scope), to_sign.encode(), "sha256").hex()
    return f"{_ALGORITHM} Credential={keys.key_id}/{within}, SignedHeaders={names}, Signature={signature}"


@lru_cache(maxsize=4)
def _key_of_the_day(secret: str, day: str, scope: Scope) -> bytes:
    """One key signs all requests of a day to a service."""
    key = f"AWS4{secret}".encode()
    for part in (day, scope.region, scope.service, "aws4_request"):
        key = digest(key, part.encode(), "sha256")
    return key
