from __future__ import annotations

import io
import re
from dataclasses import replace
from types import SimpleNamespace

import pytest
from pypdf import PdfReader

from infra import dossier
from ivr.calls.call_record import CallRecord
from ivr.desk.dossier import facts_of as gathered
from ivr.reports import Report
from ivr.screening.desk_decision import DeskDecision

NOW = 1_795_000_000  # 2026-11-18 15:06:40 in Muscat
CALLER, LINE = "+96891234567", "+12025550100"


@pytest.fixture
def operator():
    """What a dossier needs of the settings."""
    return SimpleNamespace(brand={"en": "Example Telecom", "ar": "الاتصالات النموذجية"}, timezone="Asia/Muscat")


@pytest.fixture
def call():
    return CallRecord(
        call_sid="CA0123456789abcdef0123456789abcdef",
        line=LINE,
        customer="9f" * 16,
        verdict="flagged",
        reason="reported",
        rang_at=NOW - 900,
        expires=NOW + 9,
        caller=CALLER,
        accepted_at=NOW - 880,
        talked=1,
        ended_at=NOW - 800,
    )


@pytest.fixture
def report(call):
    return Report(
        call_sid=call.call_sid,
        which="screened",
        reference="48301926",
        reported_at=NOW - 840,
        reporter="9f" * 16,
        expires=NOW + 9,
        verified=1,
        counted=1,
        caller=call.caller,
        line=call.line,
        verdict=call.verdict,
        reason=call.reason,
        category="secrets",
        loss="yes",
    )


@pytest.fixture
def typed():
    """A number that somebody typed on the report line: no call record, no line."""
    return Report(
        call_sid="CA" + "1" * 32,
        which="typed-1",
        reference="10000003",
        reported_at=NOW,
        reporter="ab" * 16,
        expires=NOW + 9,
        caller=CALLER,
    )


@pytest.fixture
def decision():
    return DeskDecision(caller=CALLER, verdict="blocked", note="for the desk alone", until=NOW + 86_400)


@pytest.fixture
def facts_of(operator):
    """The facts of a report, with the operator's values changed where a test says so."""

    def facts_of(report, call=None, decisions=(), now=NOW, **changed):
        return dossier.facts(gathered(report, call, decisions, now), SimpleNamespace(**{**vars(operator), **changed}))

    return facts_of


@pytest.fixture
def withheld(report, call):
    """A report and its call whose caller showed no number."""
    unknown = {"verdict": "unknown", "reason": "withheld", "caller": ""}
    return replace(report, **unknown), replace(call, **unknown)


class Printed:
    """A PDF as its reader sees it."""

    def __init__(self, pdf):
        self.reader = PdfReader(io.BytesIO(pdf))
        self.pages = self.reader.pages
        self.texts = [page.extract_text() for page in self.pages]
        self.text = "\n".join(self.texts)
        self.words = " ".join(self.text.split())

    def fonts(self):
        found = {}
        for page in self.pages:
            for font in page["/Resources"]["/Font"].values():
                descendant = font.get_object()["/DescendantFonts"][0].get_object()
                found[str(font.get_object()["/BaseFont"])] = descendant["/FontDescriptor"].get_object()
        return found

    def runs(self, page=0):
        """Each stretch of text as it is drawn, from left to right: (x, y, its letters, its glyphs)."""
        letters_of = {
            name: _letters(font.get_object()) for name, font in self.pages[page]["/Resources"]["/Font"].items()
        }
        found, letters, x, y = [], {}, 0.0, 0.0
        for operands, operator in self.pages[page].get_contents().operations:
            if operator == b"Tf":
                letters = letters_of[operands[0]]
            elif operator == b"Td":
                x, y = float(operands[0]), float(operands[1])
            elif operator == b"Tm":
                x, y = float(operands[4]), float(operands[5])
            elif operator in {b"Tj", b"TJ"}:
                strings = operands[0] if operator == b"TJ" else operands
                drawn = b"".join(_bytes(one) for one in strings if not isinstance(one, (int, float)))
                glyphs = [int.from_bytes(drawn[at : at + 2], "big") for at in range(0, len(drawn), 2)]
                found.append((x, y, "".join(letters.get(glyph, "�") for glyph in glyphs), glyphs))
        return found

    def visual(self, page=0):
        """All that is drawn, as the eye meets it from left to right in each line."""
        return "".join(letters for _, _, letters, _ in self.runs(page))


def _bytes(string):
    return string if isinstance(string, bytes) else string.original_bytes


def _letters(font):
    """What a font's glyphs stand for, by the map that lets a reader copy its text."""
    cmap = font["/ToUnicode"].get_data().decode("ascii")
    return {
        int(glyph, 16): bytes.fromhex(letters).decode("utf-16-be")
        for glyph, letters in re.findall(r"<([0-9A-Fa-f]{4})> <([0-9A-Fa-f]+)>\n", cmap)
    }


@pytest.fixture(scope="session")
def printed():
    """The PDF of facts, drawn once in a run: the same facts give the same bytes (test_pdf.py)."""
    drawn = {}

    def printed(facts):
        key = dossier.json_file(facts)
        if key not in drawn:
            drawn[key] = Printed(dossier.pdf(facts))
        return drawn[key]

    return printed
