"""The words of a message, from the ``sms.json`` of its language: data in, text out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.jobs.segments import segments
from ivr.locales import categories, folder
from ivr.reports import CATEGORIES

if TYPE_CHECKING:
    from ivr.jobs.job import Sms

MOST_SEGMENTS = 2
ADVICE_FOR_ALL = "other"  # for a report without a category


def texts(language: str) -> dict[str, str]:
    """The texts of a language: ``recorded``, ``lost`` and one for each category.

    Raises ``ivr.locales.folder.LocaleError`` where one is missing.
    """
    found, advice = folder.read(language, "sms"), categories.forms(language, categories.SMS)
    for name, wanted, has in (("sms", ("recorded", "lost"), found), ("categories", CATEGORIES, advice)):
        if lacking := [one for one in wanted if not has.get(one)]:
            raise folder.LocaleError(f"{folder.shown(language, name)} lacks {', '.join(lacking)}")
    return {**found, **advice}


def body(message: Sms, language: str, brand: str) -> str:
    """The text of a message: the reference, what to do after a loss, and the advice for the category.

    At most two segments: with a long brand the less urgent advice is left out.
    """
    words = texts(language)
    text = words["recorded"].format(brand=brand, reference=message.reference)
    advice = [words["lost"]] if message.loss == "yes" else []
    for more in (*advice, words.get(message.category, words[ADVICE_FOR_ALL])):
        if segments(f"{text} {more}") <= MOST_SEGMENTS:
            text = f"{text} {more}"
    return text
