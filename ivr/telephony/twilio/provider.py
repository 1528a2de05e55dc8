"""Twilio, as the product's telephony provider."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ivr.telephony.port import Document
from ivr.telephony.twilio import twiml, webhook
from ivr.telephony.twilio.capabilities import capabilities
from ivr.telephony.twilio.gate import Gate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ivr.secrets.source import Secrets
    from ivr.settings import Settings
    from ivr.telephony.port import Account
    from ivr.telephony.turn import Turn
    from ivr.telephony.webhook import Fetch, Webhook


class TwilioProvider:
    """Twilio for one deployment (``ivr.telephony.port.Provider``)."""

    def __init__(self, settings: Settings, secrets: Secrets) -> None:
        self.capabilities = capabilities(settings)
        self._settings, self._secrets = settings, secrets
        self._gate = Gate(secrets)
        self._writer = twiml.Writer(settings)

    def read(self, event: Mapping[str, Any]) -> Webhook | Fetch:
        """A POST is a webhook; a GET asks for what a <Play> names."""
        read = webhook.read_get if webhook.is_get(event) else webhook.read
        return read(event, signed=self._gate.signed, public_base_url=self._settings.public_base_url)

    def write(self, turn: Turn) -> Document:
        """TwiML."""
        return Document(self._writer.write(turn), twiml.CONTENT_TYPE)

    def prepare(self) -> None:
        """Import the REST API's client and read the certificate authorities: some 150 ms of a call's first move."""
        if self.capabilities.moves:
            from ivr.telephony.twilio import rest

            rest.prepare()

    def account(self) -> Account:
        """The REST API, with the patience that a person has who waits. Its client is imported by the first call."""
        from ivr.telephony.twilio import rest

        return rest.TwilioAccount(self._settings, self._secrets, timeout=rest.IN_A_CALL_SECONDS)
