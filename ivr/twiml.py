"""TwiML: the one module that writes it, from a turn to the document that Twilio runs.

Turns repeat (the same step, the same state), so a document is built once and kept; building one costs more than
everything else that a menu step does.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING

from twilio.twiml.voice_response import Dial as DialVerb
from twilio.twiml.voice_response import Gather, VoiceResponse

from ivr.flow.turn import Ask, Dial, HangUp, Prompt, Refuse
from ivr.prompts import catalog

if TYPE_CHECKING:
    from ivr.flow.turn import Turn
    from ivr.settings import Settings

CONTENT_TYPE = "text/xml; charset=utf-8"
MOST_BYTES = 64 * 1024  # Twilio's limit on a document (FACTS 3)


class Writer:
    """Writes documents in the voices and with the names of one deployment's settings."""

    def __init__(self, settings: Settings) -> None:
        self._brands = {"ar": settings.brand_ar, "en": settings.brand_en}
        self._voices = {
            "ar": {"voice": settings.voice_ar, "language": settings.voice_language_ar},
            "en": {"voice": settings.voice_en, "language": settings.voice_language_en},
        }
        self._audio_base_url = settings.audio_base_url.rstrip("/")
        self.write = lru_cache(maxsize=512)(self._write)

    def _write(self, turn: Turn) -> str:
        document = VoiceResponse()
        said: list[Prompt] = []
        for verb in turn.verbs:
            if isinstance(verb, Prompt):
                said.append(verb)
                continue
            self._say(document, said)
            said = []
            match verb:
                case Ask():
                    self._ask(document, verb)
                case Dial():
                    _dial(document, verb)
                case HangUp():
                    document.hangup()
                case Refuse(reason):
                    document.reject(reason=reason)
        self._say(document, said)
        return str(document)

    def _ask(self, document: VoiceResponse, ask: Ask) -> None:
        single = ask.most_digits == 1
        gather = document.gather(
            input="dtmf",
            action=ask.action,
            method="POST",
            timeout=ask.timeout,
            num_digits=ask.most_digits,
            finish_on_key="" if single else "#",  # else # would count as silence in a menu
            action_on_empty_result=True,  # silence comes to the same step instead of falling through
        )
        self._say(gather, list(ask.prompts))

    def _say(self, parent: VoiceResponse | Gather, prompts: list[Prompt]) -> None:
        """Say prompts in order; what one language says in a row goes into one Say, which sounds like one speaker."""
        for (language, recording), together in groupby(prompts, lambda prompt: (prompt.language, self._played(prompt))):
            if recording:
                parent.play(recording)
            else:
                words, brand = catalog.load(language), self._brands[language]
                said = " ".join(words.text(prompt, brand) for prompt in together)
                parent.say(said, **self._voices[language])

    def _played(self, prompt: Prompt) -> str:
        """Where a prompt's recording lies, or an empty string."""
        recording = catalog.load(prompt.language).recording(prompt) if self._audio_base_url else ""
        return recording and f"{self._audio_base_url}/{recording}"


def _dial(document: VoiceResponse, dial: Dial) -> None:
    verb: DialVerb = document.dial(
        action=dial.action,
        method="POST",
        answer_on_bridge=True,
        caller_id=dial.caller_id,
        timeout=dial.ring_seconds,
    )
    if dial.whisper:
        verb.number(dial.number, url=dial.whisper, method="POST")
    else:
        verb.number(dial.number)
