"""The media of a Play: whether Twilio could fetch it, and what kind it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from infra.carrier.webhooks import HTTP_ERROR, WebhookFailedError

if TYPE_CHECKING:
    from infra.carrier.leg import Leg
    from infra.carrier.network import Network
    from infra.carrier.recordings import Recording

TWILIO = "api.twilio.com"
NO_SOUND = "13420"
"""Twilio's error code for a Play of something that is no sound."""
_SID = re.compile(r"RE[0-9a-f]{32}")


def recording_of(network: Network, url: str) -> Recording | None:
    """Find the recording whose Sid stands in the URL, on any account."""
    found = _SID.search(urlsplit(url).path)
    return network.recordings.get(found.group()) if found else None


def fetch_media(leg: Leg, url: str) -> bool:
    """Fetch the media of a Play as Twilio would. False: that failed, and nothing is played.

    A recording on Twilio's own host needs credentials, and a Play sends none (accounts created since July 2023 can't
    switch this off). Media of the application are fetched with a signed GET if the carrier was given a `get`.
    Media on any other host are taken to be there.
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
