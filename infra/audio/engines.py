"""What makes sound of a sentence: Amazon Polly for calls, espeak-ng for this machine."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from infra.audio import waves
from ivr.locales.audio import TRIAL

if TYPE_CHECKING:
    from infra.audio.waves import Wave

POLLY = "polly"
_POLLY_VOICE = re.compile(r"Polly\.([A-Z][a-z]+)(?:-(Neural|Generative|Long-Form))?")
_STANDARD = "standard"
_WITHIN = 60  # seconds; a sentence takes espeak-ng a hundredth of one


class EngineError(Exception):
    """A sentence can't be made sound. The message says why, and what to do."""


class Engine(Protocol):
    """Makes sound of the sentences of one language."""

    name: str  # as the manifest has it
    voice: str
    format: str

    def say(self, text: str) -> Wave:
        """The sound of a sentence. Raises ``EngineError``."""


class Polly:
    """Amazon Polly, in the very voice with which Twilio says what is not played. Twilio names it Polly.Hala-Neural.

    Raises ``EngineError`` for a voice that is not Polly's.
    """

    format = f"wav pcm16 {waves.TELEPHONE_HERTZ}"

    def __init__(self, voice: str, language_tag: str, client: Any) -> None:
        found = _POLLY_VOICE.fullmatch(voice)
        known = client.meta.service_model.shape_for("VoiceId").enum
        if not found or found[1] not in known:
            raise EngineError(f"{voice} is no voice of Amazon Polly's")
        self.voice, self.name = voice, (found[2] or _STANDARD).lower()
        self._speaker, self._language_tag, self._client = found[1], language_tag, client

    def say(self, text: str) -> Wave:
        """The sound of a sentence. Raises ``EngineError``."""
        try:
            answer = self._client.synthesize_speech(
                Engine=self.name,
                VoiceId=self._speaker,
                LanguageCode=self._language_tag,
                OutputFormat="pcm",
                SampleRate=str(waves.TELEPHONE_HERTZ),
                Text=text,
                TextType="text",
            )
            with answer["AudioStream"] as stream:
                return waves.Wave(waves.TELEPHONE_HERTZ, stream.read())
        except (BotoCoreError, ClientError) as error:
            raise EngineError(
                f"Amazon Polly did not say {text[:40]!r} with {self.voice}: {error}. It needs credentials that may "
                "polly:SynthesizeSpeech, and a region that has this voice (AWS_REGION)"
            ) from error


class Espeak:
    """espeak-ng, a program that speaks most languages, and none of them well. Raises ``EngineError`` without it."""

    name = TRIAL
    format = "wav pcm16 22050"

    def __init__(self, language: str) -> None:
        self._program = shutil.which(TRIAL) or ""
        if not self._program:
            raise EngineError("espeak-ng is not installed: apt-get install espeak-ng, or brew install espeak-ng")
        self._language = language
        self.voice = f"{TRIAL}.{language}"
        listed = self._run(f"--voices={language}").stdout.splitlines()
        if len(listed) < 2:  # a heading alone
            raise EngineError(f"espeak-ng speaks no {language}")

    def say(self, text: str) -> Wave:
        """The sound of a sentence. Raises ``EngineError``."""
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "said.wav"
            ran = self._run("-v", self._language, "-w", str(file), "--stdin", text=text)
            if ran.returncode or not file.is_file():
                raise EngineError(f"espeak-ng did not say {text[:40]!r}: {ran.stderr.strip()}")
            return waves.read(file.read_bytes())

    def _run(self, *arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
        command = [self._program, *arguments]
        return subprocess.run(  # noqa: S603  # our own words; what is said goes by stdin
            command, input=text, capture_output=True, encoding="utf-8", timeout=_WITHIN, check=False
        )
