"""A language is a folder: no code names it, only offered ones are read, and an incomplete one is refused."""

from __future__ import annotations

import ast
import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from handlers import follow_up
from handlers.voice import Voice
from infra.cli.main import main
from infra.content_checks import folders as folder_check
from ivr.flow.page import PageError
from ivr.locales import folder
from ivr.settings import DEFAULT_LANGUAGES, Settings, SettingsError
from tests.conftest import ENVIRONMENT

ROOT = Path(__file__).resolve().parents[2]
OFFERED = {**ENVIRONMENT, "LANGUAGES": ",".join(folder.known())}


def test_no_line_of_python_names_a_language():
    """But for the default of LANGUAGES, which is a setting's value, and the carrier's table of Twilio's voices."""
    codes = "|".join(folder.known())
    named = re.compile(rf"(?:{codes})(?:[-,](?:{codes}))*|(?:[A-Z]+_)+(?:{codes.upper()})|\w*_(?:{codes})")
    found = {
        f"{path.relative_to(ROOT)}: {node.value}"
        for part in ("handlers", "ivr", "infra")
        for path in (ROOT / part).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and named.fullmatch(node.value)
    }
    assert found == {f"ivr/settings/settings.py: {DEFAULT_LANGUAGES}", "infra/carrier/speech.py: ar"}


def test_the_voice_function_reads_the_languages_that_it_may_speak_and_nothing_else(store, monkeypatch):
    folder.read.cache_clear()
    opened = []
    real = Path.read_text

    def read_text(path, *args, **kwargs):
        if folder._HERE in path.parents:
            opened.append(f"{path.parent.name}/{path.name}")
        return real(path, *args, **kwargs)

    monkeypatch.setattr(Path, "read_text", read_text)
    for module in ("catalog", "language"):
        __import__(f"ivr.locales.{module}", fromlist=["load"]).load.cache_clear()
    Voice(Settings.from_environment(ENVIRONMENT), store)
    assert sorted(opened) == [
        f"{code}/{name}.json" for code in ("ar", "en") for name in ("categories", "language", "prompts")
    ]


def without(name):
    return lambda data: data.pop(name)


def without_prompt(data):
    del data["prompts"]["goodbye"]


def without_nine(data):
    del data["keys"]["9"]


def saying(words):
    return lambda data: data["prompts"].update(goodbye=words)


def unnamed(data):
    del data["names"]["en"]


HALF_THERE = {
    "no voice": ("language", without("voice"), r"ivr/locales/ar/language\.json lacks voice"),
    "no name in a language that is offered too": (
        "language",
        unnamed,
        r"names_of_others of ivr/locales/en/language\.json .* Arabic is",
    ),
    "a direction that is none": ("language", lambda data: data.update(direction="up"), "direction must be ltr or rtl"),
    "a prompt": ("prompts", without_prompt, r"ar: 'goodbye' is missing, and \w+:\w+ says it"),
    "a prompt without a word": (
        "prompts",
        saying(""),
        r"ivr/locales/ar/prompts\.json: 'goodbye' has no words in a wording",
    ),
    "a prompt without wordings": ("prompts", saying([]), "'goodbye' has no words in a wording"),
    "a prompt with an empty wording": ("prompts", saying(["Goodbye.", " "]), "'goodbye' has no words in a wording"),
    "a prompt that names its recording": (
        "prompts",
        saying({"say": "Goodbye.", "play": "bye.mp3"}),
        r"'goodbye' is an object: write its words alone.*docs/voice\.md",
    ),
    "a prompt that is null": ("prompts", saying(None), "'goodbye' has no words in a wording"),
    "a voice without a name": (
        "language",
        lambda data: data.update(voice=""),
        r"ivr/locales/ar/language\.json lacks voice",
    ),
    "a digit": ("prompts", without_nine, r"ivr/locales/ar/prompts\.json: keys lacks the words for 9"),
    "a form of a category": (
        "categories",
        lambda data: data["money"].pop("about"),
        r"ivr/locales/ar/categories\.json lacks money\.about",
    ),
    "a category": ("categories", without("money"), r"ar: 'key\.money' is missing, and report:what says it"),
    "a category without forms": (
        "categories",
        lambda data: data.update(money=None),
        r"ivr/locales/ar/categories\.json lacks money\.key",
    ),
    "the sentence of a key": ("prompts", without("press"), r"ivr/locales/ar/prompts\.json lacks press"),
    "a sentence of a key without words": (
        "prompts",
        lambda data: data.update(press=""),
        r"ivr/locales/ar/prompts\.json lacks press",
    ),
}


@pytest.mark.parametrize(("name", "change", "says"), HALF_THERE.values(), ids=HALF_THERE)
def test_the_voice_function_does_not_start_with_a_language_that_is_half_there(folders, store, name, change, says):
    folders.change("ar", name, change)
    with pytest.raises((SettingsError, PageError, folder.LocaleError), match=says) as refused:
        Voice(Settings.from_environment(ENVIRONMENT), store)
    assert "\n" not in str(refused.value)


def test_the_follow_up_function_does_not_start_without_a_text_message(folders, store):
    folders.change("ar", "sms", without("lost"))
    with pytest.raises(folder.LocaleError, match=r"ivr/locales/ar/sms\.json lacks lost"):
        follow_up.build(Settings.from_environment({**ENVIRONMENT, "SMS_FROM": "Nakhla"}), store)


def test_a_category_missing_from_a_language_is_found_by_the_check(folders):
    folders.change("en", "categories", without("money"))
    assert "ivr/locales/en/categories.json lacks money" in folder_check.faults(["en"])


@pytest.mark.parametrize("code", folder.known())
def test_every_folder_is_complete(code):
    assert folder_check.faults([code]) == []


def test_a_word_missing_from_the_papers_is_found_by_the_check(folders):
    folders.change("en", "papers", lambda data: data["reasons"].pop("campaign"))
    assert folder_check.faults(["en"]) == ["ivr/locales/en/papers.json lacks 'reasons.campaign'"]
    printed = CliRunner().invoke(main, ["--stack-file", "/nonexistent", "prompts", "check"])
    assert printed.exit_code == 1
    assert "ivr/locales/en/papers.json lacks 'reasons.campaign'" in printed.output


REFUSED = {
    "a language without a folder": ({"LANGUAGES": "ar,xx"}, r"LANGUAGES is 'ar,xx': there is no folder ivr/locales/xx"),
    "a language twice": ({"LANGUAGES": "ar,ar"}, "LANGUAGES is 'ar,ar': it must name each language once"),
    "customer care in a language that is not offered": (
        {"LANGUAGES": "en", "CARE_LANGUAGES": "ar"},
        "CARE_LANGUAGES is 'ar': 'ar' is not one of LANGUAGES, which are en",
    ),
    "care in three languages": ({"CARE_LANGUAGES": "ar-en-ar"}, "one language, or two with a hyphen between"),
    "a brand in a language that is not offered": ({"BRANDS": "fr=Exemple"}, "BRANDS or VOICES name 'fr'"),
    "brands in another form": ({"BRANDS": "Exemple"}, "BRANDS is 'Exemple': .* is not of the form ur=..."),
}


@pytest.mark.parametrize(("settings", "says"), REFUSED.values(), ids=REFUSED)
def test_settings_that_do_not_fit_the_languages_are_refused_with_what_to_do(settings, says):
    with pytest.raises(SettingsError, match=says):
        Settings.from_environment({**ENVIRONMENT, **settings})


def test_a_folder_that_is_copied_is_a_language(folders):
    """A translator begins with a copy: it can be offered once it has a brand and names the other languages."""
    shutil.copytree(folders.path / "en", folders.path / "fr")
    folders.change("fr", "language", lambda data: data["names"].update(fr="français"))
    environment = {**ENVIRONMENT, "LANGUAGES": "en,fr", "BRAND_FR": "Exemple"}
    with pytest.raises(SettingsError, match=r"names_of_others of ivr/locales/fr/language\.json what English is"):
        Settings.from_environment(environment)
    folders.change("fr", "language", lambda data: data.update(names_of_others={"en": "anglais"}))
    settings = Settings.from_environment(environment)
    assert settings.brand == {"en": ENVIRONMENT["BRAND_EN"], "fr": "Exemple"}


def test_a_line_speaks_what_is_still_offered():
    settings = Settings.from_environment(ENVIRONMENT)
    assert settings.spoken("en-ar") == "en-ar"
    assert settings.spoken("xx-en") == "en"
    assert settings.spoken("xx") == settings.spoken("") == "ar-en"
