"""The fingerprint of the HMAC key. The table keeps it, so that another key is never used with its data."""

from __future__ import annotations

import hashlib
import hmac

from ivr.records.base import ItemKey, Record, record

FINGERPRINT_KEY = ItemKey("DEPLOYMENT", "HMAC_KEY")


def fingerprint(key: str) -> str:
    """A value that differs between two keys and reveals neither: an HMAC of a text of which no pseudonym is made."""
    return hmac.new(key.encode(), b"fingerprint", hashlib.sha256).hexdigest()[:16]


@record
class KeyFingerprint(Record):
    """Which key the pseudonyms in this table are made with. It never expires."""

    fingerprint: str
    kept_at: int

    @property
    def key(self) -> ItemKey:  # noqa: D102
        return FINGERPRINT_KEY
