"""The pages' words: every key that a template or a page uses is there in each language, with the same places."""

import re
from pathlib import Path
from string import Formatter

import pytest

from ivr.calls.outcome import Outcome
from ivr.calls.verdict import Reason, VerdictKind
from ivr.care.call_backs import ASKED, IN_PROGRESS
from ivr.desk import Code, audit, disputes, lines, preview
from ivr.desk.messages import STATES
from ivr.desk.statistics import Shares
from ivr.locales import folder
from ivr.reports import CATEGORIES
from ivr.web import words
from ivr.web.rendering import MENU

WEB = Path(words.__file__).parent
_KEY = re.compile(r"""\bt\(\s*["']([a-z_0-9.]+)["']\s*[,)]""")
CODES = words.spoken_here()


def _used():
    for file in (*WEB.rglob("*.html"), *WEB.rglob("*.py")):
        for key in _KEY.findall(file.read_text("utf-8")):
            yield key, file.name
    for name, endpoint in MENU:
        yield f"menu.{name}", endpoint


def _places(text):
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_the_pages_are_written_in_arabic_and_english():
    assert {"ar", "en"} <= set(CODES)


@pytest.mark.parametrize("code", CODES)
def test_every_key_that_a_page_uses_is_there(code):
    texts = folder.read(code, "desk")
    assert [(key, where) for key, where in _used() if key not in texts] == []


# The codes of each group: a page shows one without words as it is, which is for a newer release's alone.
GROUPS = {
    "verdict": VerdictKind,
    "reason": Reason,
    "outcome": Outcome,
    "category": (*CATEGORIES, "none"),
    "uncounted": ("unverified", "withheld", "spoofed", "impersonation", "own_number", "over_the_limit"),
    "audit.action": audit.Action,
    "audit.about": set(audit.About) - {audit.About.NOTHING},
    "error": Code,
    "effect": preview.Effect,
    "dispute": (disputes.OPEN, disputes.CLEARED, disputes.KEPT),
    "call_back": (ASKED, IN_PROGRESS),
    "sms": STATES,
    "line.kind": lines.KINDS,
    "line.mode": lines.MODES,
    "ended": Shares._fields,
}


@pytest.mark.parametrize("code", CODES)
def test_every_code_of_this_release_has_words(code):
    texts = folder.read(code, "desk")
    assert [f"{group}.{one}" for group, codes in GROUPS.items() for one in codes if f"{group}.{one}" not in texts] == []


def test_all_languages_have_the_same_keys_and_places():
    english = folder.read("en", "desk")
    for code in CODES:
        texts = folder.read(code, "desk")
        assert sorted(texts) == sorted(english), code
        assert {key: _places(text) for key, text in texts.items()} == {
            key: _places(text) for key, text in english.items()
        }


def test_arabic_is_written_in_arabic_letters():
    latin = re.compile(r"[A-Za-z]{2,}")
    allowed = {"CSV", "NDJSON", "PDF", "JSON", "SMS", "UTC"}
    for key, text in folder.read("ar", "desk").items():
        bare = re.sub(r"\{[^}]*\}", "", text)
        assert set(latin.findall(bare)) <= allowed, key
