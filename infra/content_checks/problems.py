"""The check of the prompts: every fault that can be found without an ear."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.content_checks import wording
from infra.content_checks.speech import at_its_longest, seconds
from infra.content_checks.timing import whispers_too_slow
from ivr.flow.used_prompts import missing_prompts, typed_into, used
from ivr.locales.catalog import SPOKEN_DIGITS, SPOKEN_LANGUAGES, SPOKEN_NUMBERS, TELEPHONE_KEYS
from ivr.locales.codes import MOST_IN_A_ROW

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ivr.flow.page import Book
    from ivr.locales.catalog import Catalog, Wordings

MOST_SECONDS = 20.0
MOST_NOTICE_SECONDS = 15.0  # the notice to an unknown caller, in both of the languages that it is said in
NOTICE = "unknown_notice"
FULL_STOPS = (".", "۔", "।")  # of Latin and Arabic, of Urdu, of Devanagari
KNOWN_PLACEHOLDERS = SPOKEN_DIGITS | SPOKEN_NUMBERS | SPOKEN_LANGUAGES | {"brand"}


def problems(book: Book, catalogs: Mapping[str, Catalog], brands: Mapping[str, str]) -> list[str]:
    """Every fault of the catalogs, each a line that names language, key and wording; none if they may be spoken.

    ``catalogs`` and ``brands`` are by language; the brands are the deployment's, for they are spoken too.
    """
    typed = typed_into(book)
    return [
        *missing_prompts(book, catalogs),
        *_unused(book, catalogs),
        *_unequal(catalogs),
        *_misspoken_keys(catalogs),
        *(
            f"{language}: the brand {brand!r}: {fault}"
            for language, brand in brands.items()
            for fault in wording.script_faults(brand, language)
        ),
        *(
            f"{language}: {key}, wording {nth}: {fault}"
            for language, catalog in catalogs.items()
            for key, wordings in catalog.prompts.items()
            for nth, fault in _in_wordings(catalog, key, wordings, brands[language], typed)
        ),
        *_notice_too_long(catalogs, brands),
        *whispers_too_slow(book, catalogs, brands),
    ]


def _unused(book: Book, catalogs: Mapping[str, Catalog]) -> Iterator[str]:
    needed = used(book)
    for language, catalog in catalogs.items():
        for key in catalog.prompts:
            if key not in needed:
                yield f"{language}: {key!r} is said nowhere"


def _unequal(catalogs: Mapping[str, Catalog]) -> Iterator[str]:
    """What one language has and another has not: keys, wordings, placeholders."""
    keys = dict.fromkeys(key for catalog in catalogs.values() for key in catalog.prompts)
    for key in keys:
        having = {language: c.prompts[key] for language, c in catalogs.items() if key in c.prompts}
        if lacking := sorted(set(catalogs) - set(having)):
            yield f"{', '.join(lacking)}: {key!r} is missing, and {', '.join(sorted(having))} has it"
        if len({len(wordings.say) for wordings in having.values()}) > 1:
            yield f"{key}: the languages have different numbers of wordings"
        else:
            for nth, texts in enumerate(zip(*(wordings.say for wordings in having.values()), strict=True), 1):
                if len({frozenset(_placeholders(text)) for text in texts}) > 1:
                    yield f"{key}, wording {nth}: the languages have different placeholders"


def _placeholders(text: str) -> set[str]:
    try:
        return wording.placeholders(text)
    except ValueError:  # said of the wording itself
        return set()


def _misspoken_keys(catalogs: Mapping[str, Catalog]) -> Iterator[str]:
    """Faults of the sentence and the words from which "press 9" and every number are made."""
    for language, catalog in catalogs.items():
        if lacking := [key for key in TELEPHONE_KEYS if not catalog.keys.get(key)]:
            yield f"{language}: there is no word for the keys {' '.join(lacking)}"
            continue
        goal, key = catalog.press.find("{goal}"), catalog.press.find("{key}")
        if not 0 <= goal < key or _placeholders(catalog.press) != {"goal", "key"}:
            yield f"{language}: 'press' must name {{goal}} first and then {{key}}, and nothing else"
        if not catalog.between_digits.strip(" ") or not catalog.between_digits.endswith(" "):
            yield f"{language}: 'between_digits' must be a comma and a blank, so that digits are read one by one"
        for text in (wording.literals(catalog.press), catalog.between_digits, *catalog.keys.values()):
            for fault in wording.script_faults(text, language):
                yield f"{language}: {text!r}: {fault}"


def _in_wordings(
    catalog: Catalog, key: str, wordings: Wordings, brand: str, typed: frozenset[str]
) -> Iterator[tuple[int, str]]:
    for nth, text in enumerate(wordings.say, 1):
        try:
            unknown = wording.placeholders(text) - KNOWN_PLACEHOLDERS
        except ValueError as error:
            yield nth, f"a brace is not closed: {error}"
            continue
        if unknown:
            yield nth, f"nothing fills {', '.join(sorted(f'{{{name}}}' for name in unknown))}"
        may_name = catalog.keys.get("#", "") if key in typed else ""
        for fault in wording.faults(text, catalog.language, brand=brand, may_name=may_name):
            yield nth, fault
        if not key.startswith("key.") and not text.rstrip().endswith(FULL_STOPS):
            yield nth, "it does not end with a full stop, and would run into the prompt that follows"
        said = _seconds(catalog, key, nth - 1, brand)
        if said > MOST_SECONDS:
            yield nth, f"it takes about {said:.0f} s to say; {MOST_SECONDS:.0f} s is the most"


def _seconds(catalog: Catalog, key: str, index: int, brand: str) -> float:
    """How long a wording takes; 0 for one that can't be said at all, which is a fault of its own."""
    if key not in catalog.prompts or _placeholders(catalog.prompts[key].say[index]) - KNOWN_PLACEHOLDERS:
        return 0.0
    try:
        return seconds(at_its_longest(catalog, key, index, brand), catalog.language)
    except (KeyError, ValueError):
        return 0.0


def _notice_too_long(catalogs: Mapping[str, Catalog], brands: Mapping[str, str]) -> Iterator[str]:
    """Which two languages are spoken first is for the deployment to say, so the slowest two are taken."""
    said = sorted((_seconds(catalog, NOTICE, 0, brands[code]), code) for code, catalog in catalogs.items())
    slowest = said[-MOST_IN_A_ROW:]
    if (takes := sum(seconds for seconds, _ in slowest)) > MOST_NOTICE_SECONDS:
        together = " and ".join(sorted(code for _, code in slowest))
        yield f"{NOTICE}: {together} together take about {takes:.1f} s; {MOST_NOTICE_SECONDS:.0f} s is the most"
