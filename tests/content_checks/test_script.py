"""The printed script: all that the product says, for a person who reads no code."""

from __future__ import annotations

import re

from infra.content_checks import in_words
from infra.content_checks.script import script
from ivr.flow import pages
from ivr.flow.decisions import CONDITIONS
from ivr.flow.page import Book, Page, Position
from ivr.flow.steps import ANNOUNCED, Action, Bridge, Connect, Decide, Goodbye, Key, Menu, Reject, Transfer
from ivr.flow.used_prompts import used
from tests.content_checks.conftest import BOOK, BRANDS, small

RLI, PDI = "\u2067", "\u2069"


def lines(book, catalogs):
    return [line.strip() for line in script(book, catalogs, BRANDS).splitlines()]


def test_a_menu_is_written_as_it_is_heard():
    written = "\n".join(lines(BOOK, small()))
    assert (
        """\
### start

Says this, offers the keys and waits for one; 3 times at most.

- unknown_notice, the first time
- ar: \u2067هذا الخط محمي.\u2069
- en: This line is protected.
- unknown_notice, the second time
- ar: \u2067يُرجى المحاولة مرة أخرى.\u2069
- en: Please try again.
- number_ends, only if the caller's number is known
- ar: \u2067آخر أرقام المتصل: [آخر ثلاثة أرقام].\u2069
- en: The number ends in [the last three digits].
- key 1 → *type*
- ar: \u2067لخدمة العملاء، اضغطوا واحد.\u2069
- en: For customer care, press 1.
- silence → *bye*
- no such key → *bye*
- about, in ar: first sentence 1.5 s, first key 6.5 s, last key 6.5 s, whole 6.5 s
- about, in en: first sentence 1.6 s, first key 6.4 s, last key 6.4 s, whole 6.4 s"""
        in written
    )


def test_typed_digits_are_written_with_what_follows_a_wrong_number():
    written = lines(BOOK, small())
    at = written.index("- number_invalid, if it was no phone number")
    assert written[at + 2] == "- en: This is not a valid number."
    assert "- phone number → *thanks*" in written
    assert "- en: Thank you from Nakhla Telecom." in written


def test_every_kind_of_step_says_what_it_does():
    caller = Page(
        "caller",
        Decide(name="start", by="care_known", exits={"yes": "care", "no": "act"}),
        Transfer(name="care", to="care_number", answered="bye", unanswered="act"),
        Action(name="act", action="screen", exits={"free_now": "ring"}, store_down="refuse"),
        Connect(name="ring", whisper="whisper", then="other:bye"),
        Reject(name="refuse", reason="busy"),
        Goodbye(name="bye"),
        title="Caller",
    )
    whisper = Page("whisper", Bridge(name="join"), title="Whisper")
    check = Menu(
        name="check",
        prompts=("goodbye",),
        keys=(
            Key(press=ANNOUNCED, goal="care", then="bye"),
            Key(press="1", goal="care", then="bye", when="care_known"),
        ),
        silence="bye",
        failure="bye",
    )
    other = Page("other", check, Goodbye(name="bye", prompts=("goodbye",)), title="Other")
    entries = (Position("caller", "start"), Position("other", "check"))
    written = lines(Book(caller, whisper, other, entries=entries), small())
    for line in (
        "Does customer care have a number, or a queue?",
        "- yes → *care*",
        "Rings customer care.",
        "- unanswered → *act*",
        "Looks up the caller and gives a verdict.",
        "- free now → *ring*",
        "- store down → *refuse*",
        "Rings the customer. The person who answers hears: *Whisper*.",
        "- afterwards → *Other: bye*",
        "Does not answer; the caller's telephone says: busy.",
        "Hangs up.",
        "Joins caller and customer.",
        "- the announced digit → *bye*",
        "- en: For customer care, press [the announced digit].",
        "- key 1 → *bye*, only if customer care can be reached",
        "Says this and hangs up.",
    ):
        assert line in written


def test_everything_that_is_ever_said_is_in_the_script(ours):
    written = script(pages.BOOK, ours, BRANDS)
    again = {
        key for key, where in used(pages.BOOK).items() if any(hasattr(pages.BOOK.step(at), "tries") for at in where)
    }
    for language, words in ours.items():
        for key in used(pages.BOOK):
            for text in words.prompts[key].say[: None if key in again else 1]:
                pieces = re.split(r"\{\w+\}", text.replace("{brand}", BRANDS[language]))
                assert all(piece in written for piece in pieces), key


def test_every_page_and_step_has_its_heading(ours):
    written = script(pages.BOOK, ours, BRANDS).splitlines()
    for page in pages.BOOK.pages.values():
        assert f"## {page.title}" in written
        assert all(f"### {name.replace('_', ' ')}" in written for name in page.steps)


def test_arabic_is_set_apart_so_that_a_terminal_keeps_its_order(ours):
    for line in script(pages.BOOK, ours, BRANDS).splitlines():
        arabic = re.search(r"[\u0621-\u064a]", line)
        assert bool(arabic) == (RLI in line)
        if arabic:
            assert re.fullmatch(rf"  - (?:ar|ur): {RLI}[^{RLI}{PDI}]+{PDI}", line)


def test_no_placeholder_is_left_for_the_reader_to_guess(ours):
    assert not re.search(r"[{}]", script(pages.BOOK, ours, BRANDS))


def test_the_pages_words_are_all_explained():
    assert sorted(in_words.CONDITIONS) == sorted(CONDITIONS)
