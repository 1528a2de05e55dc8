"""A number of the account, as the REST API keeps it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class OwnNumber:
    """A number of the account. ``settings`` are by the names of Twilio's answer, such as voice_url."""

    sid: str
    number: str
    settings: dict[str, str] = field(default_factory=dict)
