"""The words of a message, from the catalog beside this module: data in, text out."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from ivr.jobs.segments import segments

if TYPE_CHECKING:
    from ivr.jobs.job import Sms

MOST_SEGMENTS = 2
ADVICE_FOR_ALL = "other"  # whoever hung up before saying what the caller wanted gets this


@lru_cache(maxsize=1)
def catalog() -> dict[str, dict[str, str]]:
    """Every text, by language and key: ``recorded``, ``lost`` and one for each category."""
    texts: dict[str, dict[str, str]] = json.loads(Path(__file__).with_name("messages.json").read_text("utf-8"))
    return texts


def body(message: Sms, language: str, brand: str) -> str:
    """The text of a message: the reference, what to do after a loss, and the advice for the category.

    At most two segments: under a brand so long that not everything fits, what is less urgent is left out.
    """
    texts = catalog()[language]
    text = texts["recorded"].format(brand=brand, reference=message.reference)
    advice = [texts["lost"]] if message.loss == "yes" else []
    for more in (*advice, texts.get(message.category, texts[ADVICE_FOR_ALL])):
        if segments(f"{text} {more}") <= MOST_SEGMENTS:
            text = f"{text} {more}"
    return text
