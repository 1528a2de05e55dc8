"""The gate: a webhook's signature, judged by the secrets that this container knows, and once more by newer ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.telephony.twilio.signature import is_signed

if TYPE_CHECKING:
    from ivr.secrets.source import Secrets
    from ivr.telephony.twilio.form import Form


class Gate:
    """The gate of one deployment."""

    def __init__(self, secrets: Secrets) -> None:
        self.secrets = secrets

    def signed(self, url: str, form: Form, signature: str, settings: str) -> bool:
        """Whether Twilio signed this. Raises ``ivr.secrets.SecretUnavailableError``.

        A wrong signature may be the first one after a rotation, so the secrets are read again and it is judged by
        them: at most once a minute, so that a forger can't send us to Parameter Store at will.
        """
        if is_signed(self.secrets.signers(), url, form, signature, settings):
            return True
        return self.secrets.refresh_signers() and is_signed(self.secrets.signers(), url, form, signature, settings)
