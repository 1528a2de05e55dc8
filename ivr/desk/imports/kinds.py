"""What the lines of a file mean: the columns of each kind of file, and the record that a line becomes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from ivr.desk import decisions, lines, prefixes
from ivr.desk.audit import Action
from ivr.desk.change import Made, Target
from ivr.desk.errors import Code, DeskError
from ivr.records.base import is_in_force, moment_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from ivr.desk.actor import Actor
    from ivr.desk.context import Context
    from ivr.records.base import Item, Record
    from ivr.screening.desk_decision import DeskDecision, PrefixRule
    from ivr.screening.line import Line

    Cells = Mapping[str, str]
    Together = Callable[[Sequence["Draft"]], Mapping[int, DeskError]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What may stand in a file beside what may always. Each is asked for by the person who imports it."""

    replaces: bool = False  # rules and lines that are there already, and say otherwise
    whole_country: bool = False  # prefixes that cover all callers of a country
    foreign: bool = False  # customers' telephones of another region


class Draft(NamedTuple):
    """One line of a file as it is to be stored. ``number`` is that of the line in the file; the header is line 1."""

    number: int
    target: Target[Any]
    # What becomes of the record that is there; None: it says the same already.
    making: Callable[[Any, Item | None], Made[Any] | None]
    drafted: Record


class Kind(Protocol):
    """A kind of file."""

    name: str
    columns: Mapping[str, str]  # each with what it holds
    may_conflict: bool  # with what is stored: it is replaced only if that is asked for

    def draft(self, context: Context, number: int, cells: Cells, options: Options, by: Actor) -> Draft:
        """Read a line of the file. No request. Raises ``DeskError``."""
        ...

    def refused_together(self, context: Context, drafts: Sequence[Draft]) -> Mapping[int, DeskError]:
        """What is wrong with lines only because of the others and of what is stored, by their numbers."""
        ...

    def stored(self, context: Context) -> Iterator[Sequence[str]]:
        """The cells of what is stored and in force, by number. Requests grow with it."""
        ...


_JUDGED = {
    "verdict": "trusted, flagged or blocked",
    "note": "why: the desk reads it, customers never hear it",
    "until": "the last day (2026-12-31) or moment (2026-12-31T18:00); empty: for ever",
}


class _Callers:
    name = "callers"
    may_conflict = False
    columns: Mapping[str, str] = {
        "caller": "the number, or a short code",
        **_JUDGED,
    }

    def draft(self, context: Context, number: int, cells: Cells, options: Options, by: Actor) -> Draft:  # noqa: ARG002
        decision = decisions.drafted(
            context,
            cells["caller"],
            cells["verdict"],
            note=cells["note"],
            by=by,
            until=cells["until"] or None,
            what=_END,
        )
        return Draft(number, decisions.target_of(decision), partial(_decided, decision), decision)

    def refused_together(self, context: Context, drafts: Sequence[Draft]) -> Mapping[int, DeskError]:  # noqa: ARG002
        return {}

    def stored(self, context: Context) -> Iterator[Sequence[str]]:
        now = context.now()
        every = decisions.decisions(context)
        return ((one.caller, *_judged(one)) for one in every if is_in_force(one.until, now))


class _Rules:
    name = "rules"
    may_conflict = True
    columns: Mapping[str, str] = {
        "prefix": "what the numbers begin with, as +96890",
        **_JUDGED,
    }

    def draft(self, context: Context, number: int, cells: Cells, options: Options, by: Actor) -> Draft:
        rule = prefixes.drafted(
            context,
            cells["prefix"],
            cells["verdict"],
            note=cells["note"],
            by=by,
            until=cells["until"] or None,
            whole_country=options.whole_country,
            what=_END,
        )
        return Draft(number, prefixes.target_of(rule.prefix), partial(_ruled, rule, options), rule)

    def refused_together(self, context: Context, drafts: Sequence[Draft]) -> Mapping[int, DeskError]:  # noqa: ARG002
        return {}

    def stored(self, context: Context) -> Iterator[Sequence[str]]:
        now = context.now()
        every = prefixes.every(context)
        return ((one.prefix, *_judged(one)) for one in every if is_in_force(one.until, now))


class _Lines:
    name = "lines"
    may_conflict = True
    columns: Mapping[str, str] = {
        "line": "the number that is pointed at this service",
        "kind": "protected or report",
        "ring_to": "the customer's own telephone; empty: of a report line",
        "languages": "one offered language, or two in their order, such as ar-en; empty: the first two offered",
        "mode": "standard, strict or off; empty: standard",
    }

    def draft(self, context: Context, number: int, cells: Cells, options: Options, by: Actor) -> Draft:  # noqa: ARG002
        line = lines.drafted(
            context,
            cells["line"],
            kind=cells["kind"],
            ring_to=cells["ring_to"],
            languages=cells["languages"],
            mode=cells["mode"] or "standard",
            foreign=options.foreign,
        )
        return Draft(number, lines.target_of(line), partial(_registered, context, line, options), line)

    def refused_together(self, context: Context, drafts: Sequence[Draft]) -> Mapping[int, DeskError]:
        """Loops: a line that rings a line, of this file or registered already."""
        new: list[Any] = [draft.drafted for draft in drafts]
        known = lines.Known.of([*context.store.lines.all(), *new])
        refused = {}
        for draft, line in zip(drafts, new, strict=True):
            try:
                lines.refuse_loops(line, known)
            except DeskError as error:
                refused[draft.number] = error
        return refused

    def stored(self, context: Context) -> Iterator[Sequence[str]]:
        every = lines.lines(context)
        return ((one.number, one.kind, one.ring_to, one.languages, one.mode) for one in every)


KINDS: Mapping[str, Kind] = {kind.name: kind for kind in (_Callers(), _Rules(), _Lines())}
_END = "until"


def _judged(one: DeskDecision | PrefixRule) -> Sequence[str]:
    return one.verdict, one.note, moment_of(one.until) if one.until else ""


def _decided(decision: DeskDecision, before: DeskDecision | None, _: Item | None) -> Made[DeskDecision] | None:
    if decisions.says_the_same(decision, before):
        return None
    return Made(Action.DECIDE, decision, decision.note)


def _ruled(rule: PrefixRule, options: Options, before: PrefixRule | None, item: Item | None) -> Made[PrefixRule] | None:
    if decisions.says_the_same(rule, before):
        return None
    if item is None or (before and not is_in_force(before.until, rule.decided_at)):
        return Made(Action.ADD_RULE, rule, rule.note)
    if not options.replaces:
        raise DeskError(Code.KNOWN_RULE, f"there is a rule for {rule.prefix} already, which says otherwise")
    return Made(Action.CHANGE_RULE, rule, rule.note)


def _registered(
    context: Context, line: Line, options: Options, before: Line | None, item: Item | None
) -> Made[Line] | None:
    if before == line:
        return None
    if before and not options.replaces and _as_heard(context, before) == line:
        return None  # it has the deployment's languages, whatever they will be
    if item and not options.replaces:
        raise DeskError(Code.KNOWN_LINE, f"{line.number} is a line already, and is registered otherwise")
    return lines.registering(context, line, before, item, note="")


def _as_heard(context: Context, line: Line) -> Line:
    return replace(line, languages=context.settings.spoken(line.languages))
