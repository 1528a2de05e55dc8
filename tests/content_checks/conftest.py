"""A small book and its catalogs without a fault, for tests to break; and the product's own."""

from __future__ import annotations

import copy

import pytest

from ivr.flow.page import Book, Page, Position
from ivr.flow.steps import Collect, Goodbye, Key, Menu, Only, Say
from ivr.locales import catalog, folder
from ivr.locales import language as languages
from ivr.locales.catalog import Catalog

BRANDS = {code: languages.load(code).example_brand for code in folder.known()}

PAGE = Page(
    "line",
    Menu(
        name="start",
        prompts=("unknown_notice", Only("digits_known", "number_ends")),
        keys=(Key(press="1", goal="care", then="type"),),
        silence="bye",
        failure="bye",
    ),
    Collect(
        name="type",
        prompts=("type_number",),
        invalid="number_invalid",
        valid="phone_number",
        then="thanks",
        silence="bye",
        failure="bye",
    ),
    Say(name="thanks", prompts=("thanks",), then="bye"),
    Goodbye(name="bye", prompts=("goodbye",)),
    title="A line",
)
BOOK = Book(PAGE, entries=(Position("line", "start"),))

DATA = {
    "ar": {
        "press": "{goal}، اضغطوا {key}.",
        "between_digits": "، ",
        "keys": dict(
            zip(
                "0123456789*#",
                ["صفر", "واحد", "اثنين", "ثلاثة", "أربعة", "خمسة", "ستة", "سبعة", "ثمانية", "تسعة", "النجمة", "المربع"],
                strict=True,
            )
        ),
        "prompts": {
            "unknown_notice": ["هذا الخط محمي.", "يُرجى المحاولة مرة أخرى."],
            "number_ends": "آخر أرقام المتصل: {digits}.",
            "key.care": "لخدمة العملاء",
            "type_number": "يُرجى إدخال الرقم، ثم الضغط على المربع.",
            "number_invalid": "هذا الرقم غير صحيح.",
            "thanks": "شكرًا من {brand}.",
            "goodbye": "مع السلامة.",
        },
    },
    "en": {
        "press": "{goal}, press {key}.",
        "between_digits": ", ",
        "keys": dict(
            zip("0123456789*#", ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "star", "hash"], strict=True)
        ),
        "prompts": {
            "unknown_notice": ["This line is protected.", "Please try again."],
            "number_ends": "The number ends in {digits}.",
            "key.care": "For customer care",
            "type_number": "Please type the number, then press hash.",
            "number_invalid": "This is not a valid number.",
            "thanks": "Thank you from {brand}.",
            "goodbye": "Goodbye.",
        },
    },
}


def small(ar=None, en=None, **top):
    """The small catalogs with some prompts changed (None takes one away) and, by ``top``, words beside the prompts."""
    data = copy.deepcopy(DATA)
    for language, changes in (("ar", ar), ("en", en)):
        for key, entry in (changes or {}).items():
            if entry is None:
                del data[language]["prompts"][key]
            else:
                data[language]["prompts"][key] = entry
        data[language].update(top.get(f"{language}_words", {}))
    return {language: Catalog(language, data[language]) for language in DATA}


@pytest.fixture
def ours():
    """The product's own catalogs, by language."""
    return {language: catalog.load(language) for language in folder.known()}
