"""How long a prompt takes to say.

The rate of a language is ``words_a_second`` of its ``review.json``. Polly publishes none ("no standard speed (words per
minute) available", says its page on voice speed), so the rates are on the slow side: English at 150 words a minute, the
usual rate of reading aloud; Arabic at 120, because its words carry articles and prepositions with them. That is about
2.4 syllables a word at nearly 5 a second; Google's Standard Arabic voice was measured at 4.5 and found slow
("Perception of Standard Arabic Synthetic Speech Rate", Interspeech 2021).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.locales import folder
from ivr.locales.catalog import SPOKEN_LANGUAGES, Prompt

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ivr.locales.catalog import Catalog

# The longest that a placeholder can become, in digits: E.164 has fifteen.
MOST_DIGITS: Mapping[str, int] = {
    "digits": 3,
    "reports": 3,
    "day": 2,
    "clock": 4,
    "ending": 2,
    "reference": 8,
    "number": 15,
    "report_number": 15,
    "position": 3,
    "messages": 2,
}


def words_a_second(language: str) -> float:
    """How fast a language is taken to be spoken."""
    return float(folder.read(language, "review")["words_a_second"])


def seconds(text: str, language: str) -> float:
    """Seconds that a voice needs for a text of its language; the pauses of commas are within the rate."""
    return len(text.split()) / words_a_second(language)


def at_its_longest(catalog: Catalog, key: str, wording: int, brand: str) -> str:
    """A prompt's words with a word for every digit and, for an option, with its key. Raises ``KeyError``."""
    return longest(catalog, Prompt(key, catalog.language, wording, press="0" if key.startswith("key.") else ""), brand)


def longest(catalog: Catalog, prompt: Prompt, brand: str) -> str:
    """A prompt's words with whatever differs from call to call at its longest. Raises ``KeyError``."""
    values = [(name, " ".join("0" * most)) for name, most in MOST_DIGITS.items()]
    # The name of a language is one word in the languages that have a folder.
    values += [(name, catalog.language) for name in SPOKEN_LANGUAGES]
    return catalog.text(prompt._replace(values=tuple(values)), brand)
