"""Which sentences have been recorded or rendered as sound, from each language's ``audio.json``: the audio manifest.

A sound stands for the very words that it holds. Where the words, the operator's name or the voice have changed since,
the telephony provider's voice says them, until they are rendered again: nobody ever hears what is no longer true.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from ivr.locales import folder

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ivr.locales.catalog import Prompt

NAME = "audio"
STUDIO = "studio"  # the engine of a sound that a person recorded
TRIAL = "espeak-ng"  # the engine of sounds for this machine alone
_FILE = re.compile(r"[0-9a-f]{32}\.wav")

# Sounds lie on a host of their own. If it fails, a telephone hears nothing, and the next sentence follows. So nothing
# is played that a person needs at once: all that a screened caller and the customer who is rung hear before they talk,
# the key that ends a talk and reports it, what to do about a loss, and what is said when something went wrong.
_ALWAYS_SAID_FAMILIES = ("why.", "advice_for.", "about.")
_ALWAYS_SAID = frozenset(
    {
        "apology",
        "bank_at_once",
        "connecting",
        "declined",
        "dispute",
        "dispute_at",
        "fraud_warning",
        "goodbye",
        "key.care",
        "key.connect",
        "key.connect_and_trust",
        "key.decline",
        "key.end_and_report",
        "key.reach_person",
        "key.report",
        "leave_message",
        "message_kept",
        "message_not_kept",
        "not_available",
        "not_recorded",
        "number_ends",
        "one_moment_please",
        "please_call_care",
        "recorded",
        "reports_counted",
        "reports_many",
        "unknown_notice",
        "withheld_refused",
    }
)


def is_always_said(key: str) -> bool:
    """Whether a prompt is left to the provider's voice whatever sounds there are."""
    return key in _ALWAYS_SAID or key.startswith(_ALWAYS_SAID_FAMILIES)


class Sound(NamedTuple):
    """One sentence as sound: a line of the manifest. ``press`` is the key that it names, for an option of a menu."""

    key: str
    press: str
    language: str
    text: str
    file: str
    seconds: float
    engine: str  # of Amazon Polly, or STUDIO, or TRIAL
    voice: str  # as the provider names it (Polly.Hala-Neural); empty for STUDIO
    format: str
    hash: str  # of all of the above that make the sound; for STUDIO of the recording itself


class Playable:
    """The sounds of one language that a deployment may play.

    ``voice`` is the deployment's: what another one says would change speakers within a call. ``on_this_machine``: the
    sounds are served by this machine, and those for trying may be played.
    """

    def __init__(self, language: str, voice: str, *, on_this_machine: bool) -> None:
        engines = {STUDIO, TRIAL} if on_this_machine else {STUDIO}
        self._sounds = {
            (one.key, one.press): one
            for one in sounds(language)
            if (one.engine in engines or (one.voice == voice and one.engine != TRIAL)) and not is_always_said(one.key)
        }

    def file(self, prompt: Prompt, words: str) -> str:
        """The file to play for a prompt that would be said in these words, or an empty string: say them.

        A person who is asked again may have heard nothing the first time, so a further round is always said.
        """
        sound = self._sounds.get((prompt.key, prompt.press)) if prompt.wording == 0 else None
        return sound.file if sound is not None and sound.text == words else ""


def sounds(language: str) -> tuple[Sound, ...]:
    """The manifest of a language; empty where there is none. Raises ``ivr.locales.folder.LocaleError``."""
    if not folder.has(language, NAME):
        return ()
    lines = folder.read(language, NAME).get("sounds")
    if not isinstance(lines, list):
        raise folder.LocaleError(f"{folder.shown(language, NAME)} lacks the list 'sounds': {_REMEDY}")
    return tuple(_sound(language, line) for line in lines)


_REMEDY = "remove the file, or render it anew with `ivr prompts render`"


def _sound(language: str, line: Any) -> Sound:
    try:
        sound = Sound(**line)
    except TypeError as error:
        raise folder.LocaleError(f"{folder.shown(language, NAME)}: {line!r} is no sound: {_REMEDY}") from error
    texts = (value for name, value in sound._asdict().items() if name != "seconds")
    if not all(isinstance(text, str) for text in texts) or not isinstance(sound.seconds, float | int):
        raise folder.LocaleError(f"{folder.shown(language, NAME)}: {line!r} is no sound: {_REMEDY}")
    if not _FILE.fullmatch(str(sound.file)):
        raise folder.LocaleError(f"{folder.shown(language, NAME)}: {sound.file!r} names no sound: {_REMEDY}")
    return sound


def written(sounds: tuple[Sound, ...]) -> Mapping[str, Any]:
    """A manifest as it is stored, in the order of its keys, so that one change is one line of a comparison."""
    return {"sounds": [one._asdict() for one in sorted(sounds)]}
