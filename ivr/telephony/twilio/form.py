"""The parameters of a webhook as Twilio posts them: a form, whose repeated names are all kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST_DIGITS = 9  # of a number that Twilio counts in: thirty years of seconds


class Form:
    """The parameters of a form, repeated ones kept. It has what ``RequestValidator`` asks for: iteration and getall."""

    __slots__ = ("_values",)

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in pairs:
            self._values.setdefault(name, []).append(value)

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def getall(self, name: str) -> list[str]:
        """Every value of a parameter, in the order in which they came."""
        return self._values[name]

    def get(self, name: str) -> str:
        """The value of a parameter, or an empty string. Of several, one that no reordering changes: none is signed."""
        values = self._values.get(name)
        return min(values) if values else ""

    def whole(self, name: str) -> int | None:
        """A parameter that is a whole number, or None where it is none that Twilio would count."""
        text = self.get(name)
        return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else None
