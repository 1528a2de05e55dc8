"""The fingerprint of the HMAC key, kept in the table so that no other key is ever used with what is stored there."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from ivr.records.base import ItemKey, Record

FINGERPRINT_KEY = ItemKey("DEPLOYMENT", "HMAC_KEY")


def fingerprint(key: str) -> str:
    """What tells two keys apart and tells nothing of either: an HMAC of a text that no pseudonym is made of."""
    return hmac.new(key.encode(), b"fingerprint", hashlib.sha256).hexdigest()[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFingerprint(Record):
    """Which key the pseudonyms in this table are made with. It never expires."""

    fingerprint: str
    kept_at: int

    @property
    def key(self) -> ItemKey:  # noqa: D102
        return FINGERPRINT_KEY
