"""Recordings by a person: ``studio/LANGUAGE/PROMPT.wav``, and for an option of a menu ``PROMPT.KEY.wav``."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

from infra.audio import waves

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_KEYS_IN_NAMES = {"*": "star", "#": "hash"}  # which a file's name should not hold
_CONVERT = "make it so: ffmpeg -i RECORDED.wav -ac 1 -ar 8000 -c:a pcm_s16le {name}"


class Recording(NamedTuple):
    """A recording that may be played."""

    file: Path
    data: bytes
    seconds: float

    @property
    def hash(self) -> str:
        """Of the recording itself: another take is another file, and so another URL."""
        return hashlib.sha256(self.data).hexdigest()[:32]


def name_of(key: str, press: str) -> str:
    """The name under which a sentence's recording is looked for."""
    return f"{key}.{_KEYS_IN_NAMES.get(press, press)}.wav" if press else f"{key}.wav"


def recordings(
    folder: Path, wanted: Mapping[str, tuple[str, str]], said: Mapping[str, str]
) -> tuple[dict[tuple[str, str], Recording], list[str]]:
    """The recordings of a language's folder by prompt and key, and a line about each file that is refused.

    ``wanted``: what may be recorded, by the name of its file. ``said``: why other prompts may not, by theirs.
    """
    found: dict[tuple[str, str], Recording] = {}
    refused: list[str] = []
    for file in sorted(folder.glob("*")) if folder.is_dir() else ():
        if file.name.startswith("."):
            continue
        try:
            sentence = _wanted(file, wanted, said)
            found[sentence] = _read(file)
        except waves.SoundError as error:
            refused.append(f"{file}: {error}")
    return found, refused


def _wanted(file: Path, wanted: Mapping[str, tuple[str, str]], said: Mapping[str, str]) -> tuple[str, str]:
    """The prompt and the key whose recording a file is, by its name. Raises ``SoundError``."""
    if file.name in wanted:
        return wanted[file.name]
    if why := said.get(file.stem):
        raise waves.SoundError(f"{why}. Take the file away")
    if (name := f"{file.stem}.wav") in wanted:
        raise waves.SoundError(f"it is no WAV file: {_CONVERT.format(name=name)}")
    if like := sorted(name for name in wanted if name.startswith(f"{file.stem}.")):
        raise waves.SoundError(f"name it {' or '.join(like)}: the sentence names the key")
    raise waves.SoundError("no prompt has this name: `ivr prompts show --audio` lists the names of all that is played")


def _read(file: Path) -> Recording:
    if not file.is_file():  # a folder, or a pipe that nobody may ever write to
        raise waves.SoundError("it is no file")
    data = file.read_bytes()
    how = _CONVERT.format(name=file.name)
    try:
        wave = waves.read(data)
    except waves.SoundError as error:
        raise waves.SoundError(f"{error}: {how}") from error
    if wave.hertz != waves.TELEPHONE_HERTZ:
        raise waves.SoundError(
            f"it has {wave.hertz} samples a second, and a telephone carries {waves.TELEPHONE_HERTZ}: {how}"
        )
    if wave.fault:
        raise waves.SoundError(f"{wave.fault}: record it again")
    return Recording(file, data, wave.seconds)
