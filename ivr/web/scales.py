"""The arithmetic of a reputation as a picture: two weights, and the confidence against its threshold."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from ivr.desk.explanation import Arithmetic

WIDTH, HEIGHT = 360, 148


class Strip(NamedTuple):
    """A bar from the side where reading begins, in the picture's units."""

    x: float
    width: float


class Scales(NamedTuple):
    """The picture's geometry."""

    against: Strip
    support: Strip
    confidence: Strip
    threshold: float  # where it stands, from the left
    begin: int  # the side where reading begins
    width: int = WIDTH
    height: int = HEIGHT


def scales(one: Arithmetic, *, right_to_left: bool = False) -> Scales:
    """Lay the picture out. The two weights share one scale; the confidence has its own, from 0 to 1."""
    greatest = max(one.spam, one.legit, 1.0)

    def strip(share: float) -> Strip:
        width = round(WIDTH * min(max(share, 0.0), 1.0), 1)
        return Strip(round(WIDTH - width, 1) if right_to_left else 0, width)

    threshold = WIDTH * one.threshold
    return Scales(
        against=strip(one.spam / greatest),
        support=strip(one.legit / greatest),
        confidence=strip(one.confidence),
        threshold=round(WIDTH - threshold if right_to_left else threshold, 1),
        begin=WIDTH if right_to_left else 0,
    )
