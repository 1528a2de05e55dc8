"""The fraud desk's rules for all numbers with a prefix: each with who made it, why, and until when it holds."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NotRequired, TypedDict, Unpack

from ivr.desk.audit import About, Action
from ivr.desk.change import Made, Target, change
from ivr.desk.days import end_of
from ivr.desk.decisions import verdict_of
from ivr.desk.errors import Code, DeskError
from ivr.desk.notes import one_line
from ivr.numbers import spelling
from ivr.records.base import expiry, is_in_force
from ivr.screening.desk_decision import PrefixRule, rule_key
from ivr.store.paging import USUAL_PAGE, RecordPage, listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.desk.actor import Actor
    from ivr.desk.context import Context
    from ivr.records.base import Item

__all__ = [
    "PrefixRule",
    "add",
    "change_rule",
    "drafted",
    "every",
    "find",
    "known",
    "page",
    "prefix_of",
    "remove",
    "target_of",
]

_LONGEST = 14  # digits: a whole number has at most 15, and is decided about by itself
_NORTH_AMERICA, _AREA_CODE = "1", 3  # the calling code, and how many digits follow it
_PREFIX = re.compile(r"\+[1-9][0-9]*", re.ASCII)


class Said(TypedDict):
    """What is said of a rule beside its prefix and verdict."""

    note: str
    until: NotRequired[str | None]  # its last day or moment; None: for ever
    whole_country: NotRequired[bool]  # the prefix may cover a country, or several


def page(context: Context, *, after: str = "", most: int = USUAL_PAGE) -> RecordPage[PrefixRule]:
    """A page of the rules, by prefix; those that are over too, while they are kept. One request."""
    return listed(context.store.table, PrefixRule, "prefixes", after=after, most=most)


def every(context: Context) -> Iterator[PrefixRule]:
    """Yield all rules, by prefix. Requests grow with their number: for commands."""
    table = context.store.table
    return table.read_all(PrefixRule, table.indexed("listing", "list_kind", "prefixes"))


def find(context: Context, prefix: str) -> PrefixRule | None:
    """The rule for exactly this prefix, over or not. One request. Raises ``DeskError``."""
    return context.store.table.read(PrefixRule, context.store.table.get(rule_key(_read(prefix))))


def known(context: Context, prefix: str) -> PrefixRule:
    """The rule for exactly this prefix, over or not. One request. Raises ``DeskError`` where there is none."""
    rule = find(context, prefix)
    if rule is None:
        raise _unknown(_read(prefix))
    return rule


def prefix_of(context: Context, text: str, verdict: str, *, whole_country: bool = False) -> str:
    """Read a prefix (E.164 with its plus) for a rule with this verdict.

    ``whole_country``: it may cover a country, or several. Raises ``DeskError`` for a prefix that covers one of the
    operator's own numbers, or one that must always ring, and does not trust it.
    """
    prefix = _read(text)
    if not whole_country and _covers_a_country(prefix):
        raise DeskError(
            Code.WHOLE_COUNTRY,
            f"{prefix} covers a whole country: write more digits, or say that all its callers are meant",
        )
    special = context.settings.special_numbers
    covered = [number for number in special.own | special.always_ring if number.startswith(prefix)]
    if covered and verdict_of(verdict) != "trusted":
        raise DeskError(
            Code.OWN_NUMBER,
            f"{prefix} covers {len(covered)} of OWN_NUMBERS and ALWAYS_RING, which are no fraud: write more digits",
        )
    return prefix


def add(
    context: Context,
    prefix: str,
    verdict: str,
    *,
    by: Actor,
    seen: str | None = None,
    **said: Unpack[Said],
) -> PrefixRule:
    """Add a rule for all numbers with a prefix. A rule that is over is replaced. Raises ``DeskError``."""
    rule = drafted(context, prefix, verdict, by=by, **said)

    def adding(found: PrefixRule | None, _: Item | None) -> Made[PrefixRule]:
        if found and is_in_force(found.until, rule.decided_at):
            raise DeskError(Code.KNOWN_RULE, f"there is a rule for {rule.prefix} already")
        return Made(Action.ADD_RULE, rule, rule.note)

    return change(context, target_of(rule.prefix), adding, by=by, seen=seen) or rule


def change_rule(
    context: Context,
    prefix: str,
    verdict: str,
    *,
    by: Actor,
    seen: str | None = None,
    **said: Unpack[Said],
) -> PrefixRule:
    """Change the verdict, note and end of the rule for a prefix. Raises ``DeskError``."""
    rule = drafted(context, prefix, verdict, by=by, **said)

    def changing(_: PrefixRule | None, item: Item | None) -> Made[PrefixRule]:
        if item is None:
            raise _unknown(rule.prefix)
        return Made(Action.CHANGE_RULE, rule, rule.note)

    changed = change(context, target_of(rule.prefix), changing, by=by, seen=seen)
    if changed is None:
        raise _unknown(rule.prefix)
    return changed


def remove(context: Context, prefix: str, *, note: str, by: Actor, seen: str | None = None) -> None:
    """Remove the rule for a prefix. What it was stands in the audit. Raises ``DeskError``."""
    text, note = _read(prefix), one_line(note, "the note")

    def removing(_: PrefixRule | None, item: Item | None) -> Made[PrefixRule]:
        if item is None:
            raise _unknown(text)
        return Made(Action.REMOVE_RULE, None, note)

    change(context, target_of(text), removing, by=by, seen=seen)


def drafted(
    context: Context,
    prefix: str,
    verdict: str,
    *,
    by: Actor,
    what: str = "the end",
    **said: Unpack[Said],
) -> PrefixRule:
    """A rule of now that is not stored yet. No request. Raises ``DeskError``, which calls its end ``what``."""
    now, settings, until = context.now(), context.settings, said.get("until")
    end = 0 if until is None else end_of(until, settings.timezone, now, what)
    return PrefixRule(
        prefix=prefix_of(context, prefix, verdict, whole_country=said.get("whole_country", False)),
        verdict=verdict_of(verdict),
        note=one_line(said["note"], "the note"),
        decided_at=now,
        decided_by=one_line(by.name, "the name"),
        until=end,
        expires=expiry(end, settings.retention_decisions_days),
    )


def _read(text: str) -> str:
    prefix = spelling.bare(text)
    prefix = f"+{prefix[2:]}" if prefix.startswith("00") else prefix
    if not _PREFIX.fullmatch(prefix) or len(prefix) > _LONGEST + 1:
        raise DeskError(
            Code.NO_PREFIX, f"the prefix is {text!r}: write a plus and the first digits of the numbers, as in +96890"
        )
    return prefix


def _covers_a_country(prefix: str) -> bool:
    """Whether all numbers of some country begin so."""
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata

    digits = prefix[1:]
    if digits.startswith(_NORTH_AMERICA) and len(digits) < len(_NORTH_AMERICA) + _AREA_CODE:
        return True  # twenty countries have an area code of their own
    for number, regions in COUNTRY_CODE_TO_REGION_CODE.items():
        code = str(number)
        if code.startswith(digits):
            return True
        if digits.startswith(code):
            known = (PhoneMetadata.metadata_for_region(region) for region in regions)
            own = [one.leading_digits for one in known if one and one.leading_digits]
            return any(re.fullmatch(pattern, digits[len(code) :]) for pattern in own)
    return False


def _unknown(prefix: str) -> DeskError:
    return DeskError(Code.UNKNOWN_RULE, f"there is no rule for {prefix}")


def target_of(prefix: str) -> Target[PrefixRule]:
    """What a rule for a prefix (E.164 with its plus) changes, and how the audit names it."""
    return Target(PrefixRule, rule_key(prefix), About.PREFIX, prefix)
