"""The phone's voice, in a browser that has voices: a stand-in of its speech synthesis that writes down what it says."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.telephones import Telephones
from tests.browser.test_phone import leave_nothing

# As slow as a test wants it: what is spoken ends when the test says so, or when it is cancelled, without a word of it.
STAND_IN = """(voices) => {
    const spoken = [], waiting = [];
    window.said = spoken;
    window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
    const synthesis = Object.assign(new EventTarget(), {
        getVoices: () => voices.map((lang) => ({ lang, name: lang })),
        speak(speech) { waiting.push(speech); spoken.push(["says", speech.lang, speech.text]); },
        cancel() { waiting.length = 0; spoken.push(["cancelled"]); },
    });
    window.hearOut = () => { const speech = waiting.shift(); speech?.onend?.(); };
    Object.defineProperty(window, "speechSynthesis", { value: synthesis });
}"""


@pytest.fixture
def page(window, stack, request):
    """The phone's page in a browser with these voices."""
    voices = getattr(request, "param", ["en-GB", "ar_SA"])
    window.add_init_script(f"({STAND_IN})({voices})")
    telephones = Telephones(window)
    telephones.open()
    yield telephones
    leave_nothing(stack)
    assert window.complaints == []


def said(page):
    """What the voice was told, in order."""
    return page.window.evaluate("said")


def says(page, language, words):
    """Wait until the voice says something, in a voice of this language."""
    page.window.wait_for_function(
        "([language, words]) => said.some(([what, lang, text]) =>"
        " what === 'says' && lang.startsWith(language) && text.includes(words))",
        arg=[language, words],
    )


def stops(page):
    page.window.wait_for_function("said.at(-1)[0] === 'cancelled'")


def ring(page, caller, speed="In real time"):
    page.choose(caller)
    page.window.get_by_label("How fast?").select_option(label=speed)
    page.does("caller", "Speak aloud")
    page.window.get_by_role("button", name="Ring", exact=True).click()


def test_each_sentence_is_spoken_in_the_voice_of_its_language_one_after_the_other(page):
    ring(page, "+96892225001", "As fast as it goes")
    page.announced()
    says(page, "ar", "الاحتيال")
    assert [lang for _, lang, _ in said(page)] == ["ar_SA"]  # the second one waits for the end of the first
    page.window.evaluate("hearOut()")
    says(page, "en", "This line is protected against fraud.")
    spoken = page.handset("caller").locator(".said").all_inner_texts()
    assert [text for _, _, text in said(page)] == spoken


def test_hanging_up_stops_it(page):
    ring(page, "+96892225002")
    says(page, "ar", "الاحتيال")
    page.does("caller", "Hang up")
    page.hint("caller", "The call has ended")
    stops(page)
    page.window.evaluate("hearOut()")
    assert said(page)[-1] == ["cancelled"]


def test_a_key_interrupts_it(page):
    """As fast as it goes, what was said lies behind when the key comes: the voice does not go on with it."""
    ring(page, "+96892225003", "As fast as it goes")
    digit = page.announced()
    says(page, "ar", "الاحتيال")
    page.key("caller", digit)
    page.window.wait_for_function("said.some(([what]) => what === 'cancelled')")
    page.window.evaluate("hearOut()")
    assert [what for what, *_ in said(page)].count("says") == 1


def test_a_telephone_that_falls_silent_leaves_another_one_its_words(page):
    """Both telephones speak. A key that the waiting caller presses does not interrupt what the customer is told."""
    page.does("customer", "Speak aloud")
    ring(page, "+96892225004", "As fast as it goes")
    page.check()
    page.answer()
    says(page, "ar", "لقبول المكالمة")
    before = said(page)
    page.handset("caller").locator("[data-key='5']").click()
    expect(page.handset("caller").locator(".typed")).to_contain_text("5")
    page.window.evaluate("hearOut()")
    says(page, "en", "To take the call, press 1.")
    assert ["cancelled"] not in said(page)[len(before) :]


@pytest.mark.parametrize("page", [["en-US"]], indirect=True, ids=str)
def test_a_language_without_a_voice_is_told_and_the_other_one_spoken(page):
    ring(page, "+96892225005", "As fast as it goes")
    says(page, "en", "This line is protected against fraud.")
    expect(page.handset("caller").locator(".problem")).to_contain_text("no voice for")
    expect(page.handset("caller").locator(".problem")).to_contain_text("Arabic")
    assert {lang for _, lang, _ in said(page)} == {"en-US"}


@pytest.mark.parametrize("page", [[]], indirect=True, ids=str)
def test_a_browser_without_a_voice_says_so(page):
    page.does("caller", "Speak aloud")
    expect(page.handset("caller").locator(".problem")).to_contain_text("no voice")


def test_nothing_is_spoken_before_somebody_asks_for_it(page):
    page.choose("+96892225006")
    page.window.get_by_label("How fast?").select_option(label="As fast as it goes")
    page.window.get_by_role("button", name="Ring", exact=True).click()
    page.announced()
    assert said(page) == []
