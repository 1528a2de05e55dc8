"""Every path of this service's API. template.yaml routes the same ones, and a provider is told to ask for them."""

from __future__ import annotations

import re

ROOT = "/voice/"
INCOMING = f"{ROOT}incoming"  # a call comes in
FALLBACK = f"{ROOT}fallback"  # another of these failed
STATUS = f"{ROOT}status"  # a leg has ended
RECORDINGS = f"{ROOT}recordings/"

# As API Gateway writes them ("Working with routes for HTTP APIs"). POST but for the recording, which a player fetches.
ROUTE_KEYS = (
    f"POST {INCOMING}",
    f"POST {FALLBACK}",
    f"POST {STATUS}",
    f"POST {ROOT}{{proxy+}}",
    f"GET {RECORDINGS}{{recording}}",
)

_STEP = re.compile(rf"{ROOT}([a-z_]{{1,32}})(?:/([a-z0-9_]{{1,32}}))?", re.ASCII)
_RECORDING = re.compile(rf"{RECORDINGS}([A-Za-z0-9_-]{{1,64}})\.mp3", re.ASCII)


def step_path(page: str, step: str) -> str:
    """Where a step of a page is asked for."""
    return f"{ROOT}{page}/{step}"


def recording_path(recording: str) -> str:
    """Where this service plays a recording from."""
    return f"{RECORDINGS}{recording}.mp3"


def recording_at(path: str) -> str:
    """The recording that is played from a path, or an empty string."""
    found = _RECORDING.fullmatch(path)
    return found[1] if found else ""


def name_of(path: str) -> str:
    """A path as a word for the log: "incoming", "whisper.offer", or "elsewhere" for what is no path of ours."""
    found = _STEP.fullmatch(path)
    return ".".join(filter(None, found.groups())) if found else "elsewhere"
