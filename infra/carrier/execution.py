"""Plays TwiML on a leg: fetch a document, play verb after verb, go where they lead."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from infra.carrier.dial import dial
from infra.carrier.document import BadDocumentError, Document, read_document
from infra.carrier.enqueue import enqueue, leave
from infra.carrier.gather import gather
from infra.carrier.network import Fault
from infra.carrier.posting import Answer
from infra.carrier.record import record
from infra.carrier.scene import Play, Request, Scene
from infra.carrier.speaking import hangup, pause, play, redirect, reject, say, say_words
from infra.carrier.webhooks import WebhookFailedError

if TYPE_CHECKING:
    from infra.carrier.leg import Leg
    from infra.carrier.network import Steps

MAX_DOCUMENTS = 200
"""More documents than this on one leg are a loop that no caller would sit through."""
APPLICATION_ERROR = "We are sorry. An application error has occurred. Goodbye."
"""What a leg hears when the fallback URL failed too."""

_ROOMS = ("wait", "queue")
_NARROW = ("whisper", *_ROOMS)
"""Where fewer verbs are known."""
_VERBS: dict[str, Play] = {
    "Say": say,
    "Play": play,
    "Pause": pause,
    "Gather": gather,
    "Redirect": redirect,
    "Hangup": hangup,
    "Reject": reject,
    "Dial": dial,
    "Record": record,
    "Enqueue": enqueue,
    "Leave": leave,
}


def perform(leg: Leg, request: Request) -> Steps[None]:
    """Play documents from `request` on, until one ends.

    Raises:
        HungUpError: the leg ended on the way.
        MovedError: a REST update moved the leg elsewhere.

    """
    following: Request | None = request
    while following is not None:
        leg.heed()
        leg.documents += 1
        if leg.documents > MAX_DOCUMENTS:
            leg.fault("loop", f"more than {MAX_DOCUMENTS} documents on one leg, the last from {following.url}")
            raise leg.leaves("network", "loop")
        fetched = _fetch(leg, following)
        leg.heed()
        if fetched is None and leg.place in _ROOMS:
            yield from leg.wait(leg.network.env.event())  # silence, until somebody comes or the conference ends
        if fetched is None:
            leg.answer()
            yield from say_words(leg, APPLICATION_ERROR, "en")
            raise leg.leaves("network", "application error")
        url, document = fetched
        following = yield from _play(leg, url, document)


def say_last_words(leg: Leg) -> None:
    """Send what is due after the leg's end: the action of a Dial or Record that a hang-up interrupted."""
    for request in leg.last_words:
        with suppress(WebhookFailedError):
            _send(leg, request)


def _play(leg: Leg, url: str, document: Document) -> Steps[Request | None]:
    for warning in document.warnings:
        leg.fault(warning.code, f"{warning.why} (from {urlsplit(url).path})")
    if leg.place == "whisper" and not document.verbs and leg.network.options.empty_whisper == "hangs_up":
        raise leg.leaves("network", "an empty document in the whisper")
    begins = len(leg.transcript)
    for index, verb in enumerate(document.verbs):
        scene = Scene(leg, url, begins, index == 0, perform, say_last_words)
        following = yield from _VERBS[verb.name](scene, verb)
        if following is not None:
            return following
    return None


def _fetch(leg: Leg, request: Request) -> tuple[str, Document] | None:
    """Get the document and its address: from the request, else from the fallback URL, else None."""
    try:
        return _ask(leg, request)
    except (WebhookFailedError, BadDocumentError) as failure:
        more = {**request.form, "ErrorCode": failure.code, "ErrorUrl": request.url}
    if leg.place in _ROOMS or leg.fallback_url == "":
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
