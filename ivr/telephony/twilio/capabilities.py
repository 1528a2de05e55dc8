"""What Twilio can do for a deployment, by its settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.telephony.port import Capabilities

if TYPE_CHECKING:
    from ivr.settings import Settings


def capabilities(settings: Settings) -> Capabilities:
    """All that the product knows of; but nothing over the REST API without an account."""
    account = bool(settings.twilio_account_sid)
    return Capabilities(moves=account, rings=account, texts=account)
