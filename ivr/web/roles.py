"""Who may do what. Each page names the right that it needs, and a page that names none is not served."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

V = TypeVar("V", bound="Callable[..., object]")
_NEEDS = "needs_right"


class Role(StrEnum):
    """The roles that the claim DESK_ROLE_CLAIM may name. One person may have several."""

    READER = "reader"
    AGENT = "agent"
    DECIDER = "decider"


class Right(StrEnum):
    """What a page lets somebody do."""

    NONE = "none"  # for everybody, signed in or not
    READ = "read"
    CALL_BACK = "call_back"  # take and close the call-backs that customer care owes
    DECIDE = "decide"  # about callers, rules and lines


_OF_ROLE: dict[Role, frozenset[Right]] = {
    Role.READER: frozenset({Right.READ}),
    Role.AGENT: frozenset({Right.READ, Right.CALL_BACK}),
    Role.DECIDER: frozenset({Right.READ, Right.DECIDE}),
}


def rights_of(roles: Iterable[Role]) -> frozenset[Right]:
    """What people with these roles may do."""
    return frozenset({Right.NONE}).union(*(_OF_ROLE[role] for role in roles))


def roles_in(claim: object) -> tuple[Role, ...]:
    """The roles that a claim names: a list of words, or one text with blanks or commas. Other words are ignored."""
    words = claim.replace(",", " ").split() if isinstance(claim, str) else claim if isinstance(claim, list) else []
    return tuple(role for role in Role if role.value in words)


def needs(right: Right) -> Callable[[V], V]:
    """Mark a page with the right that it needs."""

    def mark(view: V) -> V:
        setattr(view, _NEEDS, right)
        return view

    return mark


def right_for(view: object) -> Right | None:
    """The right that a page needs. None: it names none."""
    return getattr(view, _NEEDS, None)
