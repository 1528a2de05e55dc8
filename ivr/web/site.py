"""What the pages are built from: one deployment, its key, and how people sign in."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from ivr.desk.context import Context
    from ivr.observability.log import Log


class Site(NamedTuple):
    """One deployment's desk."""

    context: Context
    key: str  # the deployment's HMAC key, from which every key of the pages is derived
    log: Log
    client_secret: str = ""  # of the issuer's client, where that is no public one

    def derived_key(self, purpose: str) -> bytes:
        """A key of 32 bytes for one purpose: it tells nothing about the deployment's key, or about another purpose."""
        return hmac.digest(self.key.encode(), f"desk {purpose}".encode(), hashlib.sha256)

    @property
    def is_local(self) -> bool:
        """Whether the pages are served without TLS, which only a laptop's are."""
        return not self.context.settings.public_base_url.startswith("https://")
