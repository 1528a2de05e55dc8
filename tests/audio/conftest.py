"""Manifests, recordings and folders of sound that a test may fill."""

from __future__ import annotations

import io
import json
import math
import threading
from array import array
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import boto3
import pytest
from botocore.response import StreamingBody
from botocore.stub import Stubber

from infra.audio import rendering, waves
from infra.cli.prompt_audio import said, sentences_of
from ivr.locales import audio, folder
from ivr.locales.audio import Sound
from ivr.settings import Settings
from tests.conftest import ENVIRONMENT
from tests.locales.conftest import folders

__all__ = ["folders"]

VOICES = {"en": "Polly.Joanna-Neural", "ar": "Polly.Hala-Neural"}


def tone(seconds=1.0, hertz=8000, loud=9000):
    """A sound that is no silence."""
    samples = array("h", (round(loud * math.sin(nth / 5)) for nth in range(round(seconds * hertz))))
    return waves.Wave(hertz, samples.tobytes())


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A prompt_audio of the test's own."""
    monkeypatch.setattr(rendering, "FOLDER", tmp_path / "prompt_audio")
    return rendering.FOLDER


@pytest.fixture
def wanted():
    """The sentences that may be played, of a language and of some prompts."""

    def of(language, *keys, **changes):
        settings = Settings.from_environment({**ENVIRONMENT, **changes})
        return [one for one in sentences_of(settings) if one.language == language and (not keys or one.key in keys)]

    return of


@pytest.fixture
def manifest(folders):
    """Write the manifest of a language: every sentence given has a sound of two seconds, unless told otherwise."""

    def write(sentences, **changes):
        sounds = tuple(
            Sound(
                **{
                    **one._asdict(),
                    "file": f"{nth:032x}.wav",
                    "seconds": 2.0,
                    "engine": "neural",
                    "voice": VOICES[one.language],
                    "format": "wav pcm16 8000",
                    "hash": f"{nth:032x}",
                    **changes,
                }
            )
            for nth, one in enumerate(sentences, 1000 * ord(sentences[0].language[0]))
        )
        file = folder.file_of(sentences[0].language, audio.NAME)
        file.write_text(json.dumps(audio.written(sounds)), "utf-8")
        folder.read.cache_clear()
        return sounds

    return write


@pytest.fixture
def host(place):
    """An audio host that serves the folder as web servers do."""
    files = place / rendering.FILES
    files.mkdir(parents=True)

    class Handler(SimpleHTTPRequestHandler):
        extensions_map = {".wav": "audio/x-wav", ".bad": "text/html"}  # noqa: RUF012

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(files))) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class AmazonPolly:
    """Amazon Polly's API as botocore's model has it: it answers each sentence with a tone."""

    def __init__(self):
        self.client = boto3.client("polly", region_name="me-central-1")
        self.stub = Stubber(self.client)
        self.stub.activate()
        self.asked = []
        self.client.meta.events.register("provide-client-params.polly.SynthesizeSpeech", self._keep)

    def _keep(self, params, **_):
        self.asked.append(params)

    def says(self, times, sound=None):
        samples = (sound or tone()).samples
        for _ in range(times):
            body = StreamingBody(io.BytesIO(samples), len(samples))
            self.stub.add_response("synthesize_speech", {"AudioStream": body, "ContentType": "audio/pcm"})


@pytest.fixture
def polly():
    return AmazonPolly()


@pytest.fixture
def why_said():
    return {language: said(language) for language in VOICES}
