"""Where the words of a diagram's edges stand: beside no step and over no other words, as far as there is room."""

from __future__ import annotations

from itertools import pairwise
from math import dist
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    Point = tuple[float, float]

MOST_LETTERS = 28  # that are shown; a pointer over them shows all
_LETTER, _HIGH = 5.4, 14.0  # of a label, in pixels
_AWAY = 10.0  # from the rim of a step, for the arrow's head
_OF_A_LOOP = 3  # points, from a step's right rim back to it
_EVERY = 6.0  # pixels between two places that are tried


class Box(NamedTuple):
    """A rectangle, by its middle."""

    x: float
    y: float
    width: float
    height: float

    def covered_by(self, other: Box) -> float:
        """How much of this one the other one covers, in square pixels."""
        wide = (self.width + other.width) / 2 - abs(self.x - other.x)
        high = (self.height + other.height) / 2 - abs(self.y - other.y)
        return max(0.0, wide) * max(0.0, high)


class Edge(NamedTuple):
    """The words of an edge, and the points that it goes through."""

    text: str
    points: Sequence[Point]


def width_of(text: str) -> float:
    """How wide a label is drawn, at most."""
    return min(len(text), MOST_LETTERS) * _LETTER + 8


def placed(edges: Iterable[Edge], steps: Iterable[Box]) -> list[Box]:
    """A box for each edge's words, on its way; the edges with the least room choose first."""
    numbered = list(enumerate(edges))
    taken = list(steps)
    found: dict[int, Box] = {}
    for nth, edge in sorted(numbered, key=lambda one: _length(one[1].points)):
        boxes = [Box(round(x, 1), round(y, 1), width_of(edge.text), _HIGH) for x, y in _places(edge)]
        best = min(boxes, key=lambda box: sum(box.covered_by(other) for other in taken))
        found[nth] = best
        if edge.text:
            taken.append(best)
    return [found[nth] for nth, _ in numbered]


def _places(edge: Edge) -> list[Point]:
    """The places on an edge's way, those around its middle first, none too near to its ends; or beside a loop."""
    points = edge.points
    if points[0][0] == points[-1][0] and len(points) == _OF_A_LOOP:
        x = max(x for x, _ in points) + width_of(edge.text) / 2
        return [(x, points[1][1] + away) for away in (0, -2 * _HIGH, 2 * _HIGH)]
    length = _length(points)
    half = max(length / 2 - _AWAY, 0.0)
    steps = [nth * _EVERY for nth in range(int(half / _EVERY) + 1)]
    return [_at(points, length / 2 + way * step) for step in steps for way in (1, -1)]


def _at(points: Sequence[Point], along: float) -> Point:
    for (x, y), (to_x, to_y) in pairwise(points):
        long = _length([(x, y), (to_x, to_y)])
        if along <= long and long:
            return x + (to_x - x) * along / long, y + (to_y - y) * along / long
        along -= long
    return points[-1]


def _length(points: Sequence[Point]) -> float:
    return sum(dist(one, other) for one, other in pairwise(points))
