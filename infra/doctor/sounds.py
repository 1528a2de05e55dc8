"""A check of the prompts' sounds: that the host serves those that calls play."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from infra.audio import hosted
from infra.audio.wanted import sentences
from infra.doctor.findings import Checks, ok, warn, wrong
from ivr.flow.pages import BOOK
from ivr.locales import audio, catalog, folder
from ivr.locales.catalog import Prompt
from ivr.settings.addresses import is_on_this_machine

if TYPE_CHECKING:
    from infra.doctor.findings import Found
    from infra.doctor.patient import Patient
    from ivr.locales.audio import Sound
    from ivr.settings import Settings

CHECKS = Checks()
_MOST_TOLD = 5
_UPLOAD = (
    'aws s3 sync prompt_audio/files s3://YOUR-BUCKET/prompts --content-type audio/wav --cache-control "public, '
    'max-age=31536000, immutable"'
)
_SAY_ALL = 'Until it is well: AudioBaseUrl = "" in the environment\'s file lets the voices say everything'


@CHECKS.check(
    "sounds",
    looks_at="Where prompts are played instead of said: that the audio host serves each sound of this checkout's "
    "manifests that the deployment plays, as Twilio needs it.",
    otherwise="On the report line, after a report and at customer care, people hear silence first, and the voice only "
    "when they are asked again.",
    after=("release",),
    laptop=True,
)
def sounds(patient: Patient) -> Found:
    """The sounds that calls play."""
    settings = patient.settings
    if not settings.audio_base_url:
        return ok("voices say every prompt")
    try:
        played = _played(settings)
    except folder.LocaleError as error:
        return wrong(str(error), patient.ivr("prompts render"))
    if not played:
        return warn(
            f"sounds are looked for at {settings.audio_base_url}, and this checkout has none that fits the deployment",
            patient.ivr("prompts render"),
        )
    faults = list(islice(hosted.faults(settings.audio_base_url, played), _MOST_TOLD))
    if faults:
        return [wrong(fault, _UPLOAD, patient.ivr("prompts check --audio"), _SAY_ALL) for fault in faults]
    return ok(f"{settings.audio_base_url} serves all {len(played)}")


def _played(settings: Settings) -> list[Sound]:
    """Raises ``ivr.locales.folder.LocaleError``."""
    catalogs = {code: catalog.load(code) for code in settings.languages}
    here = is_on_this_machine(settings.audio_base_url)
    plays = {code: audio.Playable(code, settings.voice[code], on_this_machine=here) for code in catalogs}
    wanted = sentences(BOOK, catalogs, settings.brand)
    files = {plays[one.language].file(Prompt(one.key, one.language, press=one.press), one.text) for one in wanted}
    return [one for code in catalogs for one in audio.sounds(code) if one.file in files]
