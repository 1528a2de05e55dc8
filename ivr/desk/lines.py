"""The lines: numbers that are pointed at this service, and who rings where."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ivr.desk.errors import Code, DeskError
from ivr.desk.numbers import full_number, may_ring
from ivr.locales.codes import are_codes
from ivr.screening.line import Line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ivr.desk.context import Context

__all__ = ["KINDS", "MODES", "Line", "lines", "register"]

KINDS, MODES = Line.KINDS, Line.MODES


def lines(context: Context) -> Iterator[Line]:
    """Yield the registered lines, by number, in the languages in which they are heard.

    Any other number that reaches the service is a report line.
    """
    spoken = context.settings.spoken
    return (replace(line, languages=spoken(line.languages)) for line in context.store.lines.all())


def register(  # all that a line has
    context: Context,
    number: str,
    *,
    kind: str,
    ring_to: str,
    languages: str,
    mode: str,
    foreign: bool = False,
    changes: bool = False,
) -> Line:
    """Register a line, or with ``changes`` change one that is registered. Returns it as it was stored.

    ``languages`` are offered codes such as ar-en, in the order in which they are heard; empty: the first two offered.

    ``foreign``: its customer's telephone may be of another region. A line that rings another telephone than before
    loses all that it knew of its callers. Raises ``DeskError``.
    """
    region, newer = context.settings.numbering
    number = full_number(number, region, "the line", newer)
    if kind == "protected" and not ring_to:
        raise DeskError(Code.RINGS_NOBODY, "a protected line rings a customer, and no telephone of theirs is given")
    if kind != "protected" and ring_to:
        raise DeskError(Code.RINGS_SOMEBODY, "a report line rings nobody, and a telephone is given")
    rings = may_ring(ring_to, region, "the customer's telephone", newer, foreign=foreign) if ring_to else ""
    line = Line(number=number, kind=kind, ring_to=rings, languages=_offered(context, languages), mode=mode)
    known = [*context.store.lines.all()]
    _refuse_loops(line, known)
    before = next((one for one in known if one.number == number), None)
    if before and not changes:
        raise DeskError(Code.KNOWN_LINE, f"{number} is a line already")
    context.announce()
    if changes:
        if before and before.ring_to != line.ring_to:  # its next owner inherits nothing
            context.store.forgetting().clear_line(line.number)
        context.store.put(line)
    elif not context.store.put_once(line):  # somebody has registered it meanwhile
        raise DeskError(Code.KNOWN_LINE, f"{number} is a line already")
    return line


def _offered(context: Context, languages: str) -> str:
    if not languages:
        return context.settings.spoken("")
    offered = context.settings.languages
    if not are_codes(languages):
        raise DeskError(Code.NOT_OFFERED, f"the languages are {languages!r}: name one language, or two such as ar-en")
    if unknown := [code for code in languages.split("-") if code not in offered]:
        raise DeskError(
            Code.NOT_OFFERED, f"the languages name {unknown[0]!r}, and this deployment offers {', '.join(offered)}"
        )
    return languages


def _refuse_loops(line: Line, known: Iterable[Line]) -> None:
    """Refuse a line through which a call would come back to us for ever."""
    others = [other for other in known if other.number != line.number]
    if line.ring_to and line.ring_to in {line.number, *(other.number for other in others)}:
        raise DeskError(Code.LOOP, f"{line.ring_to} is a line itself: a line can't ring a line")
    for other in others:
        if other.ring_to == line.number:
            raise DeskError(Code.LOOP, f"{line.number} is what the line {other.number} rings: it can't be a line too")
