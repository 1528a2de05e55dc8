"""How the manifest stands to the words and the voices of a deployment: what is played, and why the rest is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from infra.audio.rendering import FILES
from infra.audio.studio import name_of
from ivr.locales import audio
from ivr.locales.audio import STUDIO, TRIAL

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from infra.audio.wanted import Sentence
    from ivr.locales.audio import Sound

PLAYED = "played"
_RENDER = "`ivr prompts render` renders it"


class Standing(NamedTuple):
    """One sentence, its sound if there is one, and whether it is played (PLAYED) or why not."""

    sentence: Sentence
    sound: Sound | None
    why: str

    @property
    def is_fault(self) -> bool:
        """Whether somebody should do something about it: a sound that was made is not played."""
        return self.sound is not None and self.why != PLAYED

    @property
    def name(self) -> str:
        """What the sentence is called, as a recording of it would be."""
        return name_of(self.sentence.key, self.sentence.press).removesuffix(".wav")


def standings(
    language: str, sentences: Iterable[Sentence], voice: str, place: Path, *, on_this_machine: bool = False
) -> list[Standing]:
    """How each sentence of a language stands. ``voice`` is the deployment's. Raises ``LocaleError``.

    ``on_this_machine``: the sounds are served by this machine, and those for trying are played.
    """
    known = {(one.key, one.press): one for one in audio.sounds(language)}
    found = ((one, known.get((one.key, one.press))) for one in sentences)
    return [
        Standing(one, sound, _why(one, sound, voice, place, on_this_machine=on_this_machine)) for one, sound in found
    ]


def spare(language: str, sentences: Iterable[Sentence]) -> Iterator[Sound]:
    """The sounds of the manifest that no call plays any more."""
    wanted = {(one.key, one.press) for one in sentences}
    return (one for one in audio.sounds(language) if (one.key, one.press) not in wanted)


def _why(sentence: Sentence, sound: Sound | None, voice: str, place: Path, *, on_this_machine: bool) -> str:
    if sound is None:
        return "said: it has no sound (ivr prompts render)"
    if sound.text != sentence.text:
        return _why_changed(sentence, sound)
    if not (place / FILES / sound.file).is_file():
        return f"played, but its file {sound.file} is not in {place / FILES}, from where it is uploaded; {_RENDER}"
    if sound.engine == TRIAL:
        elsewhere = "said in calls: espeak-ng made it, for this machine alone (ivr prompts render --engine polly)"
        return PLAYED if on_this_machine else elsewhere
    if sound.voice not in {voice, ""}:
        return f"said: {sound.voice} made it, and the deployment's voice is {voice}; {_RENDER}"
    return PLAYED


def _why_changed(sentence: Sentence, sound: Sound) -> str:
    if sound.engine != STUDIO:
        return f"said: its words changed since; {_RENDER}"
    return (
        f"said: its words changed since it was recorded. Record it again; if the recording says {sentence.text!r} "
        f"all the same, type ivr prompts render --still-right {sentence.key}"
    )
