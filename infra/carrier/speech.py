"""How long words take, which voice can speak them, and which key a prompt announced."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

ARABIC_WORDS_A_SECOND = 2.0
ENGLISH_WORDS_A_SECOND = 2.5
SHORTEST_SECONDS = 0.5

_ARABIC_VOICE = re.compile(
    r"Polly\.(Hala|Zayd)-Neural|Polly\.Zeina|Google\.ar-XA-(Standard|Wavenet)-[A-D]"
    r"|Google\.ar-XA-Chirp3-HD-\w+"
)
_ARABIC_LANGUAGE = re.compile(r"ar(b|-[A-Z]{2})?")
_POLLY_LANGUAGES = {"Polly.Hala-Neural": "ar-AE", "Polly.Zayd-Neural": "ar-AE", "Polly.Zeina": "arb"}
_ARABIC_LETTER = re.compile(r"[\u0621-\u064a]")
_DIGIT_WORDS = {
    word: digit
    for digit, words in enumerate(
        (
            "zero صفر",
            "one واحد واحدة",
            "two اثنان اثنين اثنتان اثنتين",
            "three ثلاثة ثلاث",
            "four أربعة اربعة أربع",
            "five خمسة خمس",
            "six ستة ست",
            "seven سبعة سبع",
            "eight ثمانية ثماني ثمان",
            "nine تسعة تسع",
        )
    )
    for word in words.split()
}
_SIGN_WORDS = {"star": "*", "النجمة": "*", "hash": "#", "المربع": "#"}
_PRESS = re.compile(r"(?:\bpress|اضغطوا)\s+(\w+)", re.IGNORECASE)
_TOKEN = re.compile(r"\d+|[^\W\d_]+")


def seconds_to_say(text: str, language: str) -> float:
    """Seconds that a voice needs for the text; `language` is "ar" or anything else."""
    rate = ARABIC_WORDS_A_SECOND if language == "ar" else ENGLISH_WORDS_A_SECOND
    return max(SHORTEST_SECONDS, len(text.split()) / rate)


def language_of(voice: str, language: str) -> str:
    """Two letters: what a Say with this voice and language attribute speaks; English where neither says."""
    if _ARABIC_VOICE.fullmatch(voice) or _ARABIC_LANGUAGE.fullmatch(language):
        return "ar"
    return (language or "en")[:2].lower()


def why_unspeakable(text: str, voice: str, language: str) -> str:
    """Why Twilio would fail the whole Say, or an empty string: a voice speaks its own language only."""
    arabic_voice = _ARABIC_VOICE.fullmatch(voice) is not None
    if not text:
        return "nothing to say"
    if arabic_voice and language and not _ARABIC_LANGUAGE.fullmatch(language):
        return f"voice {voice} does not speak {language}"
    if arabic_voice and language and _POLLY_LANGUAGES.get(voice, language) != language:
        return f"voice {voice} is of {_POLLY_LANGUAGES[voice]}, not {language}"
    if not arabic_voice and _ARABIC_LANGUAGE.fullmatch(language):
        return f"voice {voice or '(default)'} does not speak {language}"
    if not arabic_voice and _ARABIC_LETTER.search(text):
        return f"voice {voice or '(default)'} can't read Arabic letters"
    return ""


def announced_digit(heard: Iterable[tuple[str, str]]) -> str | None:
    """Find the last single digit spoken in (language, text) pairs: in the English text, else in the others."""
    spoken = list(heard)
    english = [digit for language, text in spoken if language == "en" for digit in _digits(text)]
    digits = english or [digit for _, text in spoken for digit in _digits(text)]
    return digits[-1] if digits else None


def key_named(sentence: str) -> str | None:
    """Find the key that a sentence tells to press, or None."""
    found = _PRESS.search(sentence)
    if found is None:
        return None
    word = found[1].lower()
    return _SIGN_WORDS.get(word) or next(iter(_digits(word)), None)


def _digits(text: str) -> list[str]:
    found = []
    for token in _TOKEN.findall(text.lower()):
        if token.isdigit() and len(token) == 1:
            found.append(str(int(token)))  # int() reads Arabic-Indic digits too
        elif token in _DIGIT_WORDS:
            found.append(str(_DIGIT_WORDS[token]))
    return found
