"""The table as it knows its HMAC key: by the key's fingerprint."""

from __future__ import annotations

from ivr.secrets.key_fingerprint import FINGERPRINT_KEY, KeyFingerprint
from ivr.store.table import Table


class Fingerprints(Table):
    """The table, for the fingerprint of its key."""

    def fingerprint(self) -> str:
        """The fingerprint, or an empty string where none is kept yet. Raises ``StoreUnavailableError``."""
        kept = self._read(KeyFingerprint, self._get(FINGERPRINT_KEY))
        return kept.fingerprint if kept else ""

    def keep_fingerprint(self, fingerprint: str, now: int) -> str:
        """Keep the fingerprint of a new table's key, and return the one that is kept. Raises ``StoreWriteError``."""
        kept = self.put_once(KeyFingerprint(fingerprint=fingerprint, kept_at=now))
        return fingerprint if kept else self.fingerprint() or fingerprint  # one that can't be read refuses no key
