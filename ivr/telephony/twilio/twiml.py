"""TwiML: the one module that writes it, from a turn to the document that Twilio runs.

What a step says repeats from call to call, only the URL that the answer goes to does not. So a document is built once,
without that URL, and kept: building it costs more than everything else that a menu step does.
"""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from twilio.twiml.voice_response import Dial as DialVerb
from twilio.twiml.voice_response import Gather, VoiceResponse

from ivr.locales import catalog
from ivr.locales.audio import Playable
from ivr.locales.catalog import Prompt
from ivr.settings.addresses import is_on_this_machine
from ivr.telephony.routes import recording_path
from ivr.telephony.turn import Ask, Confer, Dial, Enqueue, HangUp, LeaveQueue, Playback, Record, Reject, Wait
from ivr.xml_text import allowed_in_xml, attribute

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ivr.settings import Settings
    from ivr.telephony.turn import Turn, Verb

CONTENT_TYPE = "text/xml; charset=utf-8"

_ANY_ACTION = "\0"  # stands for the URL in a kept document: XML forbids it, so that nothing else there can hold it
# Twilio fails a Say whose text is longer than 4,500 characters once it is percent-encoded, or than 3,000 bytes with a
# voice of Polly's (its error 13521). A byte becomes three characters at most.
_MOST_BYTES_A_SAY = 1500


class _Spoken(NamedTuple):
    """What one voice says, or one recording."""

    language: str
    words: str
    recording: str


class Writer:
    """Writes documents in the voices and with the names of one deployment's settings."""

    def __init__(self, settings: Settings) -> None:
        self._brands = settings.brand
        self._voices = {
            code: {"voice": settings.voice[code], "language": settings.voice_language[code]}
            for code in settings.languages
        }
        self._base_url = settings.public_base_url
        self._audio_base_url = settings.audio_base_url
        # Read once, when the function is made ready: no call waits for it.
        self._audio = {
            code: Playable(code, settings.voice[code], on_this_machine=is_on_this_machine(settings.audio_base_url))
            for code in (settings.languages if settings.audio_base_url else ())
        }
        self._recordings = (
            f"{settings.recordings_base_url}/2010-04-01/Accounts/{settings.twilio_account_sid}/Recordings/{{}}.mp3"
            if settings.recordings_base_url
            else recording_path("{}")
        )
        self._built = lru_cache(maxsize=1024)(self._build)

    def write(self, turn: Turn) -> str:
        """The document that Twilio runs for a turn: its prompts, and the verb that it may end with."""
        said = self._spoken(verb for verb in turn.verbs if isinstance(verb, Prompt))
        last = turn.verbs[-1] if turn.verbs else None
        if isinstance(last, Ask):
            asked = self._spoken(last.prompts)
            kept = self._built(said, last._replace(prompts=(), action=""), asked)
            return kept.replace(f'"{_ANY_ACTION}"', attribute(last.action))
        return self._built(said, last)

    def _build(self, said: tuple[_Spoken, ...], last: Verb | None, asked: tuple[_Spoken, ...] = ()) -> str:
        document = VoiceResponse()
        self._say(document, said)
        if isinstance(last, Ask):
            self._say(_gather(document, last), asked)
        elif last is not None:
            _end(document, last, self._base_url)
        return _written(document)

    def _say(self, parent: VoiceResponse | Gather, said: tuple[_Spoken, ...]) -> None:
        for spoken in said:
            if spoken.recording:
                parent.play(spoken.recording)
            else:
                parent.say(spoken.words, **self._voices[spoken.language])

    def _spoken(self, prompts: Iterable[Prompt | Playback]) -> tuple[_Spoken, ...]:
        """Prompts in order; what one language says in a row goes into one Say, which sounds like one speaker."""
        spoken: list[_Spoken] = []
        for (language, recording), alike in groupby(prompts, self._voice):
            together = tuple(alike)
            says = [""] * len(together) if recording else _says(self._words(prompt) for prompt in together)
            spoken += [_Spoken(language, said, recording) for said in says]
        return tuple(spoken)

    def _voice(self, prompt: Prompt | Playback) -> tuple[str, str]:
        """The language that a prompt is spoken in, and where its recording lies, or an empty string."""
        if isinstance(prompt, Playback):
            return "", self._recordings.format(prompt.recording)
        playable = self._audio.get(prompt.language)
        file = playable.file(prompt, self._words(prompt)) if playable else ""
        return prompt.language, file and f"{self._audio_base_url}/{file}"

    def _words(self, prompt: Prompt | Playback) -> str:
        assert isinstance(prompt, Prompt), "a recording has no words"
        return catalog.load(prompt.language).text(prompt, self._brands[prompt.language])


def _end(document: VoiceResponse, last: Verb, base_url: str) -> None:
    match last:
        case Dial():
            _dial(document, last, base_url)
        case Confer():
            _confer(document, last, base_url)
        case Wait():
            _wait(document, last)
        case Enqueue():
            _enqueue(document, last, base_url)
        case LeaveQueue():
            document.leave()
        case Record():
            _record(document, last)
        case HangUp():
            document.hangup()
        case Reject(reason):
            document.reject(reason=reason)


def _says(texts: Iterable[str]) -> list[str]:
    """Texts that one voice says in a row, in as few Says as Twilio takes."""
    says: list[str] = []
    for text in texts:
        longer = f"{says[-1]} {text}" if says else text
        if says and len(longer.encode(errors="replace")) <= _MOST_BYTES_A_SAY:
            says[-1] = longer
        else:
            says.append(text)
    return says


def _written(document: VoiceResponse) -> str:
    """A document as text, without any character that XML forbids, wherever it came from."""
    root = document.xml()
    for element in root.iter():
        element.text = allowed_in_xml(element.text or "")
        for name, value in element.items():
            element.set(name, allowed_in_xml(value))
    for gather in root.iter("Gather"):
        gather.set("action", _ANY_ACTION)
    return f'<?xml version="1.0" encoding="UTF-8"?>{ET.tostring(root, encoding="unicode")}'


def _gather(document: VoiceResponse, ask: Ask) -> Gather:
    return document.gather(
        input="dtmf",
        action=ask.action,
        method="POST",
        timeout=ask.timeout,
        num_digits=ask.most_digits,
        finish_on_key="" if ask.most_digits == 1 else "#",  # else # would count as silence in a menu
        action_on_empty_result=True,  # silence comes to the same step instead of falling through
    )


def _dial(document: VoiceResponse, dial: Dial, base_url: str) -> None:
    verb: DialVerb = document.dial(
        action=dial.action,
        method="POST",
        answer_on_bridge=True,
        caller_id=dial.caller_id or None,
        timeout=dial.ring_seconds,
    )
    # Absolute: Twilio refuses a relative one (its error 21609), though its pages allow the others to be relative.
    told = {"status_callback": f"{base_url}{dial.status}", "status_callback_method": "POST"} if dial.status else {}
    if dial.whisper:
        verb.number(dial.number, url=dial.whisper, method="POST", **told)
    else:
        verb.number(dial.number, **told)


def _wait(document: VoiceResponse, wait: Wait) -> None:
    document.pause(length=wait.seconds)
    if wait.then:
        document.redirect(wait.then, method="POST")


def _enqueue(document: VoiceResponse, enqueue: Enqueue, base_url: str) -> None:
    # Absolute: Twilio's page of Enqueue allows relative ones, those of its errors 14202 and 14203 don't.
    document.enqueue(
        None,
        action=f"{base_url}{enqueue.action}",
        method="POST",
        workflow_sid=enqueue.queue,
        wait_url=f"{base_url}{enqueue.wait}",
        wait_url_method="POST",
    ).task(json.dumps(dict(enqueue.task)))


def _record(document: VoiceResponse, record: Record) -> None:
    document.record(
        action=record.action,
        method="POST",
        max_length=record.most_seconds,
        timeout=record.pause,
        finish_on_key="#",
        play_beep=True,
        trim="trim-silence",
    )
    document.redirect(record.silence, method="POST")  # nothing recorded: Twilio falls through instead of asking


def _confer(document: VoiceResponse, confer: Confer, base_url: str) -> None:
    verb: DialVerb = document.dial(action=confer.action, method="POST", hangup_on_star=confer.leaves_by_star)
    verb.conference(
        confer.room,
        start_conference_on_enter=True,
        end_conference_on_exit=True,
        beep="false",
        max_participants=2,
        wait_url=f"{base_url}{confer.wait}",  # well formed, as Twilio's error 13233 has it: absolute
        wait_method="POST",
    )
