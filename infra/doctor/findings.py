"""What a check finds, and what a check is."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from infra.doctor.patient import Place

if TYPE_CHECKING:
    from collections.abc import Callable

    from infra.doctor.patient import Patient


class Level(StrEnum):
    """How good it is."""

    OK = "ok"
    WARN = "warn"  # calls work, and somebody should look
    WRONG = "wrong"
    UNSEEN = "unseen"  # not looked at: what it rests on must be mended first


class Finding(NamedTuple):
    """What was seen. ``remedy`` holds steps, one after the other: commands that work as printed, or a sentence."""

    level: Level
    saw: str
    remedy: tuple[str, ...] = ()


def ok(saw: str) -> Finding:
    """All is well."""
    return Finding(Level.OK, saw)


def warn(saw: str, *remedy: str) -> Finding:
    """Calls work, but somebody should look."""
    return Finding(Level.WARN, saw, remedy)


def wrong(saw: str, *remedy: str) -> Finding:
    """Something does not work, or will not when it is needed."""
    return Finding(Level.WRONG, saw, remedy)


def unseen(why: str) -> Finding:
    """It was not looked at."""
    return Finding(Level.UNSEEN, f"not looked at: {why}")


Found: TypeAlias = Finding | list[Finding]


@dataclass(frozen=True, kw_only=True)
class Check:
    """One check. Its sentences stand in docs/doctor.md."""

    name: str
    looks_at: str
    otherwise: str  # what people notice where it is wrong
    needs: tuple[str, ...]  # IAM actions
    after: tuple[str, ...]  # checks that it rests on
    places: frozenset[Place]
    find: Callable[[Patient], Found]


@dataclass
class Checks:
    """A part of the checks, in the order in which they are made."""

    all: list[Check] = field(default_factory=list)

    def check(  # all that a check says of itself
        self,
        name: str,
        *,
        looks_at: str,
        otherwise: str,
        needs: tuple[str, ...] = (),
        after: tuple[str, ...] = (),
        laptop: bool = False,
    ) -> Callable[[Callable[[Patient], Found]], Callable[[Patient], Found]]:
        """Declare a function as a check. ``laptop``: it makes sense for the stack of `make run` too."""
        places = frozenset(Place) if laptop else frozenset({Place.STACK})

        def declare(find: Callable[[Patient], Found]) -> Callable[[Patient], Found]:
            self.all.append(
                Check(
                    name=name,
                    looks_at=looks_at,
                    otherwise=otherwise,
                    needs=needs,
                    after=after,
                    places=places,
                    find=find,
                )
            )
            return find

        return declare
