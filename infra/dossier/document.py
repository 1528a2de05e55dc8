"""The dossier as a PDF: its sections in order. The same facts give the same bytes: the only date is the facts' own."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

from infra.dossier.gathering import json_file
from infra.dossier.paper import GREY, INNER, Cell, Paper, in_halves
from infra.dossier.wording import LANGUAGES, LEFT, RIGHT, Words, filled, said, words

_LABEL = 33.0  # a label's column, at either edge
_VALUE = INNER / 2 - _LABEL
_GAP = 3.0
_SIZE = 10.5
_FRAME = 31.0  # room for a signature and a stamp

Facts = dict[str, Any]


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
    _title(paper, facts)
    _report(paper, facts)
    _call(paper, facts)
    _history(paper, facts)
    for group in ("known", "not_claimed"):
        _statements(paper, group, facts[group])
    paper.heading(known["sections"]["by_hand"], above=_FRAME)
    paper.frames(known["by_hand"]["complainant"], known["by_hand"]["operator"], height=_FRAME)
    return paper


def _title(paper: Paper, facts: Facts) -> None:
    title, purpose = words()["title"], words()["purpose"]
    paper.row(Cell(title[RIGHT], RIGHT, 0, INNER, "C", 18, bold=True), ruled=False)
    paper.row(Cell(title[LEFT], LEFT, 0, INNER, "C", 15, bold=True), ruled=False)
    paper.row(Cell(purpose[RIGHT], RIGHT, 0, INNER, "C", 11.5), ruled=False)
    paper.row(Cell(purpose[LEFT], LEFT, 0, INNER, "C", 10.5), ruled=False)
    _shared(paper, "reference", facts["reference"], size=17)
    _told(paper, "operator", facts["operator"])
    _told(paper, "made", facts["made"])
    _shared(paper, "timezone", facts["timezone"])


def _report(paper: Paper, facts: Facts) -> None:
    report = facts["report"]
    paper.heading(words()["sections"]["report"])
    _told(paper, "reported", report["reported"])
    _shared(paper, "reporter", report["reporter"])
    # A withdrawn report counts no longer, whatever was decided when it was written.
    last = "withdrawn" if report["withdrawn"]["value"] else "counted"
    for name in ("source", "category", "loss", "verified", last):
        _told(paper, name, report[name])


def _call(paper: Paper, facts: Facts) -> None:
    call, numbers = facts["call"], facts["numbers"]
    paper.heading(words()["sections"]["call"])
    for name in ("caller", "line"):
        if numbers[name]:
            typed = name == "caller" and facts["report"]["source"]["code"] == "typed"
            _shared(paper, "typed" if typed else name, numbers[name], size=12)
        else:
            _told(paper, name, said("absent", name))
    _told(paper, "rang", call["rang"] if call else said("absent", "call"))
    if call:
        _told(paper, "accepted", call["accepted"] or said("absent", "accepted"))
        _told(paper, "talked", call["talked"])
        if call["ended"]:
            _told(paper, "ended", call["ended"])
    _shared(paper, "call_sid", facts["report"]["call_sid"])


def _history(paper: Paper, facts: Facts) -> None:
    paper.heading(words()["sections"]["history"])
    for entry in facts["verdict_history"]:
        _told(paper, entry["by"], _judged(entry))
    if not facts["verdict_history"]:
        _told(paper, "history", said("absent", "history"))


def _judged(entry: Facts) -> Words:
    """A verdict in a sentence or two."""
    parts = words()["history"]
    told = [entry["verdict"]]
    if entry["reason"]:
        told.append(filled(parts["reason"], reason=entry["reason"]))
    if entry["at"] and entry["by"] == "desk":  # the rules spoke as the call rang, and that has its row
        told.append(filled(parts["at"], time=entry["at"]))
    if entry["until"]:
        told.append(filled(parts["until" if entry["in_force"] else "over"], time=entry["until"]))
    elif entry["in_force"]:
        told.append(parts["no_end"])
    return {language: "".join(part[language] for part in told) for language in LANGUAGES}


def _statements(paper: Paper, group: str, statements: list[Words]) -> None:
    paper.heading(words()["sections"][group])
    for number, statement in enumerate(statements, start=1):
        numbered = {language: f"{number}. {statement[language]}" for language in LANGUAGES}
        paper.row(*in_halves(numbered, size=10), ruled=False)


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
