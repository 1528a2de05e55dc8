"""What happened on the legs of one call, as a list of entries and as text for a terminal."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable

Kind: TypeAlias = Literal[
    "dialled",
    "ringing",
    "answered",
    "joins",
    "heard",
    "said",
    "played",
    "paused",
    "pressed",
    "silent",
    "recorded",
    "bridged",
    "queued",
    "joined",
    "waits alone",
    "left alone",
    "left",
    "moved",
    "hung up",
    "rejected",
    "texted",
    "error",
    "webhook",
]


class Sound(NamedTuple):
    """Media of a Play whose words are known, as somebody hears them. ``name`` is the file's."""

    words: str
    language: str
    seconds: float
    name: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a transcript. `at` is in seconds since the call was placed."""

    at: float
    leg: str
    kind: Kind
    text: str = ""
    language: str = ""
    """Of something said: its code, such as ar."""
    cut: bool = False
    """Whether a key or a hang-up interrupted what was being said."""
    sid: str = ""
    """The CallSid of the leg."""
    sound: Sound | None = None
    """What was played, where something said was no voice's."""


class Transcript(list[Entry]):
    """The entries of a call on all of its legs, in the order in which they happened."""

    def said(self, leg: str | None = None, language: str | None = None) -> list[str]:
        """List the texts spoken, on one leg and in one language where those are given."""
        return [e.text for e in self if e.kind == "said" and leg in (None, e.leg) and language in (None, e.language)]

    def of(self, leg: str) -> list[Entry]:
        """List the entries of one leg, by its name."""
        return [entry for entry in self if entry.leg == leg]

    def cut_short(self, entry: Entry) -> Entry:
        """Mark that this entry's speech was interrupted. Returns the entry that stands in its place."""
        cut = replace(entry, cut=True)
        self[self.index(entry)] = cut
        return cut


_INDENT = " " * 4


def render(transcript: Iterable[Entry], *, width: int = 110, webhooks: bool = False) -> str:
    """Plain text with one event a line: minutes and seconds, the leg, and what was heard or done on it.

    Other legs than the caller's are indented. `webhooks` adds the requests to the application.
    """
    entries = [entry for entry in transcript if webhooks or entry.kind != "webhook"]
    column = max((len(_INDENT) * (entry.leg != "caller") + len(entry.leg) for entry in entries), default=0)
    lines = []
    for entry in entries:
        minutes, seconds = divmod(int(entry.at), 60)
        name = entry.leg if entry.leg == "caller" else _INDENT + entry.leg
        start = f"{minutes:02}:{seconds:02}  {name:<{column}}  "
        lines += textwrap.wrap(
            _words(entry), width, initial_indent=start, subsequent_indent=" " * (len(start) + 4), break_long_words=False
        )
    return "\n".join(lines)


def _words(entry: Entry) -> str:
    if entry.kind == "said":
        return f"{entry.language.upper()}  {entry.text}{' (played)' if entry.sound else ''}{' —' if entry.cut else ''}"
    return f"[{entry.kind} {entry.text}]" if entry.text else f"[{entry.kind}]"
