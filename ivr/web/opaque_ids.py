"""Ids for URLs that stand for a number or a CallSid and show nothing of it.

AES-SIV (RFC 5297) is deterministic, so that a caller has one address, and authenticated, so that nobody can make one
up. An id is of one kind: a report's never opens a caller.
"""

from __future__ import annotations

import base64
import binascii

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV


class OpaqueIds:
    """Ids of one kind, such as "caller", under a key of 32 bytes."""

    def __init__(self, key: bytes, kind: str) -> None:
        self._cipher, self._kind = AESSIV(key), [kind.encode()]

    def hide(self, value: str) -> str:
        """The id of a value."""
        return base64.urlsafe_b64encode(self._cipher.encrypt(value.encode(), self._kind)).decode().rstrip("=")

    def reveal(self, opaque: str) -> str | None:
        """The value of an id. None: it is not one of these."""
        try:
            hidden = base64.b64decode(opaque + "=" * (-len(opaque) % 4), b"-_", validate=True)
            value = self._cipher.decrypt(hidden, self._kind).decode()
        except (binascii.Error, InvalidTag, ValueError):
            return None
        return value if self.hide(value) == opaque else None
