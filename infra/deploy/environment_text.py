"""The text of an environment file: TOML as editors save it. What can't be read is named with its line and a remedy."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from infra.deploy.environment_error import EnvironmentFileError

_PLACE = re.compile(r" \(at line (?P<line>\d+), column \d+\)$")
_KEY = re.compile(r'\s*"?(?P<key>[^"=\s]+)"?\s*=\s*(?P<value>.*)')
_CURLY = re.compile("[\u2018-\u201f\u00ab\u00bb]")
_AS = 'write it as NAME = "VALUE"'


def parsed(data: bytes, file: str) -> tuple[str, dict[str, Any]]:
    """The text of ``file`` and what it holds. Raises ``EnvironmentFileError``."""
    try:
        text = data.decode("utf-8-sig")  # with or without the mark that some editors put first
    except UnicodeDecodeError as error:
        at = data[: error.start].count(b"\n") + 1
        raise EnvironmentFileError(f"{file}, line {at}: this is not UTF-8: save the file as UTF-8") from error
    try:
        return text, tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise EnvironmentFileError(_in_words(str(error), text, file)) from error


def line_of(key: str, text: str) -> int:
    """The line in which a key is set, or a table of this name begins; 0: none."""
    begins = re.compile(rf'\s*(\[\s*)?"?{re.escape(key)}"?\s*(?(1)\]|=)')
    return next((at for at, line in enumerate(text.splitlines(), 1) if begins.match(line)), 0)


def _in_words(told: str, text: str, file: str) -> str:
    place = _PLACE.search(told)
    lines = text.splitlines()
    at = int(place["line"]) if place else len(lines)  # "at end of document" has no number
    line = lines[at - 1] if 0 < at <= len(lines) else ""
    twice = "overwrite" in told
    return f"{file}, line {at}: {_why(line, text, twice=twice)} ({told.split(' (at ', maxsplit=1)[0]})"


def _why(line: str, text: str, *, twice: bool) -> str:
    found = _KEY.match(line)
    if found and twice:
        return f"{found['key']} is set already, in line {line_of(found['key'], text)}: remove one of the two"
    if _CURLY.search(line):
        return f'quotation marks must be straight ones, ": {_AS}'
    if line.count('"') % 2:
        return f"a quotation mark is missing: {_AS}"
    if line.lstrip().startswith("["):
        return "a table such as [parameters] begins once: put all of its lines below the first one"
    if not found:
        return f"there is no = here: {_AS}"
    return f"{found['value'].strip() or 'nothing'} is no value: {_AS}, with the quotation marks"
