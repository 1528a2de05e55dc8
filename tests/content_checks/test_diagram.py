"""The diagram: every step and every exit of the pages, in Mermaid that can't be misread."""

from __future__ import annotations

import re

import pytest

from infra.content_checks.diagram import mermaid
from ivr.flow.page import Book, Page, Position
from ivr.flow.pages import BOOK
from ivr.flow.steps import (
    ANNOUNCED,
    Action,
    Bridge,
    Collect,
    Connect,
    Decide,
    Goodbye,
    Key,
    Menu,
    Only,
    Reject,
    Say,
    Transfer,
)

CALLER = Page(
    "caller",
    Menu(
        name="end",
        prompts=("welcome", Only("digits_known", "number_ends")),
        keys=(
            Key(press="9", goal="report", then="act"),
            Key(press="#", goal="care", then="act", when="care_known"),
            Key(press=ANNOUNCED, goal="reach_person", then="ring"),
        ),
        silence="over",
        failure="over",
    ),
    Action(name="act", action="screen", exits={"ring": "decide"}, store_down="refuse"),
    Decide(name="decide", by="flagged", exits={"yes": "typed", "no": "said"}),
    Collect(name="typed", prompts=(), invalid="no", valid="phone_number", then="said", silence="over", failure="said"),
    Say(name="said", prompts=("why.{why}",), then="other:care"),
    Connect(name="ring", whisper="other", then="over"),
    Reject(name="refuse", reason="busy"),
    Goodbye(name="over", prompts=("goodbye",)),
    title='The "caller"',
)
OTHER = Page(
    "other",
    Bridge(name="joined"),
    Transfer(name="care", to="care_number", answered="joined", unanswered="caller:over"),
    title="Other",
)
SMALL = Book(CALLER, OTHER, entries=(Position("caller", "end"),))

DRAWN = [
    'subgraph page_caller["The #quot;caller#quot;"]',
    'step_caller__end{{"<b>end</b><br/>welcome<br/>number ends"}}',
    'step_caller__act[["<b>act</b>"]]',
    'step_caller__decide{"<b>decide</b>"}',
    'step_caller__typed[/"<b>typed</b>"/]',
    'step_caller__said("<b>said</b><br/>why, by the verdict")',
    'step_caller__ring[\\"<b>ring</b>"/]',
    'step_caller__refuse(["<b>refuse: busy</b>"])',
    'step_caller__over(["<b>over</b><br/>goodbye"])',
    'step_other__care[\\"<b>care</b>"/]',
    'step_caller__end -->|"9 report<br/>#35; care (if care known)"| step_caller__act',
    'step_caller__end -->|"announced digit: reach person"| step_caller__ring',
    'step_caller__end -->|"silence<br/>no such key"| step_caller__over',
    'step_caller__act -->|"ring"| step_caller__decide',
    'step_caller__act -->|"store down"| step_caller__refuse',
    'step_caller__decide -->|"yes"| step_caller__typed',
    'step_caller__typed -->|"phone number<br/>anything else"| step_caller__said',
    'step_caller__typed -->|"silence"| step_caller__over',
    "step_caller__said --> step_other__care",
    'step_caller__ring -.->|"the person who answers hears"| step_other__joined',
    "step_caller__ring --> step_caller__over",
    'step_other__care -->|"answered"| step_other__joined',
    'step_other__care -->|"unanswered"| step_caller__over',
    "class step_caller__end entry",
]


@pytest.mark.parametrize("line", DRAWN)
def test_each_kind_of_step_and_exit_is_drawn(line):
    assert line in [drawn.strip() for drawn in mermaid(SMALL).splitlines()]


def test_a_page_alone_shows_the_steps_of_others_that_it_leads_to():
    lines = [line.strip() for line in mermaid(SMALL, "caller").splitlines()]
    assert 'step_other__care>"Other:<br/>care"]' in lines
    assert 'step_other__joined>"Other:<br/>joined"]' in lines
    assert not any("page_other" in line for line in lines)
    assert not any(">" in line and "The #quot;caller#quot;:" in line for line in lines)


def test_an_unknown_page_is_an_error():
    with pytest.raises(KeyError):
        mermaid(SMALL, "cellar")


def test_the_book_is_drawn_whole():
    drawn = mermaid(BOOK)
    assert drawn == mermaid(BOOK)
    for page in BOOK.pages.values():
        for step in page.steps.values():
            me = f"step_{page.name}__{step.name}"
            assert len(re.findall(rf"^    {me}\W", drawn, re.MULTILINE)) == 1
            for exit_, there in BOOK.exits(Position(page.name, step.name)):
                to, arrow = f"step_{there.page}__{there.step}", "-.->" if exit_.by == "aside" else "-->"
                assert re.search(rf"^  {me} {arrow}(?:.* | ){to}$", drawn, re.MULTILINE)


def test_every_line_is_of_mermaids_grammar():
    """Only lines of these shapes, and every name in them prefixed, so that none can be a word of Mermaid's own."""
    identifier, text = r"(?:step|page)_\w+", r'"[^"\n]*"'
    shapes = [
        r"flowchart TB",
        r"  %% [^{}]*",
        rf"  subgraph {identifier}\[{text}\]",
        rf"    {identifier}(?:\{{\{{{text}\}}\}}|\{{{text}\}}|\[/{text}/\]|\[\[{text}\]\])",
        rf"    {identifier}(?:\({text}\)|\[\\{text}/\]|\(\[{text}\]\))",
        rf"    {identifier}(?:\[/{text}\\\]|\(\({text}\)\)|>{text}\])",
        r"  end",
        rf"  {identifier} -\.?->(?:\|{text}\|)? {identifier}",
        rf"  {identifier}>{text}\]",
        r"  classDef entry stroke-width:4px",
        rf"  class {identifier}(?:,{identifier})* entry",
    ]
    for book, page in ((BOOK, ""), (SMALL, ""), *((BOOK, page) for page in BOOK.pages)):
        for line in mermaid(book, page).splitlines():
            assert any(re.fullmatch(shape, line) for shape in shapes), line
