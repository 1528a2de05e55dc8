"""The check of what a language has beside its prompts: messages, papers, sounds, and what the review needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.content_checks import wording
from ivr.dossier.wording import LANGUAGES as ON_PAPER
from ivr.dossier.wording import papers, together
from ivr.jobs.sms_text import texts
from ivr.locales import audio, folder, language

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_REVIEW = ("reviewed", "words_a_second", "may_not_be_said", "ends_a_number", "brackets")


def faults(codes: Iterable[str]) -> list[str]:
    """Every fault of these languages' folders that keeps a message, a paper or the review from being whole."""
    return [fault for code in codes for fault in _faults(code)]


def _faults(code: str) -> Iterator[str]:
    try:
        language.load(code)
        audio.sounds(code)
        if lacking := [name for name in _REVIEW if name not in folder.read(code, "review")]:
            yield f"{folder.shown(code, 'review')} lacks {', '.join(lacking)}"
            return
        for name, text in texts(code).items():
            for fault in wording.faults(text, code, brand=language.load(code).example_brand, may_name=""):
                yield f"{folder.shown(code, 'sms')}: {name}: {fault}"
        together({one: papers(one) for one in dict.fromkeys((*ON_PAPER, code))})
    except folder.LocaleError as error:
        yield str(error)
