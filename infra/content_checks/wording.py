"""What may not stand in a prompt: the faults of one text in one language, each as words for its author."""

from __future__ import annotations

import re
import string
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_SCRIPTS = {"ar": "ARABIC", "en": "LATIN"}
_LETTER_OF = {"ar": "an Arabic", "en": "an English"}


def plain(text: str) -> str:
    """A text without vowel signs and lengthening strokes, so that words can be compared."""
    return "".join(c for c in text if unicodedata.category(c) != "Mn" and c != "\u0640")


def _any_of(words: str) -> re.Pattern[str]:
    """One of the words by itself; an Arabic one may have "and" or "then" in front."""
    return re.compile(rf"(?<!\w)[وف]?(?:{'|'.join(words.split())})(?!\w)", re.IGNORECASE)


# A recording of "yes" is what a fraudster is after (FACTS 8), so nothing may invite an answer by voice: no question,
# and no word that asks for one.
_COAXES = {
    "ar": _any_of("نعم قل قولي قولوا انطق انطقوا كرر كرروا تكلم تكلموا تحدثوا النطق صوتكم الصافرة"),
    "en": _any_of("yes say speak repeat voice beep tone aloud"),
}

# Imperatives and possessives that address one man or one woman; the plural addresses everybody (FACTS 8).
_ONE_PERSON = _any_of(
    "اضغط اضغطي أدخل أدخلي ادخل ادخلي اختر اختاري انتظر انتظري استمع استمعي اتصلي أعيدي حاول حاولي تأكدي راجع راجعي "
    "أبلغي أنهي تفضل تفضلي اطلب اطلبي سجل سجلي قم قومي "
    "تشارك تشاركي تضغط تضغطي تعاود تعاودي تفتح تفتحي تعط تعطي "
    "رقمك بلاغك حسابك بياناتك بطاقتك أموالك لديك عليك منك لك بك إليك معك فضلك يمكنك اتصالك شكواك مكالمتك"
)

# Numbers that count what follows them; "one" stands behind its noun, like an adjective, and "of" is no noun.
_COUNTS = (
    "صفر اثنان اثنين اثنتان اثنتين ثلاث ثلاثة أربع أربعة خمس خمسة ست ستة سبع سبعة ثمان ثماني ثمانية تسع تسعة عشر عشرة "
    "عشرون عشرين ثلاثون ثلاثين أربعون أربعين خمسون خمسين ستون ستين سبعون سبعين ثمانون ثمانين تسعون تسعين مئة مائة ألف"
)
_COUNTED = re.compile(rf"(?:\d|(?<!\w)[وفبلك]?(?:{'|'.join(_COUNTS.split())}))\s+(?!من(?!\w))[\u0621-\u064a]")

_NAMES_A_KEY = {
    "ar": re.compile(r"(?<!\w)[وف]?(?:ال|لل|بال)?(?:اضغط\w*|ضغط|نجمة|مربع|مفتاح)(?!\w)"),
    "en": re.compile(r"\b(?:press|pressing|push|hit|star|hash|pound)\b", re.IGNORECASE),
}


def literals(text: str) -> str:
    """A text without its placeholders. Raises ``ValueError`` for a brace that is left open."""
    return " ".join(literal for literal, _, _, _ in string.Formatter().parse(text))


def placeholders(text: str) -> set[str]:
    """The placeholders of a text as they are written. Raises ``ValueError`` for a brace that is left open."""
    fields = string.Formatter().parse(text)
    return {
        name + (f"!{conversion}" if conversion else "") + (f":{spec}" if spec else "")
        for _, name, spec, conversion in fields
        if name is not None
    }


def foreign_words(text: str, language: str) -> str:
    """The words of which a voice of this language can't read every letter or digit."""
    return " ".join(word for word in re.findall(r"\w+", plain(text)) if not all(_reads(c, language) for c in word))


def _reads(character: str, language: str) -> bool:
    foreign = character.isalpha() or (character.isdigit() and not character.isascii())
    return not foreign or unicodedata.name(character, "").startswith(_SCRIPTS[language])


def script_faults(text: str, language: str) -> Iterator[str]:
    """Faults of anything that is spoken, a brand too."""
    if foreign := foreign_words(text, language):
        yield f"{_LETTER_OF[language]} voice can't read {foreign!r}: one language a Say"
    if run := re.search(r"\d{2,}", text):
        yield f"{run.group()!r} would be read as a number: write its digits apart or as words"


def faults(text: str, language: str, *, brand: str, may_name: str) -> Iterator[str]:
    """Faults of a prompt's text. ``may_name`` is the word of the one key that it may speak of, or empty."""
    yield from script_faults(literals(text), language)
    # Every placeholder but the brand is digits.
    spoken = plain("".join(_filled(text, brand)))
    if language == "ar" and _COUNTED.search(spoken):
        yield "a noun follows a number, which would have to inflect with it: name it first, then a colon and the number"
    if found := re.search("[?؟]", spoken) or _COAXES[language].search(spoken):
        yield f"{found.group()!r} invites an answer by voice, which a fraudster could record"
    if language == "ar" and (found := _ONE_PERSON.search(spoken)):
        yield f"{found.group()!r} addresses one man or one woman: use the plural, or no person at all"
    yield from _key_faults(spoken, language, plain(may_name))
    if not literals(text).strip():
        yield "there is nothing to say, which Twilio refuses"


def _filled(text: str, brand: str) -> Iterator[str]:
    for literal, name, _, _ in string.Formatter().parse(text):
        yield literal
        if name is not None:
            yield brand if name == "brand" else "0"


def _key_faults(spoken: str, language: str, may_name: str) -> Iterator[str]:
    if may_name:
        if may_name not in spoken:
            yield f"it does not say that {may_name!r} ends the number"
        spoken = re.sub(_END_KEY[language](may_name), "", spoken)
    if found := _NAMES_A_KEY[language].search(spoken):
        yield f"{found.group()!r}: keys are spoken from the menu alone, so that none is promised that does not work"


# How a prompt tells to press the one key that it may name.
_END_KEY: dict[str, Callable[[str], str]] = {
    "ar": lambda key: rf"(?:اضغطوا|الضغط على) {re.escape(key)}",
    "en": lambda key: rf"\bpress {re.escape(key)}\b",
}
