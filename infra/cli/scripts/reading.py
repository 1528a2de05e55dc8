"""Reads a call script: YAML whose every value is text as it stands there, and where each value stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import yaml
from pydantic import ValidationError

from infra.cli.scripts.model import Script
from infra.cli.scripts.part import part_in
from infra.cli.scripts.values import none_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from pydantic_core import ErrorDetails

Place: TypeAlias = tuple[int | str, ...]
"""The way to a value: the words and the numbers of list items, such as ("calls", 0, "customer", "hears", 2)."""

_QUOTED = 'A value that begins with *, ! or & stands in quotes, such as "!9"'
_KINDS = {
    "missing": "it is missing",
    "list_type": "it is a list: write each item on a line of its own, after a dash",
    "model_type": "it holds words with their values: write them under it",
    "dict_type": "it holds words with their values: write them under it",
    "string_type": "it is one text, with nothing under it",
    "bool_parsing": "it is yes or no",
    "bool_type": "it is yes or no",
    "int_parsing": "it is a whole number",
    "too_short": "it holds at least one item",
    "string_too_short": "it is empty",
    "string_pattern_mismatch": "it is a plus and digits, such as +968",
}
_CHOICES = frozenset({"literal_error", "enum"})
_DEEPEST = 20  # mappings and lists within each other: far more than a script's words need


class ScriptError(Exception):
    """A script that can't be held; ``wrongs`` says why, each with file and line."""

    def __init__(self, wrongs: list[str]) -> None:
        super().__init__("\n".join(wrongs))
        self.wrongs = wrongs


@dataclass(frozen=True, slots=True)
class Written:
    """A script, and the line of its file on which each of its values stands."""

    name: str
    script: Script
    lines: Mapping[Place, int]

    def told(self, failures: Iterable[tuple[Place, str]]) -> list[str]:
        """What was not met, each with file and line: that of the expectation, or of the nearest thing around it."""
        found = sorted(((_line(self.lines, place), what) for place, what in failures), key=lambda one: one[0])
        return [f"{self.name}:{line}: {what}" for line, what in found]


def read_script(path: Path) -> Written:
    """Read a script. Raises ``ScriptError``, and ``OSError`` where the file can't be read."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ScriptError([f"{path}: it is no text in UTF-8"]) from error
    return parse_script(text, str(path))


def parse_script(text: str, name: str) -> Written:
    """Read a script from its text; ``name`` stands for its file. Raises ``ScriptError``."""
    try:
        if endless := _endless(text):
            line, why = endless
            raise ScriptError([f"{name}:{line}: {why}"])
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise ScriptError([_not_yaml(error, name)]) from error
    if root is None:
        raise ScriptError([f"{name}:1: the script is empty. It begins with title: and calls:"])
    lines: dict[Place, int] = {}
    wrongs: list[str] = []
    data = _plain(root, (), lines, wrongs, name)
    if wrongs:
        raise ScriptError(wrongs)
    try:
        return Written(name, Script.model_validate(data), lines)
    except ValidationError as error:
        found = sorted((_line(lines, place), words) for place, words in map(_in_words, error.errors()))
        raise ScriptError([f"{name}:{line}: {words}" for line, words in found]) from error


def _endless(text: str) -> tuple[int, str] | None:
    """The line of what could grow without end as it is read, and why it is refused. Raises ``yaml.YAMLError``.

    A few lines of anchors and aliases stand for a text of any length, or for themselves.
    """
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            return line, f"a script has no anchors and aliases (&, *): write the value out. {_QUOTED}"
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            return line, f"no more than {_DEEPEST} lists and mappings may stand within each other"
    return None


def _line(lines: Mapping[Place, int], place: Place) -> int:
    while place and place not in lines:
        place = place[:-1]
    return lines.get(place, 1)


def _not_yaml(error: yaml.YAMLError, name: str) -> str:
    mark = getattr(error, "problem_mark", None)
    line = mark.line + 1 if mark else 1
    problem = getattr(error, "problem", None) or str(error)
    quoted = f". {_QUOTED}" if "alias" in problem or "anchor" in problem or "alias" in str(error) else ""
    return f"{name}:{line}: this is no YAML: {problem}{quoted}"


def _plain(node: yaml.Node, place: Place, lines: dict[Place, int], wrongs: list[str], name: str) -> Any:
    """The value of a node: mappings, lists and texts. Nothing is a number, a date or a truth until a field says so."""
    line = lines.setdefault(place, node.start_mark.line + 1)
    if not node.tag.startswith("tag:yaml.org,2002:"):
        wrongs.append(f"{name}:{line}: {node.tag} is no value. {_QUOTED}")
        return ""
    match node:
        case yaml.MappingNode():
            found: dict[str, Any] = {}
            for key, value in node.value:
                word = str(key.value)
                lines[(*place, word)] = key.start_mark.line + 1
                if word in found:
                    wrongs.append(f"{name}:{key.start_mark.line + 1}: {word} stands here a second time")
                found[word] = _plain(value, (*place, word), lines, wrongs, name)
            return found
        case yaml.SequenceNode():
            return [_plain(item, (*place, nth), lines, wrongs, name) for nth, item in enumerate(node.value)]
        case _:
            return node.value


def _in_words(error: ErrorDetails) -> tuple[Place, str]:
    """Where a value is wrong, and how."""
    place: Place = tuple(part for part in error["loc"] if part != "[key]")
    what = next((str(part) for part in reversed(place) if isinstance(part, str)), "the script")
    kind = error["type"]
    if kind == "extra_forbidden":
        return place, none_of(str(place[-1]), _words_at(place[:-1]))
    if kind in _CHOICES:
        allowed = error["ctx"]["expected"].replace("'", "").replace(" or ", ", ").split(", ")
        return place, f"{what}: {none_of(str(error['input']), tuple(allowed))}"
    if kind == "value_error":
        return place, f"{what}: {error['ctx']['error']}"
    return place, f"{what}: {_KINDS.get(kind, error['msg'])}"


def _words_at(place: Place) -> tuple[str, ...]:
    """The words that may stand at a place."""
    model: Any = Script
    for part in place:
        fields = {field.alias or name: field.annotation for name, field in model.model_fields.items()}
        model = part_in(fields[str(part)]) if isinstance(part, str) else model
    return tuple(field.alias or name for name, field in model.model_fields.items())
