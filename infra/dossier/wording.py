"""The dossier's words in both languages, from words.json: labels, meanings and what is said for what is absent."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import lru_cache
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

Words = dict[str, str]  # "en" and "ar"

LANGUAGES = ("en", "ar")


@lru_cache(maxsize=1)
def words() -> dict[str, Any]:
    """Everything in words.json."""
    text = resources.files(__package__).joinpath("words.json").read_text("utf-8")
    return json.loads(text)  # type: ignore[no-any-return]


def said(group: str, code: str) -> Words:
    """A word of a group, such as a category, in both languages. An unknown code stands for itself."""
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
    utc = datetime.fromtimestamp(epoch, UTC)
    local = utc.astimezone(ZoneInfo(timezone))
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
    return {"epoch": epoch, "utc": f"{utc:%Y-%m-%dT%H:%M:%SZ}", "local": iso, **written}
