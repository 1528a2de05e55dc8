"""Plays TwiML on a leg: fetch a document, play its verbs one after another, go on with the next document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from infra.carrier.dial import dial
from infra.carrier.enqueue import enqueue, leave
from infra.carrier.fetching import ROOMS, fetch
from infra.carrier.gather import gather
from infra.carrier.record import record
from infra.carrier.scene import Play, Scene
from infra.carrier.speaking import hangup, pause, play, redirect, reject, say, say_words
from infra.carrier.speech import language_of

if TYPE_CHECKING:
    from infra.carrier.document import Document
    from infra.carrier.leg import Leg
    from infra.carrier.network import Steps
    from infra.carrier.request import Request
    from infra.carrier.switch import Switch

MAX_DOCUMENTS = 200
"""More documents than this on one leg are an endless loop."""
APPLICATION_ERROR = "We are sorry. An application error has occurred. Goodbye."
"""What a leg hears when the fallback URL failed too."""

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


@dataclass(frozen=True, slots=True)
class Player:
    """Plays documents on the legs of a switch."""

    switch: Switch

    def perform(self, leg: Leg, request: Request) -> Steps[None]:
        """Play documents from `request` on, until one ends.

        Raises:
            HungUpError: the leg ended on the way.
            MovedError: a REST update moved the leg elsewhere.

        """
        next_request: Request | None = request
        while next_request is not None:
            leg.raise_pending()
            leg.documents += 1
            if leg.documents > MAX_DOCUMENTS:
                leg.fault("loop", f"more than {MAX_DOCUMENTS} documents on one leg, the last from {next_request.url}")
                raise leg.leaves("network", "loop")
            fetched = fetch(leg, next_request)
            leg.raise_pending()
            if fetched is None and leg.place in ROOMS:
                yield from leg.wait(leg.network.env.event())  # silence, until the wait ends
            if fetched is None:
                leg.answer()
                yield from say_words(leg, APPLICATION_ERROR, language_of("", ""))
                raise leg.leaves("network", "application error")
            next_request = yield from self._play(leg, *fetched)

    def _play(self, leg: Leg, url: str, document: Document) -> Steps[Request | None]:
        for warning in document.warnings:
            leg.fault(warning.code, f"{warning.why} (from {urlsplit(url).path})")
        if leg.place == "whisper" and not document.verbs and leg.network.options.empty_whisper == "hangs_up":
            raise leg.leaves("network", "an empty document in the whisper")
        begins = len(leg.transcript)
        for index, verb in enumerate(document.verbs):
            scene = Scene(leg, self.switch, url, begins, index == 0, self.perform)
            next_request = yield from _VERBS[verb.name](scene, verb)
            if next_request is not None:
                return next_request
        return None
