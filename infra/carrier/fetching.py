"""Fetches the documents of a leg: from their own URL, else from the fallback URL."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from infra.carrier.document import BadDocumentError, Document, read_document
from infra.carrier.network import Fault
from infra.carrier.posting import Answer
from infra.carrier.request import Request
from infra.carrier.webhooks import WebhookFailedError

if TYPE_CHECKING:
    from infra.carrier.leg import Leg

ROOMS = ("wait", "queue")
"""The places whose documents play while a leg waits: without one there is silence, and no fallback URL."""
_NARROW = ("whisper", *ROOMS)
"""The places where fewer verbs are known."""


def fetch(leg: Leg, request: Request) -> tuple[str, Document] | None:
    """Get the document and its URL: from the request, else from the fallback URL, else None."""
    try:
        return _ask(leg, request)
    except (WebhookFailedError, BadDocumentError) as failure:
        more = {**request.form, "ErrorCode": failure.code, "ErrorUrl": request.url}
    if leg.place in ROOMS or leg.fallback_url == "":
        return None
    options = leg.network.options
    try:
        return _ask(leg, Request(leg.fallback_url or urljoin(options.base_url, options.fallback_path), more))
    except (WebhookFailedError, BadDocumentError) as failure:
        leg.fault(failure.code, f"the fallback URL failed too: {failure}")
        return None


def _ask(leg: Leg, request: Request) -> tuple[str, Document]:
    answer = Answer(200, "text/xml", request.twiml) if request.twiml else _send(leg, request)
    try:
        here = {leg.place: True} if leg.place in _NARROW else {}
        return request.url, read_document(answer, **here)
    except BadDocumentError as failure:
        leg.fault(failure.code, f"{failure} (from {urlsplit(request.url).path})")
        raise


def _send(leg: Leg, request: Request) -> Answer:
    path = urlsplit(request.url).path
    try:
        answer = leg.network.webhooks.send(request.url, leg.form(**request.form))
    except WebhookFailedError as failure:
        leg.network.failures.append(Fault(failure.code, leg.name, str(failure)))
        leg.note("webhook", f"{path}: {failure}")
        raise
    leg.note("webhook", f"{path}: {answer.status}")
    return answer


def send_last_requests(leg: Leg) -> None:
    """Send the requests that Twilio sends after a leg's end: the actions of a Dial or Record that a hang-up ended."""
    for request in leg.last_requests:
        with suppress(WebhookFailedError):
            _send(leg, request)
