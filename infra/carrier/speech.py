"""How long words take, which voice can speak them, and which key a prompt announced.

Voices and their language tags are those of Twilio's page on text-to-speech,
twilio.com/docs/voice/twiml/say/text-speech. A Google voice carries its tag in its name; of Amazon Polly's only those
that are used here are known.
"""

from __future__ import annotations

import json
import re
import unicodedata
from importlib import resources
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SHORTEST_SECONDS = 0.5
_USUAL_WORDS_A_SECOND = 2.5  # of a language that nobody here has been taught
_LATIN = "LATIN"

_GOOGLE_VOICE = re.compile(r"Google\.([a-z]{2,3}-[A-Z]{2})-(?:Standard|Wavenet|Neural2|Chirp3-HD)-\w+")
_POLLY_VOICES = {
    "Polly.Hala-Neural": "ar-AE",
    "Polly.Zayd-Neural": "ar-AE",
    "Polly.Zeina": "arb",
    "Polly.Joanna": "en-US",
    "Polly.Joanna-Neural": "en-US",
    "Polly.Matthew-Neural": "en-US",
    "Polly.Amy": "en-GB",
    "Polly.Amy-Neural": "en-GB",
}
_LONGER_CODES = {"arb": "ar"}  # a language tag of Polly's own
_TOKEN = re.compile(r"\d+|[^\W\d_]+")


class Spoken(NamedTuple):
    """A language as it is spoken, and what people who understand it make of a prompt."""

    words_a_second: float
    script: str  # as Unicode names its letters
    digits: tuple[str, ...]  # the words for 0 to 9; where there are several for one, with a blank between
    signs: Mapping[str, str]  # the words for * and #
    press: str  # a regular expression for "press 9"; its group is the key


LANGUAGES: dict[str, Spoken] = {
    code: Spoken(**{**data, "digits": tuple(data["digits"])})
    for code, data in json.loads(resources.files(__package__).joinpath("languages.json").read_text("utf-8")).items()
}


def learn(code: str, spoken: Spoken) -> None:
    """Have everybody on the network understand a language from now on, in which an application may speak."""
    LANGUAGES[code] = spoken


def seconds_to_say(text: str, language: str) -> float:
    """Seconds that a voice needs for a text of a language, by its two letters."""
    rate = LANGUAGES[language].words_a_second if language in LANGUAGES else _USUAL_WORDS_A_SECOND
    return max(SHORTEST_SECONDS, len(text.split()) / rate)


def language_of(voice: str, language: str) -> str:
    """The language that a Say with this voice and language attribute speaks, as ``ar``; English where neither says."""
    return _code(_tag_of(voice) or language or "en-US")


def _tag_of(voice: str) -> str:
    """The language tag that a voice speaks, or an empty string for one that is not known here."""
    google = _GOOGLE_VOICE.fullmatch(voice)
    return google[1] if google else _POLLY_VOICES.get(voice, "")


def _code(tag: str) -> str:
    code = tag.partition("-")[0].lower()
    return _LONGER_CODES.get(code, code)


def why_unspeakable(text: str, voice: str, language: str) -> str:
    """Why Twilio would fail the whole Say, or an empty string: a voice speaks its own language only."""
    if not text:
        return "nothing to say"
    tag, named = _tag_of(voice), voice or "(default)"
    if tag and language and _code(tag) != _code(language):
        return f"voice {named} does not speak {language}"
    if tag and language and tag != language:
        return f"voice {named} is of {tag}, not {language}"
    code = language_of(voice, language)
    script = LANGUAGES[code].script if code in LANGUAGES else _LATIN
    if not tag and script != _LATIN:
        return f"voice {named} does not speak {language}"
    for foreign in _scripts(text):
        if foreign not in {script, _LATIN}:
            return f"voice {named} can't read {foreign.capitalize()} letters"
    return ""


def _scripts(text: str) -> Iterable[str]:
    """The scripts of a text's letters beyond ASCII, as Unicode names them."""
    return dict.fromkeys(
        unicodedata.name(letter, "?").split()[0] for letter in text if letter.isalpha() and not letter.isascii()
    )


def announced_digit(heard: Iterable[tuple[str, str]]) -> str | None:
    """Find the last single digit spoken in (language, text) pairs: a figure, else a word for one."""
    tokens = [(language, token) for language, text in heard for token in _TOKEN.findall(text.lower())]
    figures = [str(int(token)) for _, token in tokens if _is_figure(token)]
    words = [digit for language, token in tokens if (digit := _digit(token, language))]
    return next(reversed(figures or words), None)


def key_named(sentence: str) -> str | None:
    """Find the key that a sentence tells to press, or None."""
    for language, spoken in LANGUAGES.items():
        if found := re.search(spoken.press, sentence, re.IGNORECASE):
            word = found[1].lower()
            return spoken.signs.get(word) or _digit(word, language)
    return None


def _digit(token: str, language: str) -> str | None:
    """The digit that a word or a figure means in a language."""
    if _is_figure(token):
        return str(int(token))  # int() reads Arabic-Indic digits too
    known = LANGUAGES[language].digits if language in LANGUAGES else ()
    return next((str(digit) for digit, words in enumerate(known) if token in words.split()), None)


def _is_figure(token: str) -> bool:
    return token.isdigit() and len(token) == 1
