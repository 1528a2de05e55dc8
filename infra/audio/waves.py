"""Sound files: WAV, one channel of 16-bit PCM, which Twilio plays and every browser too."""

from __future__ import annotations

import io
import sys
import wave
from array import array
from typing import NamedTuple

TELEPHONE_HERTZ = 8000  # what a telephone line carries; Twilio makes it of any other rate, and not always well
_SILENT_BELOW = 500  # of 32,767: quieter than this is no voice
_SHORTEST, _LONGEST = 0.2, 20.0  # seconds; `ivr prompts check` allows no longer sentence


class SoundError(ValueError):
    """What is wrong with a sound, and what to do."""


class Wave(NamedTuple):
    """The samples of a sound."""

    hertz: int
    samples: bytes

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return round(len(self.samples) / 2 / self.hertz, 3)

    @property
    def loudest(self) -> int:
        """The largest sample, of 32,767."""
        values = array("h", self.samples)
        if sys.byteorder == "big":
            values.byteswap()
        return max(map(abs, values), default=0)

    @property
    def fault(self) -> str:
        """Why nobody would understand it, or an empty string."""
        if not _SHORTEST <= self.seconds <= _LONGEST:
            return f"it lasts {self.seconds} s; {_SHORTEST} to {_LONGEST} s are played"
        return "it is silent" if self.loudest < _SILENT_BELOW else ""


def read(data: bytes) -> Wave:
    """The sound of a WAV file. Raises ``SoundError`` unless it is one channel of 16-bit PCM."""
    try:
        with wave.open(io.BytesIO(data)) as file:
            channels, width, hertz = file.getnchannels(), file.getsampwidth(), file.getframerate()
            samples = file.readframes(file.getnframes())
    except (EOFError, wave.Error, RuntimeError) as error:  # RuntimeError: a length beyond the file's end
        raise SoundError(f"it is no WAV file of PCM samples ({str(error) or 'it ends too early'})") from error
    if (channels, width) != (1, 2):
        raise SoundError(f"it has {channels} channel(s) of {8 * width} bits, and must have one of 16")
    if not hertz or len(samples) % width:
        raise SoundError("it is no WAV file of PCM samples (it ends within one, or says nothing of how many a second)")
    return Wave(hertz, samples)


def wav(sound: Wave) -> bytes:
    """A sound as the bytes of a WAV file."""
    written = io.BytesIO()
    with wave.open(written, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(sound.hertz)
        file.writeframes(sound.samples)
    return written.getvalue()
