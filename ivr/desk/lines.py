"""The lines: numbers that are pointed at this service, and who rings where."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, Self

from ivr.desk import audit
from ivr.desk.audit import About, Action
from ivr.desk.change import Made, Target, change
from ivr.desk.errors import Code, DeskError
from ivr.desk.notes import one_line
from ivr.desk.numbers import full_number, may_ring
from ivr.desk.seen import fingerprint
from ivr.locales.codes import are_codes
from ivr.screening.line import Line, line_key
from ivr.store.paging import USUAL_PAGE, RecordPage, listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ivr.desk.actor import Actor
    from ivr.desk.context import Context
    from ivr.records.base import Item

__all__ = [
    "KINDS",
    "MODES",
    "Known",
    "Line",
    "changed",
    "drafted",
    "find",
    "lines",
    "page",
    "refuse_loops",
    "register",
    "registered",
    "registering",
    "remove",
    "target_of",
]

KINDS, MODES = Line.KINDS, Line.MODES


def lines(context: Context) -> Iterator[Line]:
    """Yield the registered lines, by number, in the languages in which they are heard.

    Any other number that reaches the service is a report line.
    """
    spoken = context.settings.spoken
    return (replace(line, languages=spoken(line.languages)) for line in context.store.lines.all())


def page(context: Context, *, after: str = "", most: int = USUAL_PAGE) -> RecordPage[Line]:
    """A page of the registered lines as they are stored, by number. One request."""
    return listed(context.store.table, Line, "lines", after=after, most=most)


def find(context: Context, number: str) -> Line | None:
    """The line as it is stored, whose fingerprint a change is given. One request. Raises ``DeskError``."""
    return context.store.lines.get(_number(context, number))


def registered(context: Context, number: str) -> Line:
    """The line as it is stored. One request. Raises ``DeskError`` for a number that is none."""
    line = find(context, number)
    if line is None:
        raise DeskError(Code.UNKNOWN_LINE, f"{_number(context, number)} is no registered line")
    return line


def changed(
    context: Context, number: str, wanted: Mapping[str, str], *, by: Actor, foreign: bool = False, note: str = ""
) -> Line:
    """Change a line's kind, ring_to, languages or mode; what is not named stays. Returns it as it was stored.

    A report line rings nobody, so a change to one forgets the telephone. Raises ``DeskError``, also where somebody
    changes the line at the same time.
    """
    was = registered(context, number)
    kept = {"kind": was.kind, "ring_to": "" if wanted.get("kind") == "report" else was.ring_to, "mode": was.mode}
    # The telephone that is kept was accepted when it was registered.
    foreign = foreign or "ring_to" not in wanted
    line = drafted(context, number, **{"languages": "", **kept, **wanted}, foreign=foreign)
    if "languages" not in wanted:
        line = replace(line, languages=was.languages)  # which may be the deployment's, whatever they will be
    return _store(context, line, by=by, note=note, changes=True, seen=fingerprint(was))


def register(  # all that a line has
    context: Context,
    number: str,
    *,
    kind: str,
    ring_to: str,
    languages: str,
    mode: str,
    by: Actor,
    note: str = "",
    foreign: bool = False,
    changes: bool = False,
    seen: str | None = None,
) -> Line:
    """Register a line, or with ``changes`` change one that is registered. Returns it as it was stored.

    ``languages`` are offered codes such as ar-en, in the order in which they are heard; empty: the first two offered.

    ``foreign``: its customer's telephone may be of another region. A line that rings another telephone than before
    loses all that it knew of its callers. Raises ``DeskError``.
    """
    line = drafted(context, number, kind=kind, ring_to=ring_to, languages=languages, mode=mode, foreign=foreign)
    return _store(context, line, by=by, note=note, changes=changes, seen=seen)


def _store(context: Context, line: Line, *, by: Actor, note: str, changes: bool, seen: str | None) -> Line:
    refuse_loops(line, Known.of(context.store.lines.all()))

    def making(before: Line | None, item: Item | None) -> Made[Line]:
        if item and not changes:
            raise DeskError(Code.KNOWN_LINE, f"{line.number} is a line already")
        return registering(context, line, before, item, note)

    return change(context, target_of(line), making, by=by, seen=seen) or line


def drafted(
    context: Context, number: str, *, kind: str, ring_to: str, languages: str, mode: str, foreign: bool = False
) -> Line:
    """A line that is not stored yet, as ``register`` takes it. No request. Raises ``DeskError``."""
    region, newer = context.settings.numbering
    number = _number(context, number)
    _refuse_unknown(kind, mode)
    if kind == "protected" and not ring_to:
        raise DeskError(Code.RINGS_NOBODY, "a protected line rings a customer, and no telephone of theirs is given")
    if kind != "protected" and ring_to:
        raise DeskError(Code.RINGS_SOMEBODY, "a report line rings nobody, and a telephone is given")
    rings = may_ring(ring_to, region, "the customer's telephone", newer, foreign=foreign) if ring_to else ""
    return Line(number=number, kind=kind, ring_to=rings, languages=_offered(context, languages), mode=mode)


def registering(context: Context, line: Line, before: Line | None, item: Item | None, note: str) -> Made[Line]:
    """What registering a line makes of its number, where ``before`` is the line and ``item`` what stands there."""
    owner = before.ring_to if before else _last_telephone(context, line.number)
    # Its next owner inherits nothing.
    clear = partial(context.store.forgetting().clear_line, line.number) if owner != line.ring_to else None
    return Made(Action.CHANGE_LINE if item else Action.ADD_LINE, line, note, first=clear)


def remove(
    context: Context, number: str, *, by: Actor, note: str, forgets: bool, seen: str | None = None
) -> Line | None:
    """Remove a line: its number is a report line from then on, while it is pointed here.

    Returns what it was; None: the same form has removed it already.

    ``forgets``: what the line knows of its callers (the customer's trusts and blocks, and who is familiar) goes too.
    Else it is kept for the same customer's return, and is removed when the number is registered for another telephone.
    Raises ``DeskError``.
    """
    number, note = _number(context, number), one_line(note, "the note")
    was: list[Line] = []

    def removing(before: Line | None, _: Item | None) -> Made[Line]:
        if before is None:
            raise DeskError(Code.UNKNOWN_LINE, f"{number} is no registered line")
        was[:] = [before]
        clear = partial(context.store.forgetting().clear_line, number) if forgets else None
        return Made(Action.REMOVE_LINE, None, note, first=clear)

    change(context, _target(number), removing, by=by, seen=seen)
    return was[0] if was else None


def _last_telephone(context: Context, number: str) -> str:
    """The telephone that a line rang when it was removed, or an empty string."""
    entries = audit.of(context, About.LINE, number).entries
    removed = next((one.before for one in entries if one.action == Action.REMOVE_LINE and one.before), {})
    return str(removed.get("ring_to", ""))


def _number(context: Context, number: str) -> str:
    region, newer = context.settings.numbering
    return full_number(number, region, "the line", newer)


def target_of(line: Line) -> Target[Line]:
    """What registering a line changes, and how the audit names it."""
    return _target(line.number)


def _target(number: str) -> Target[Line]:
    return Target(Line, line_key(number), About.LINE, number)


def _refuse_unknown(kind: str, mode: str) -> None:
    if kind not in KINDS:
        raise DeskError(Code.NO_KIND, f"the kind of line is {kind!r}: choose {', '.join(KINDS)}")
    if mode not in MODES:
        raise DeskError(Code.NO_MODE, f"the mode is {mode!r}: choose {', '.join(MODES)}")


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


class Known(NamedTuple):
    """The lines that there are, as a new one is compared with them."""

    numbers: set[str]
    rung_by: dict[str, str]  # by the telephone that it rings, the number of a line

    @classmethod
    def of(cls, lines: Iterable[Line]) -> Self:
        """Of two with the same number, the later holds."""
        last = {line.number: line for line in lines}
        return cls({*last}, {line.ring_to: line.number for line in last.values() if line.ring_to})


def refuse_loops(line: Line, known: Known) -> None:
    """Refuse a line through which a call would come back to us for ever. Raises ``DeskError``."""
    if line.ring_to and (line.ring_to == line.number or line.ring_to in known.numbers):
        raise DeskError(Code.LOOP, f"{line.ring_to} is a line itself: a line can't ring a line")
    other = known.rung_by.get(line.number, line.number)
    if other != line.number:
        raise DeskError(Code.LOOP, f"{line.number} is what the line {other} rings: it can't be a line too")
