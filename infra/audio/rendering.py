"""Makes the sounds that are missing, and writes the manifest of each language."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from infra.audio import studio, waves
from infra.audio.engines import EngineError
from ivr.locales import audio, folder
from ivr.locales.audio import STUDIO, Sound

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from infra.audio.engines import Engine
    from infra.audio.studio import Recording
    from infra.audio.wanted import Sentence

FOLDER = Path(__file__).resolve().parents[2] / "prompt_audio"
FILES, STUDIO_FOLDER = "files", "studio"  # what is uploaded, and what is recorded


@dataclass
class Rendered:
    """What became of a language."""

    sounds: list[Sound] = field(default_factory=list)
    made: int = 0  # by the engine, now
    letters: int = 0  # that the engine was given: Polly is paid by them
    changed_words: list[Sound] = field(default_factory=list)  # recordings of words that have changed since
    refused: list[str] = field(default_factory=list)  # recordings that can't be played

    @property
    def recorded(self) -> int:
        """How many sounds a person recorded."""
        return sum(one.engine == STUDIO for one in self.sounds)

    @property
    def kept(self) -> int:
        """How many sounds are as they were."""
        return len(self.sounds) - self.made - self.recorded


def render(
    language: str,
    sentences: Iterable[Sentence],
    engine: Engine | None,
    place: Path,
    *,
    said: Mapping[str, str],
    still_right: Collection[str] = (),
    told: Callable[[Sentence], None] = lambda _: None,
) -> Rendered:
    """Make what is missing of a language's sentences, and write its manifest; no ``engine``: take recordings alone.

    ``said`` is why the voice says other prompts. ``still_right`` are recorded prompts whose changed words the recording
    says nonetheless. ``told`` is called before each sentence that is made. Raises ``EngineError``; what was made until
    then is not made again.
    """
    sentences = list(sentences)
    named = {studio.name_of(one.key, one.press): (one.key, one.press) for one in sentences}
    found, refused = studio.recordings(place / STUDIO_FOLDER / language, named, said)
    before = {(one.key, one.press): one for one in audio.sounds(language)}
    rendered = Rendered(refused=refused)
    files = place / FILES
    files.mkdir(parents=True, exist_ok=True)
    for one in sentences:
        if recording := found.get((one.key, one.press)):
            sound = _recorded(one, recording, before.get((one.key, one.press)), one.key in still_right)
            _write(files / sound.file, recording.data)
            rendered.changed_words += [sound] if sound.text != one.text else []
        elif engine:
            sound = _said(one, engine, files, rendered, told)
        else:
            continue
        rendered.sounds.append(sound)
    manifest = json.dumps(audio.written(tuple(rendered.sounds)), ensure_ascii=False, indent=1)
    _write(folder.file_of(language, audio.NAME), f"{manifest}\n".encode())
    folder.read.cache_clear()
    return rendered


def hash_of(one: Sentence, engine: Engine) -> str:
    """What names a sound: everything that makes it what it is."""
    parts = [one.text, one.language, engine.voice, engine.name, engine.format]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]


def _said(one: Sentence, engine: Engine, files: Path, rendered: Rendered, told: Callable[[Sentence], None]) -> Sound:
    name = hash_of(one, engine)
    file = files / f"{name}.wav"
    if file.is_file():
        wave = waves.read(file.read_bytes())
    else:
        told(one)
        wave = engine.say(one.text)
        if wave.fault:  # a person who is played it would wait for the sentence
            raise EngineError(f"{engine.name} said {one.text[:40]!r} so that it cannot be played: {wave.fault}")
        _write(file, waves.wav(wave))
        rendered.made += 1
        rendered.letters += len(one.text)
    made = {"engine": engine.name, "voice": engine.voice, "format": engine.format}
    return _sound(one, one.text, name, wave.seconds, made)


def _recorded(one: Sentence, recording: Recording, before: Sound | None, is_still_right: bool) -> Sound:  # noqa: FBT001
    """A recording says what the prompt said when it came, until another take comes or a person says otherwise."""
    is_known = before is not None and before.hash == recording.hash
    text = before.text if before and is_known and not is_still_right else one.text
    made = {"engine": STUDIO, "voice": "", "format": f"wav pcm16 {waves.TELEPHONE_HERTZ}"}
    return _sound(one, text, recording.hash, recording.seconds, made)


def _sound(one: Sentence, text: str, name: str, seconds: float, made: Mapping[str, str]) -> Sound:
    return Sound(
        key=one.key,
        press=one.press,
        language=one.language,
        text=text,
        file=f"{name}.wav",
        seconds=seconds,
        hash=name,
        **made,
    )


def _write(file: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    if file.is_file() and file.read_bytes() == data:
        return
    half = file.with_suffix(f".{os.getpid()}.half")
    half.write_bytes(data)
    half.replace(file)
