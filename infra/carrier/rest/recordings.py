"""The Recordings resource: lists, describes, plays and deletes recordings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infra.carrier.rest.answers import VERSION, RefusedError, Reply, when

if TYPE_CHECKING:
    from infra.carrier.network import Network
    from infra.carrier.recordings import Recording

NOT_FOUND = 20404
SOUND = b"ID3\x04\x00\x00\x00\x00\x00\x00"
"""An MP3 file without sound."""


def listing(network: Network) -> Reply:
    """Every recording that is not deleted, the newest first, all on one page."""
    uri = f"/{VERSION}/Accounts/{network.options.account_sid}/Recordings.json"
    kept = [described(network, one) for one in network.recordings.values() if not one.deleted]
    return Reply(
        200,
        {
            "recordings": kept[::-1],
            "page": 0,
            "page_size": 50,
            "start": 0,
            "end": max(0, len(kept) - 1),
            "first_page_uri": f"{uri}?PageSize=50&Page=0",
            "previous_page_uri": None,
            "next_page_uri": None,
            "uri": f"{uri}?PageSize=50&Page=0",
        },
    )


def fetch(network: Network, sid: str) -> Reply:
    """Describe one recording."""
    return Reply(200, described(network, _kept(network, sid)))


def sound(network: Network, sid: str) -> Reply:
    """The audio of a recording."""
    _kept(network, sid)
    return Reply(200, SOUND)


def delete(network: Network, sid: str) -> Reply:
    """Delete a recording."""
    _kept(network, sid).deleted = True
    return Reply(204, b"")


def described(network: Network, recording: Recording) -> dict[str, Any]:
    """A recording as Twilio describes it."""
    account_sid = network.options.account_sid
    uri = f"/{VERSION}/Accounts/{account_sid}/Recordings/{recording.sid}.json"
    return {
        "sid": recording.sid,
        "account_sid": account_sid,
        "call_sid": recording.call_sid,
        "conference_sid": None,
        "api_version": VERSION,
        "channels": 1,
        "duration": str(recording.seconds),
        "source": "RecordVerb",
        "status": "completed",
        "start_time": when(recording.at),
        "date_created": when(recording.at),
        "date_updated": when(recording.at),
        "price": None,
        "price_unit": "USD",
        "error_code": None,
        "encryption_details": None,
        "media_url": f"https://api.twilio.com{uri.removesuffix('.json')}",
        "uri": uri,
        "subresource_uris": {},
    }


def _kept(network: Network, sid: str) -> Recording:
    recording = network.recordings.get(sid)
    if recording is None or recording.deleted:
        raise RefusedError(NOT_FOUND, f"The requested resource /Recordings/{sid} was not found", 404)
    return recording
