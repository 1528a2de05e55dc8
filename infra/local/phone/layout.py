"""The call flow of a page, laid out in layers, so that a browser can draw it without a library.

Longest paths give the layers, the barycentre heuristic the order in each (Sugiyama, Tagawa and Toda 1981). An edge that
goes over several layers, or back, passes through a place in each of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from statistics import fmean
from typing import TYPE_CHECKING, Any

from infra.local.phone import labelling
from infra.local.phone.flow_words import ENGLISH
from ivr.flow.page import Position
from ivr.flow.step_parts import Only

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from infra.local.phone.flow_words import FlowWords
    from ivr.flow.page import Book

Point = tuple[float, float]
_LETTER, _LEAST, _MOST, _HIGH = 7.2, 72.0, 216.0, 40.0  # of a step, in pixels
_BESIDE, _BELOW, _MARGIN = 26.0, 60.0, 24.0
_FOR_A_LABEL, _MOST_BELOW = 9.0, 190.0  # what is below a row grows with the words that stand there
_LEAST_WIDE = 360.0  # of a whole diagram: words stand beside its steps
_PASSING = 14.0  # the width of a place where an edge passes
_SWEEPS, _PULLS = 12, 8


@dataclass(eq=False)
class _Place:
    """A step, or a place where an edge passes a layer."""

    name: str
    layer: int
    width: float = _PASSING
    x: float = 0.0
    y: float = 0.0
    above: list[_Place] = field(default_factory=list)
    below: list[_Place] = field(default_factory=list)


def flow_of(book: Book, page: str, words: FlowWords = ENGLISH) -> dict[str, Any]:
    """One page's diagram, as ``infra/local/phone/__init__.py`` describes it. Raises ``KeyError``: no such page."""
    whole = book.pages[page]
    here = [Position(page, name) for name in whole.steps]
    edges = _edges(book, here, words)
    there = dict.fromkeys(there for _, there, _ in edges if there.page != page)
    names = [_id(one) for one in (*here, *there)]
    pairs = list(dict.fromkeys((_id(a), _id(b)) for a, b, _ in edges if a != b))
    told = {_id(one): _told(book, one, page, words) for one in (*here, *there)}
    laid = _Layout(names, pairs, {name: _width(text) for name, text in told.items()}, _labelled(edges))
    ways = {(a, b): laid.points(_id(a), _id(b)) for a, b, _ in edges}
    labels = laid.labels([(" / ".join(texts), ways[a, b]) for (a, b, _), texts in edges.items()])
    entries = {_id(entry) for entry in book.entries} | {_id(Position(page, whole.start))}
    return {
        "page": page,
        "title": words.page(whole),
        "width": round(laid.width, 1),
        "height": round(laid.height, 1),
        "steps": [
            {
                "id": _id(one),
                "page": one.page,
                "step": one.step,
                "words": told[_id(one)],
                "shape": book.kind(one).shape,
                "says": [p.prompt if isinstance(p, Only) else p for p in book.kind(one).says],
                "entry": _id(one) in entries,
                "elsewhere": one.page != page,
                "x": round(laid.places[_id(one)].x, 1),
                "y": round(laid.places[_id(one)].y, 1),
                "width": laid.places[_id(one)].width,
                "height": _HIGH,
            }
            for one in (*here, *there)
        ],
        "edges": [
            {
                "from": _id(a),
                "to": _id(b),
                "words": texts,
                "aside": aside,
                "points": ways[a, b],
                "at": [label.x, label.y],
            }
            for ((a, b, aside), texts), label in zip(edges.items(), labels, strict=True)
        ],
    }


def _edges(book: Book, here: Iterable[Position], words: FlowWords) -> dict[tuple[Position, Position, bool], list[str]]:
    """Where each step leads, with all that leads there."""
    found: dict[tuple[Position, Position, bool], list[str]] = {}
    for one in here:
        for exit_, there in book.exits(one):
            labels = found.setdefault((one, there, exit_.by == "aside"), [])
            label = words.label(exit_.label)
            if label and label not in labels:
                labels.append(label)
    return found


def _id(one: Position) -> str:
    return f"{one.page}:{one.step}"


def _labelled(edges: Mapping[tuple[Position, Position, bool], list[str]]) -> list[tuple[str, str]]:
    """The edges that have words."""
    return [(_id(a), _id(b)) for (a, b, _), texts in edges.items() if texts]


def _told(book: Book, one: Position, page: str, words: FlowWords) -> str:
    return words.step(one) if one.page == page else f"{words.page(book.pages[one.page])}: {words.step(one)}"


def _width(text: str) -> float:
    return round(min(_MOST, max(_LEAST, len(text) * _LETTER + 24)), 1)


class _Layout:
    """Places for the steps of ``names``, the first of which is where the page begins."""

    def __init__(
        self,
        names: list[str],
        pairs: list[tuple[str, str]],
        widths: Mapping[str, float],
        labelled: Iterable[tuple[str, str]],
    ) -> None:
        back = _back_edges(names, pairs)
        forward = [(b, a) if (a, b) in back else (a, b) for a, b in pairs]
        layers = _layers(names, forward)
        self.places = {name: _Place(name, layers[name], widths[name]) for name in names}
        self._ways: dict[tuple[str, str], list[_Place]] = {}
        self._rows: list[list[_Place]] = [[] for _ in range(1 + max(layers.values()))]
        for place in self.places.values():
            self._rows[place.layer].append(place)
        for (a, b), (upper, lower) in zip(pairs, forward, strict=True):
            way = self._way(self.places[upper], self.places[lower])
            self._ways[a, b] = way if (a, b) == (upper, lower) else way[::-1]
        self._order()
        self._spread()
        self._height = self._lower(labelled)

    @property
    def width(self) -> float:
        """Of the whole diagram, in pixels; a step that leads to itself does so at its right."""
        right = max(place.x + place.width / 2 for row in self._rows for place in row)
        return max(right, _LEAST_WIDE) + _BESIDE + _MARGIN

    @property
    def height(self) -> float:
        """Of the whole diagram, in pixels."""
        return self._height

    def labels(self, edges: Iterable[tuple[str, list[Point]]]) -> list[labelling.Box]:
        """Where the words of edges stand, by their middles."""
        steps = [labelling.Box(place.x, place.y, place.width + 6, _HIGH + 10) for place in self.places.values()]
        margins = [
            labelling.Box(x, self.height / 2, _MARGIN, self.height) for x in (-_MARGIN / 2, self.width + _MARGIN / 2)
        ]
        return labelling.placed([labelling.Edge(text, points) for text, points in edges], [*steps, *margins])

    def points(self, a: str, b: str) -> list[Point]:
        """The way of an edge, from the rim of one step to that of the other."""
        if a == b:
            place, right = self.places[a], self.places[a].x + self.places[a].width / 2
            return [(round(x, 1), round(place.y + dy, 1)) for x, dy in ((right, -8), (right + 18, 0), (right, 8))]
        way = self._ways[a, b]
        down = way[0].layer < way[-1].layer
        half = _HIGH / 2 if down else -_HIGH / 2
        ends = [(way[0].x, way[0].y + half), *((one.x, one.y) for one in way[1:-1]), (way[-1].x, way[-1].y - half)]
        return [(round(x, 1), round(y, 1)) for x, y in ends]

    def _way(self, upper: _Place, lower: _Place) -> list[_Place]:
        way = [upper]
        for layer in range(upper.layer + 1, lower.layer):
            passing = _Place("", layer)
            self._rows[layer].append(passing)
            way.append(passing)
        way.append(lower)
        for one, next_ in pairwise(way):
            one.below.append(next_)
            next_.above.append(one)
        return way

    def _order(self) -> None:
        """Order each row by the middle of what its places are connected with, downwards and upwards in turn."""
        for row in self._rows:
            _number(row)
        for sweep in range(_SWEEPS):
            down = sweep % 2 == 0
            for row in self._rows if down else reversed(self._rows):
                row.sort(key=lambda place: _middle(place, place.above if down else place.below))  # at once
                _number(row)

    def _spread(self) -> None:
        """Give each place its x: as near to what it is connected with as its neighbours in the row allow."""
        for row in self._rows:
            x = 0.0
            for place in row:
                place.x = x + place.width / 2
                x += place.width + _BESIDE
        for pull in range(_PULLS):
            for row in self._rows if pull % 2 == 0 else reversed(self._rows):
                _settle(row, [_middle(place, place.above + place.below) for place in row])
        left = min(place.x - place.width / 2 for row in self._rows for place in row)
        right = max(place.x + place.width / 2 for row in self._rows for place in row)
        to_the_middle = max(0.0, (_LEAST_WIDE - (right - left)) / 2)
        for row in self._rows:
            for place in row:
                place.x += _MARGIN + to_the_middle - left

    def _lower(self, labelled: Iterable[tuple[str, str]]) -> float:
        """Give each row its y, with room for words below it, and return the height of all."""
        words_below = [0] * len(self._rows)
        for a, b in labelled:
            words_below[min(self.places[a].layer, self.places[b].layer)] += 1
        y = _MARGIN + _HIGH / 2
        for row, count in zip(self._rows, words_below, strict=True):
            for place in row:
                place.y = y
            y += _HIGH + min(_BELOW + count * _FOR_A_LABEL, _MOST_BELOW)
        return self._rows[-1][0].y + _HIGH / 2 + _MARGIN


def _middle(place: _Place, near: list[_Place]) -> float:
    return fmean(one.x for one in near) if near else place.x


def _number(row: list[_Place]) -> None:
    for nth, place in enumerate(row):
        place.x = float(nth)


def _settle(row: list[_Place], wanted: list[float]) -> None:
    """Move the places of a row as near to where they want to be as their order and widths allow: from both ends."""
    leftmost, rightmost = list(wanted), list(wanted)
    for nth in range(1, len(row)):
        leftmost[nth] = max(wanted[nth], leftmost[nth - 1] + _gap(row, nth))
    for nth in range(len(row) - 2, -1, -1):
        rightmost[nth] = min(wanted[nth], rightmost[nth + 1] - _gap(row, nth + 1))
    for place, left, right in zip(row, leftmost, rightmost, strict=True):
        place.x = (left + right) / 2


def _gap(row: list[_Place], nth: int) -> float:
    return (row[nth - 1].width + row[nth].width) / 2 + _BESIDE


def _back_edges(names: list[str], pairs: list[tuple[str, str]]) -> set[tuple[str, str]]:
    """The edges that lead back to a step on the way to them; without these there is no circle."""
    leads: dict[str, list[str]] = {name: [] for name in names}
    for a, b in pairs:
        leads[a].append(b)
    back: set[tuple[str, str]] = set()
    done: set[str] = set()
    for start in names:
        if start in done:
            continue
        open_, ahead = {start}, [(start, iter(leads[start]))]
        while ahead:
            name, rest = ahead[-1]
            step = next(rest, None)
            if step is None:
                ahead.pop()
                open_.discard(name)
                done.add(name)
            elif step in open_:
                back.add((name, step))
            elif step not in done:
                open_.add(step)
                ahead.append((step, iter(leads[step])))
    return back


def _layers(names: list[str], forward: list[tuple[str, str]]) -> dict[str, int]:
    """The layer of each step: one below the lowest of those that lead there."""
    layers = dict.fromkeys(names, 0)
    for _ in names:
        moved = False
        for a, b in forward:
            if layers[b] <= layers[a]:
                layers[b] = layers[a] + 1
                moved = True
        if not moved:
            break
    return layers
