"""What the Record verb leaves with Twilio."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Recording:
    """The audio of one Record. It stays with Twilio until a REST request deletes it."""

    sid: str
    call_sid: str
    seconds: int
    at: float
    """When it began, seconds since 1970."""
    deleted: bool = False
