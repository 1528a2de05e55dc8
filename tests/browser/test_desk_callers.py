"""The desk's callers, reports and dossiers with much in the table: for everyone, and on paper."""

import io
import re
import time

import pypdf
import pytest
from playwright.sync_api import expect

from ivr.desk import Context, decisions, prefixes
from ivr.desk.actor import Actor
from tests.bench import desk_table
from tests.browser.desk import LOOKS, choose, done, follow, form, look_at

REPORTS = 300


@pytest.fixture(scope="module")
def much(stack):
    """Weeks of reports in the stack's table."""
    table = stack.store.table
    desk_table.fill(table.client, table.name, REPORTS, int(time.time()))


@pytest.fixture
def window(much, deciders_window):
    return deciders_window


@pytest.mark.parametrize("deciders_window", LOOKS, indirect=True, ids=str)
@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_caller_is_looked_at_and_decided_about(window, language):
    choose(window, language)
    window.goto("/desk/callers")
    follow(window.locator("tbody th a").first)
    expect(window.locator("svg.scales")).to_be_visible()
    look_at(window)
    window.locator("#decide-note").fill("three letters")
    follow(form(window, "/decide").locator("button[value=preview]"))
    look_at(window)
    follow(window.locator("button[value=make]"))
    done(window)
    assert window.complaints == []


@pytest.mark.parametrize("deciders_window", LOOKS, indirect=True, ids=str)
@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_reports_dossier_is_for_everyone_and_prints_as_a_pdf_without_the_rest_of_the_page(window, language):
    choose(window, language)
    window.goto("/desk/reports")
    follow(window.locator("tbody th a").first)
    look_at(window)
    follow(window.get_by_role("button", name=re.compile("dossier|الملف")))
    look_at(window)
    paper = pypdf.PdfReader(io.BytesIO(window.pdf(format="A4", prefer_css_page_size=True)))
    text = "".join(page.extract_text() for page in paper.pages)
    assert len(paper.pages) <= 3
    assert desk_table.FAMOUS in text
    assert "Statement on a reported telephone call" in text
    assert "Dana" not in text  # who is signed in stands above the sheet, on the screen alone
    assert window.complaints == []


@pytest.mark.parametrize("deciders_window", LOOKS, indirect=True, ids=str)
@pytest.mark.parametrize("language", ["en", "ar"])
def test_charts_and_tables_can_be_read_on_a_telephone_too(window, language):
    """What a chart says is as large as a small print, stays within its picture, and covers no other word."""
    choose(window, language)
    window.goto("/desk/callers")
    sentences = window.locator("td.text").evaluate_all("all => all.map(one => one.clientWidth)")
    assert min(sentences) >= 100
    follow(window.locator("tbody th a").first)
    expect(window.locator("svg.scales")).to_be_visible()
    assert badly_written(window) == []
    window.goto("/desk/statistics")
    assert badly_written(window) == []
    window.goto("/desk/statistics?from=2026-01-01&to=2026-04-01")
    assert badly_written(window) == []
    window.evaluate("""() => {
        for (const one of document.querySelectorAll("td.share")) one.lastChild.textContent = " 100%";
        for (const one of document.querySelectorAll("td.count")) one.textContent = "99,999";
    }""")
    hidden = window.locator(".columns .table").evaluate_all("all => all.map(one => one.scrollWidth - one.clientWidth)")
    assert max(hidden) <= 0, "a table of shares hides some of them"


@pytest.mark.parametrize("deciders_window", LOOKS[1:], indirect=True, ids=str)
def test_a_long_note_has_room_on_a_telephone(window, stack):
    """A note of two hundred letters is some lines long, and no column of single words."""
    context = Context(stack.store, stack.settings)
    note, by = "what a colleague of the other telephone company told us " * 3, Actor("Salma of the night shift")
    decisions.decide(context, "+96895550001", "flagged", note=note, by=by)
    prefixes.add(context, "+96895551", "flagged", note=note, by=by)
    for address in ("/desk/callers/decided", "/desk/rules", "/desk/audit"):
        window.goto(address)
        row = window.locator("tbody tr", has_text="what a colleague").first
        assert row.evaluate("one => one.clientHeight") < 250, address


def badly_written(window):
    """The words of charts that are smaller than 10 pixels, outside of the window, or over one another."""
    return window.evaluate("""() => [...document.querySelectorAll('svg.chart')].flatMap((chart) => {
        const shown = [...chart.querySelectorAll('text')]
            .map((text) => [text.textContent, text.getBoundingClientRect()]).filter(([, box]) => box.width > 0);
        const wrong = shown.filter(([, box]) => box.height < 10 || box.left < 0 || box.right > innerWidth);
        const meet = (one, other) => one.left < other.right && other.left < one.right
            && one.top < other.bottom - 2 && other.top < one.bottom - 2;
        const over = shown.filter(([, one], nth) => shown.slice(nth + 1).some(([, other]) => meet(one, other)));
        return [...wrong, ...over].map(([text, box]) => [text, Math.round(box.height)]);
    })""")
