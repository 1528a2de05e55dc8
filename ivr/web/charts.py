"""The geometry of the pages' bar charts. Templates draw it as SVG, beside a table that holds the same numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH, HEIGHT = 640, 160
_TOP, _BOTTOM = 16, 20  # room for the greatest value above, and for the labels below
_MOST_LABELS = 12
_MOST_ON_A_TELEPHONE = 8
_GAP = 0.25  # of a slot, between two bars


class Bar(NamedTuple):
    """One bar, in the chart's units."""

    x: float
    y: float
    width: float
    height: float
    value: int
    series: int  # 1 or 2: the two are told apart by a pattern, not by colour alone


class Label(NamedTuple):
    """A text below the bars, by its middle."""

    x: float
    text: str
    spare: bool  # can be left out where there is little room


class Chart(NamedTuple):
    """Bars over a line, and what stands below them."""

    bars: tuple[Bar, ...]
    labels: tuple[Label, ...]
    greatest: int
    width: int = WIDTH
    height: int = HEIGHT
    floor: int = HEIGHT - _BOTTOM


def bars(labels: Sequence[str], *series: Sequence[int], right_to_left: bool = False) -> Chart:
    """Lay out one or two series side by side; time goes as its reader reads."""
    greatest = max((value for values in series for value in values), default=0)
    slot = WIDTH / max(len(labels), 1)
    each = slot * (1 - _GAP) / max(len(series), 1)
    tall = HEIGHT - _TOP - _BOTTOM
    laid: list[Bar] = []
    for which, values in enumerate(series):
        for nth, value in enumerate(values):
            height = tall * value / greatest if greatest else 0
            x = nth * slot + slot * _GAP / 2 + which * each
            x = WIDTH - x - each if right_to_left else x
            laid.append(
                Bar(
                    round(x, 1), round(HEIGHT - _BOTTOM - height, 1), round(each, 1), round(height, 1), value, which + 1
                )
            )
    step = -(-len(labels) // _MOST_LABELS) or 1
    every = range(0, len(labels), step)
    are_many = len(every) > _MOST_ON_A_TELEPHONE
    shown = []
    for place, nth in enumerate(every):
        x = (nth + 0.5) * slot
        shown.append(Label(round(WIDTH - x if right_to_left else x, 1), labels[nth], are_many and place % 2 == 1))
    return Chart(tuple(laid), tuple(shown), greatest)
