"""A language's folder, read: ``language.json``, ``prompts.json``, ``categories.json``, ``sms.json`` and so on.

Each file is read when it is first needed and kept: a call reads the prompts of the languages that it may speak, and
nothing else. Which languages a deployment offers is a setting; which exist is what folders there are.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from ivr.locales.codes import is_code

_HERE = Path(__file__).parent


class LocaleError(ValueError):
    """A language that is not there, or not whole. The message names the file and what to add to it."""


@lru_cache(maxsize=1)
def known() -> tuple[str, ...]:
    """The code of each language that has a folder, sorted."""
    return tuple(sorted(folder.name for folder in _HERE.iterdir() if is_code(folder.name)))


@lru_cache(maxsize=64)
def read(language: str, name: str) -> dict[str, Any]:
    """A file of a language's folder. Raises ``LocaleError`` where there is none, or no JSON object in it."""
    file = file_of(language, name)
    try:
        data = json.loads(file.read_text("utf-8"))
    except FileNotFoundError as error:
        raise LocaleError(
            f"there is no {shown(language, name)}: copy the file of another language there and translate it"
        ) from error
    except ValueError as error:
        raise LocaleError(f"{shown(language, name)} is not valid JSON: {error}") from error
    if not isinstance(data, dict):
        raise LocaleError(f"{shown(language, name)} must be a JSON object")
    return data


def has(language: str, name: str) -> bool:
    """Whether a language's folder has this file, where it need not."""
    return file_of(language, name).is_file()


def file_of(language: str, name: str) -> Path:
    """Where a file of a language's folder lies, or would."""
    return _HERE / language / f"{name}.json"


def shown(language: str, name: str) -> str:
    """A file of a language's folder, as people find it in the repository."""
    return f"ivr/locales/{language}/{name}.json"
