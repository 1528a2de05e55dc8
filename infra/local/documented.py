"""Every setting as people read of it."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from ivr.locales import language
from ivr.locales.offered import standing
from ivr.settings import DEFAULT_LANGUAGES, Settings


def documented() -> dict[str, tuple[str, str | None]]:
    """Each setting's name with its description and default (None: must be set), for docs/settings.md and its test.

    What each language has one of is shown for the languages that are offered by default.
    """
    shown: dict[str, tuple[str, str | None]] = {}
    nothing: dict[str, Any] = {"brands": {}, "voices": {}}
    for setting in fields(Settings):
        name, doc, default = setting.name.upper(), setting.metadata["doc"], setting.metadata["default"]
        if "a_language" not in setting.metadata:
            shown[name] = doc, default
            continue
        for code in DEFAULT_LANGUAGES.split(","):
            words = doc.format(language=language.load(code).english_name, code=code.upper())
            shown[f"{name}_{code.upper()}"] = words, standing(code, setting.name, nothing)
    return shown
