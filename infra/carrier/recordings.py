"""Recordings: what Record leaves with Twilio, until REST deletes it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from infra.carrier.webhooks import HTTP_ERROR, WebhookFailedError

if TYPE_CHECKING:
    from infra.carrier.leg import Leg
    from infra.carrier.network import Network

TWILIO = "api.twilio.com"
NO_SOUND = "13420"
"""Twilio's error code for a Play of something else."""
_SID = re.compile(r"RE[0-9a-f]{32}")


@dataclass
class Recording:
    """What was said into a Record."""

    sid: str
    call_sid: str
    seconds: int
    at: float
    """When it began, seconds since 1970."""
    deleted: bool = False


def recording_of(network: Network, url: str) -> Recording | None:
    """The recording that an address names, whoever it belongs to."""
    found = _SID.search(urlsplit(url).path)
    return network.recordings.get(found.group()) if found else None


def fetch_media(leg: Leg, url: str) -> bool:
    """Get what a Play names, as far as it can be known here. False: that failed, and nothing is played.

    An address of Twilio's own needs credentials, which a Play has not (accounts since July 2023 can't switch that off).
    The application's is asked for with a signed GET, where the carrier was given a way to.
    """
    network = leg.network
    recording = recording_of(network, url)
    if urlsplit(url).hostname == TWILIO and recording is not None:
        if network.options.media_needs_credentials:
            return _failed(leg, url, "HTTP status 401")
        return not recording.deleted or _failed(leg, url, "HTTP status 404")
    if network.webhooks.get is None or not url.startswith(network.options.base_url):
        return True
    try:
        media_type = network.webhooks.fetch(url).content_type
    except WebhookFailedError as failure:
        return _failed(leg, url, str(failure))
    return media_type.startswith("audio/") or _failed(leg, url, f"content type {media_type!r} is no sound", NO_SOUND)


def _failed(leg: Leg, url: str, why: str, code: str = HTTP_ERROR) -> bool:
    leg.fault(code, f"Play of {urlsplit(url).path}: {why}")
    return False
