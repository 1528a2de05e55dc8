"""A customer's line: where it rings, in which languages and how strictly."""

from __future__ import annotations

from typing import ClassVar

from ivr.locales.codes import are_codes
from ivr.records.base import Item, ItemKey, Record, record


def line_key(number: str) -> ItemKey:
    """The key of a line."""
    return ItemKey(f"LINE#{number}", "LINE")


@record
class Line(Record):
    """A registered number of this service. An unregistered number is a report line."""

    number: str
    kind: str  # "protected" or "report"
    ring_to: str = ""  # the customer's telephone, E.164
    languages: str = ""  # in the order in which the customer hears them; empty: the first two that are offered
    mode: str = "standard"  # "standard", "strict" or "off"

    KINDS: ClassVar = ("protected", "report")
    MODES: ClassVar = ("standard", "strict", "off")

    @property
    def key(self) -> ItemKey:  # noqa: D102
        return line_key(self.number)

    def makes_sense(self) -> bool:  # noqa: D102
        rings = bool(self.ring_to) or self.kind != "protected"
        spoken = not self.languages or are_codes(self.languages)
        return self.kind in self.KINDS and self.mode in self.MODES and spoken and rings

    def index(self) -> Item:  # noqa: D102
        return {"list_kind": "lines", "list_key": self.number}
