"""What a number of the operator's asks the provider to do with a call to it, and what it asked for before."""

from __future__ import annotations

from typing import NamedTuple

from ivr.records.base import ItemKey, Record, record


class NumberSettings(NamedTuple):
    """The settings of a number at the provider, as Twilio's IncomingPhoneNumbers resource names them."""

    voice_url: str = ""
    voice_method: str = ""
    voice_fallback_url: str = ""
    voice_fallback_method: str = ""
    status_callback: str = ""
    status_callback_method: str = ""
    voice_application_sid: str = ""  # with one of these two, Twilio ignores the URLs
    trunk_sid: str = ""


def connected_number_key(number: str) -> ItemKey:
    """The key of what a number asked for before."""
    return ItemKey(f"NUMBER#{number}", "CONNECTED")


@record
class ConnectedNumber(Record):
    """A number that a command pointed at this deployment, with what it asked for before. It never expires."""

    number: str
    connected_at: int
    voice_url: str = ""
    voice_method: str = ""
    voice_fallback_url: str = ""
    voice_fallback_method: str = ""
    status_callback: str = ""
    status_callback_method: str = ""
    voice_application_sid: str = ""
    trunk_sid: str = ""

    @property
    def key(self) -> ItemKey:  # noqa: D102
        return connected_number_key(self.number)

    @property
    def before(self) -> NumberSettings:
        """The settings to be put back."""
        return NumberSettings(*(getattr(self, name) for name in NumberSettings._fields))
