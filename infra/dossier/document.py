"""The dossier as a PDF: its sections in order. The same facts give the same bytes: the only date is the facts' own."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

from infra.dossier.paper import GREY, INNER, Cell, Paper, in_halves
from ivr.dossier.gathering import json_file
from ivr.dossier.sections import Facts, Section, sections
from ivr.dossier.wording import LEFT, RIGHT, Words, filled, said, words

_LABEL = 33.0  # a label's column, at either edge
_VALUE = INNER / 2 - _LABEL
_GAP = 3.0
_SIZE = 10.5
_SIZES = {"reference": 17, "caller": 12, "typed": 12, "line": 12}  # larger: what is looked for first
_FRAME = 31.0  # room for a signature and a stamp


def pdf(facts: Facts) -> bytes:
    """The facts of ``infra.dossier.facts`` on as many A4 pages as they need."""
    heights: dict[Cell, float] = {}
    pages = _drawn(facts, 0, heights).counted()  # measured once for the count alone
    return bytes(_drawn(facts, pages, heights).output())


def _drawn(facts: Facts, pages: int, heights: dict[Cell, float]) -> Paper:
    known = words()
    paper = Paper(
        brand=facts["operator"],
        page=known["page"],
        reference=facts["reference"],
        foot=filled(known["foot"], time=facts["made"]),
        mark=known["mark"][LEFT].format(digest=hashlib.sha256(json_file(facts)).hexdigest()),
        pages=pages,
        made=datetime.fromtimestamp(facts["made"]["epoch"], UTC),
        heights=heights,
    )
    paper.set_title(f"{known['title'][LEFT]} {facts['reference']} · {known['title'][RIGHT]}")
    _title(paper)
    for section in sections(facts):
        _section(paper, section)
    paper.heading(known["sections"]["by_hand"], above=_FRAME)
    paper.frames(known["by_hand"]["complainant"], known["by_hand"]["operator"], height=_FRAME)
    return paper


def _title(paper: Paper) -> None:
    title, purpose = words()["title"], words()["purpose"]
    paper.row(Cell(title[RIGHT], RIGHT, 0, INNER, "C", 18, bold=True), ruled=False)
    paper.row(Cell(title[LEFT], LEFT, 0, INNER, "C", 15, bold=True), ruled=False)
    paper.row(Cell(purpose[RIGHT], RIGHT, 0, INNER, "C", 11.5), ruled=False)
    paper.row(Cell(purpose[LEFT], LEFT, 0, INNER, "C", 10.5), ruled=False)


def _section(paper: Paper, section: Section) -> None:
    if section.name:
        paper.heading(section.heading)
    for name, value in section.rows:
        if isinstance(value, str):
            _shared(paper, name, value, _SIZES.get(name, _SIZE))
        elif name:
            _told(paper, name, value)
        else:
            paper.row(*in_halves(value, size=10), ruled=False)


def _told(paper: Paper, label: str, value: Words) -> None:
    """A row whose value is said in both languages."""
    width = _VALUE - _GAP
    left, right = Cell(value[LEFT], LEFT, _LABEL, width), Cell(value[RIGHT], RIGHT, INNER / 2 + _GAP, width)
    _labelled(paper, label, left, right)


def _shared(paper: Paper, label: str, value: str, size: float = _SIZE) -> None:
    """A row whose value both languages share: a number or an identifier."""
    _labelled(paper, label, Cell(value, LEFT, _LABEL, 2 * _VALUE, "C", size, bold=size > _SIZE))


def _labelled(paper: Paper, name: str, *values: Cell) -> None:
    """A row between its labels, in the order in which it is read."""
    label, width = said("labels", name), _LABEL - _GAP
    paper.row(
        Cell(label[LEFT], LEFT, 0, width, size=9.5, bold=True, grey=GREY),
        *values,
        Cell(label[RIGHT], RIGHT, INNER - width, width, size=9.5, bold=True, grey=GREY),
    )
