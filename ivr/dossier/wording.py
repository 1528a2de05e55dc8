"""The dossier's words in its two languages, from their ``papers.json``: labels, meanings, and what is said for nothing.

The two languages are those of ``languages.json`` beside this module: one whose script runs from the left, and one from
the right. A third would need another page.
"""

from __future__ import annotations

import json
from datetime import datetime
from functools import lru_cache
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

from ivr.locales import categories, folder
from ivr.records.base import moment_of

Words = dict[str, str]  # by language

_SIDES = json.loads(resources.files(__package__).joinpath("languages.json").read_text("utf-8"))
LEFT, RIGHT = _SIDES["left"], _SIDES["right"]
LANGUAGES = (LEFT, RIGHT)


@lru_cache(maxsize=1)
def words() -> dict[str, Any]:
    """The words of both languages, each text by its language.

    Raises ``ivr.locales.folder.LocaleError`` for a text that one of them lacks.
    """
    return together({language: papers(language) for language in LANGUAGES})


def papers(language: str) -> dict[str, Any]:
    """The words of one language, its categories' among them. Raises ``ivr.locales.folder.LocaleError``."""
    found = folder.read(language, "papers")
    return {**found, "categories": {**categories.forms(language, categories.PAPER), **found["categories"]}}


def together(papers: dict[str, Any], path: str = "") -> dict[str, Any]:
    """The same tree, each text by its language. Raises ``ivr.locales.folder.LocaleError`` where two trees differ."""
    names = {language: list(tree) if isinstance(tree, dict) else None for language, tree in papers.items()}
    every = dict.fromkeys(name for have in names.values() for name in have or ())
    if not every:
        return papers
    for language, have in names.items():
        if lacking := [name for name in every if name not in (have or ())]:
            where = f"{path}{lacking[0]}"
            raise folder.LocaleError(f"{folder.shown(language, 'papers')} lacks {where!r}")
    return {
        name: together({language: tree[name] for language, tree in papers.items()}, f"{path}{name}.") for name in every
    }


def said(group: str, code: str) -> Words:
    """A word of a group, such as a category, in both languages. An unknown code is shown as it is."""
    known: Words = words()[group].get(code) or dict.fromkeys(LANGUAGES, code)
    return {language: known[language] for language in LANGUAGES}


def coded(group: str, code: str) -> dict[str, str]:
    """The same, with its code beside it for programs."""
    return {"code": code, **said(group, code)}


def filled(template: Words, **values: Words | str) -> Words:
    """A template of both languages; a value in both languages goes to its own."""
    return {
        language: template[language].format(
            **{name: value if isinstance(value, str) else value[language] for name, value in values.items()}
        )
        for language in LANGUAGES
    }


def time(epoch: int, timezone: str) -> dict[str, Any]:
    """A time for programs (epoch seconds, UTC, local ISO 8601) and for people: written out, with western digits."""
    local = datetime.fromtimestamp(epoch, ZoneInfo(timezone))
    iso = local.isoformat(timespec="seconds")
    known = words()
    written = filled(
        known["time"],
        weekday={language: known["weekdays"][language][local.weekday()] for language in LANGUAGES},
        month={language: known["months"][language][local.month - 1] for language in LANGUAGES},
        day=str(local.day),
        year=str(local.year),
        clock=f"{local:%H:%M:%S}",
        offset=iso[19:],
    )
    return {"epoch": epoch, "utc": moment_of(epoch), "local": iso, **written}
