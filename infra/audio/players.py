"""Playing a sound on this machine, with whatever program it has for that."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

# macOS; PipeWire, PulseAudio, ALSA; then what people install.
_PLAYERS = (
    ("afplay",),
    ("pw-play",),
    ("paplay",),
    ("aplay", "-q"),
    ("ffplay", "-nodisp", "-autoexit", "-loglevel", "error"),
    ("play", "-q"),
)


def play(file: Path) -> str:
    """Play a file to its end. Returns why nothing was heard, or an empty string."""
    for program, *options in _PLAYERS:
        if path := shutil.which(program):
            ran = subprocess.run([path, *options, str(file)], capture_output=True, text=True, check=False)  # noqa: S603
            return f"{program} failed: {' '.join(ran.stderr.split())[:200]}" if ran.returncode else ""
    return f"this machine has none of {', '.join(program for program, *_ in _PLAYERS)}"
