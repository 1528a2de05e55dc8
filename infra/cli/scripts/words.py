"""All words that a call script may hold, as `ivr call --script --help` prints them."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from infra.cli.scripts.model import Script
from infra.cli.scripts.part import Part, part_in

if TYPE_CHECKING:
    from collections.abc import Iterator

_WIDTH = 110
_COLUMN = 18


def script_words() -> str:
    """Each part of a script with its words, the outermost first."""
    return "\n\n".join(_of(path, part) for path, part in _parts("", Script))


def _parts(path: str, part: type[Part]) -> Iterator[tuple[str, type[Part]]]:
    """A part and all parts in it, each once, with the way to it."""
    yield path, part
    seen = set()
    for field in part.model_fields.values():
        inner = part_in(field.annotation)
        if inner and inner not in seen:
            seen.add(inner)
            alike = [word for word, one in part.model_fields.items() if part_in(one.annotation) is inner]
            yield from _parts(f"{path}{', '.join(alike)}: ", inner)


def _of(path: str, part: type[Part]) -> str:
    lines = [f"{path or 'The file: '}{' '.join((part.__doc__ or '').split())}"]
    for name, field in part.model_fields.items():
        start = f"  {field.alias or name}".ljust(_COLUMN)
        lines += textwrap.wrap(field.description or "", _WIDTH, initial_indent=start, subsequent_indent=" " * _COLUMN)
    return "\n".join(lines)
