"""The dossier's sections in order, each a list of rows: what the page in the browser and the PDF show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from ivr.dossier.wording import LANGUAGES, Words, filled, said, words

if TYPE_CHECKING:
    from collections.abc import Iterator

Facts = dict[str, Any]
STATEMENTS = ("known", "not_claimed")  # sections of whole sentences


class Row(NamedTuple):
    """A label and its value. A value that both languages share, a number or an identifier, is a text."""

    name: str  # of the label; empty: a sentence without one
    value: Words | str

    @property
    def label(self) -> Words:
        """The label in both languages."""
        return said("labels", self.name)


class Section(NamedTuple):
    """Rows below a heading."""

    name: str  # of the heading; empty: the first section has none
    rows: list[Row]

    @property
    def heading(self) -> Words:
        """The heading in both languages."""
        found: Words = words()["sections"][self.name]
        return found


def sections(facts: Facts) -> list[Section]:
    """Lay out the facts of ``ivr.dossier.facts``."""
    return [
        Section("", [Row(name, facts[name]) for name in ("reference", "operator", "made", "timezone")]),
        Section("report", [*_report(facts["report"])]),
        Section("call", [*_call(facts)]),
        Section("history", [*_history(facts)]),
        *(Section(name, [*_statements(facts[name])]) for name in STATEMENTS),
    ]


def _report(report: Facts) -> Iterator[Row]:
    # A withdrawn report counts no longer, whatever was decided when it was written.
    last = "withdrawn" if report["withdrawn"]["value"] else "counted"
    for name in ("reported", "reporter", "source", "category", "loss", "verified", last):
        yield Row(name, report[name])


def _call(facts: Facts) -> Iterator[Row]:
    call, numbers = facts["call"], facts["numbers"]
    for name in ("caller", "line"):
        if numbers[name]:
            typed = name == "caller" and facts["report"]["source"]["code"] == "typed"
            yield Row("typed" if typed else name, numbers[name])
        else:
            yield Row(name, said("absent", name))
    yield Row("rang", call["rang"] if call else said("absent", "call"))
    if call:
        yield Row("accepted", call["accepted"] or said("absent", "accepted"))
        yield Row("talked", call["talked"])
        if call["ended"]:
            yield Row("ended", call["ended"])
    yield Row("call_sid", facts["report"]["call_sid"])


def _history(facts: Facts) -> Iterator[Row]:
    for entry in facts["verdict_history"]:
        yield Row(entry["by"], _judged(entry))
    if not facts["verdict_history"]:
        yield Row("history", said("absent", "history"))


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


def _statements(statements: list[Words]) -> Iterator[Row]:
    for number, statement in enumerate(statements, start=1):
        yield Row("", {language: f"{number}. {statement[language]}" for language in LANGUAGES})
