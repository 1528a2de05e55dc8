"""What a call script may put into the table before its first call."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from infra.cli.scripts.part import Part
from infra.cli.scripts.values import Languages, Number, Span, among
from ivr.reports import CATEGORIES
from ivr.screening.desk_decision import VERDICTS
from ivr.screening.line import Line


class LineBefore(Part):
    """A line that is registered."""

    number: Number
    """The line."""
    kind: Annotated[str, among(Line.KINDS)] = "protected"
    """What answers there."""
    rings: Number | None = None
    """Whose telephone it rings."""
    languages: Languages = ()
    """In the order in which the customer hears them; left out: the first two that are offered."""
    mode: Annotated[str, among(Line.MODES)] = "standard"
    """How strictly it screens."""

    @model_validator(mode="after")
    def _rings_somebody(self) -> LineBefore:
        if self.kind == "protected" and not self.rings:
            raise ValueError("a protected line rings somebody: rings is missing")
        return self


class DecisionBefore(Part):
    """A decision of the fraud desk."""

    caller: Number
    """The number."""
    verdict: Annotated[str, among(VERDICTS)]
    """What the desk decided."""


class PrefixBefore(Part):
    """A rule of the fraud desk for all numbers that begin alike."""

    prefix: str = Field(pattern=r"^\+[0-9]{1,14}$")
    """How the numbers begin, such as +968."""
    verdict: Annotated[str, among(VERDICTS)]
    """What the desk decided."""


class ListedBefore(Part):
    """A caller on a customer's own list."""

    line: Number
    """Whose line."""
    caller: Number
    """The number."""
    word: Literal["trusted", "blocked"]
    """What the customer said of it."""


class ReportsBefore(Part):
    """Reports that count, each made by another person on another line."""

    caller: Number
    """The reported number."""
    people: int = Field(ge=1, le=200)
    """How many people reported it."""
    category: Annotated[str, among(CATEGORIES)] = "prize"
    """What the caller wanted."""
    ago: Span = 86_400.0
    """How long before the first call."""


class Before(Part):
    """What stands in the table before the first call, besides the demo's lines and decisions."""

    lines: list[LineBefore] = []
    """Lines besides the demo's, or in place of them."""
    decisions: list[DecisionBefore] = []
    """Decisions on single numbers."""
    prefixes: list[PrefixBefore] = []
    """Rules for numbers that begin alike."""
    lists: list[ListedBefore] = []
    """Customers' own words on callers."""
    reports: list[ReportsBefore] = []
    """Reports of other people."""
