"""The fingerprint of the HMAC key with which the table's pseudonyms are made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.secrets.key_fingerprint import FINGERPRINT_KEY, KeyFingerprint

if TYPE_CHECKING:
    from ivr.store.table import Table


class Fingerprints:
    """The fingerprint of the table's key."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def get(self) -> str:
        """The stored fingerprint, or an empty string. Raises ``StoreUnavailableError``."""
        kept = self._table.read(KeyFingerprint, self._table.get(FINGERPRINT_KEY))
        return kept.fingerprint if kept else ""

    def keep(self, fingerprint: str, now: int) -> str:
        """Store the key's fingerprint unless there is one. Returns the stored one. Raises ``StoreWriteError``."""
        there = self._table.put_or_read(KeyFingerprint(fingerprint=fingerprint, kept_at=now))
        kept = self._table.read(KeyFingerprint, there)
        return kept.fingerprint if kept else fingerprint  # a damaged item refuses no key
