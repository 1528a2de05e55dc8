"""The phone's page as a person uses it: reads what stands there, and clicks."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from infra.carrier.speech import announced_digit

YOUR_TURN = "Your turn"
WITHIN = 60_000  # ms for anything that is waited for, on a busy machine
expect.set_options(timeout=WITHIN)


def reads(locator, words):
    """Wait until something is to be read, whatever isolates it from the writing direction around it."""
    between = "[\u2066-\u2069]*"
    expect(locator).to_contain_text(re.compile(between.join(re.escape(letter) for letter in words)))


class Telephones:
    """The page in one browser window, in English."""

    def __init__(self, window):
        self.window = window
        window.set_default_timeout(WITHIN)

    def open(self, address="/"):
        self.window.goto(address)
        self.handset("caller").wait_for()

    def choose(self, caller):
        """Choose a ready-made caller by its words, or a number that calls."""
        if re.fullmatch(r"\+\d+", caller):
            self.window.get_by_label("The caller's number, with +").fill(caller)
        else:
            self.window.get_by_role("radio", name=caller).check()

    def ring(self, caller, *, speed="As fast as it goes", **answers):
        """Place a call. ``answers``: who answers for customer, care, second_care, in the page's words."""
        self.choose(caller)
        labels = {"customer": "the customer", "care": "care"}
        for person, who in answers.items():
            self.window.get_by_label(f"Who answers for {labels[person]}?").select_option(label=who)
        self.window.get_by_label("How fast?").select_option(label=speed)
        self.window.get_by_role("button", name="Ring", exact=True).click()
        expect(self.window).to_have_url(re.compile(r"\?call=\w+"))

    @property
    def call(self):
        """The name of the call, as the address says it."""
        return re.search(r"call=(\w+)", self.window.url)[1]

    def handset(self, name):
        return self.window.locator(f"[data-handset='{name}']")

    def heard(self, name, words, times=None):
        """Wait until something is to be read on the screen of a telephone."""
        line = self.handset(name).get_by_role("log").locator("p").filter(has_text=words)
        expect(line.first).to_be_visible()
        if times is not None:
            expect(line).to_have_count(times)

    def hint(self, name, words):
        expect(self.handset(name).locator(".hint")).to_contain_text(words)

    def does(self, name, act):
        self.handset(name).get_by_role("button", name=act, exact=True).click()

    def press(self, name, key):
        """Press a key when it is this telephone's turn, and see that it was taken."""
        self.hint(name, YOUR_TURN)
        self.key(name, key)

    def key(self, name, key):
        """Press a key now."""
        taken = self.handset(name).locator(".event.pressed")
        before = taken.count()
        self.handset(name).locator(f"[data-key='{key}']").click()
        expect(taken).to_have_count(before + 1)

    def pressed(self, name):
        """The keys that were taken."""
        return self.handset(name).locator(".event.pressed bdi").all_inner_texts()

    def announced(self, turn=YOUR_TURN):
        """The digit that the caller was told to press. ``turn``: how the page says whose turn it is."""
        self.hint("caller", turn)
        said = self.handset("caller").locator(".said")
        return announced_digit([(line.get_attribute("lang"), line.inner_text()) for line in said.all()])

    def check(self):
        """The caller presses the announced digit."""
        self.key("caller", self.announced())

    def answer(self, name="customer"):
        self.does(name, "Answer")

    def take(self):
        """The caller passes the check, and the customer takes the call."""
        self.check()
        self.answer()
        self.press("customer", "1")
        self.hint("caller", "You are talking")

    def caller_leaves_no_message(self):
        """The caller was told that nobody is there, and hangs up at the beep; a flagged one is asked for nothing."""
        hint = self.handset("caller").locator(".hint")
        expect(hint).to_contain_text(re.compile("Speak after the beep|The call has ended"))
        if "Speak" in hint.inner_text():
            self.does("caller", "Hang up")

    def all_hang_up(self):
        self.window.get_by_role("button", name="All hang up").click()

    def ends(self, outcome):
        expect(self.window.locator(".done")).to_contain_text(f"The call is over: {outcome}")

    def panel(self, tab):
        """A panel beside the handsets, brought forward."""
        self.window.get_by_role("tab", name=re.compile(tab)).click()
        return self.window.get_by_role("tabpanel")

    def screened(self, words):
        """The line above the handsets: the verdict, its reason, and what becomes of the caller."""
        reads(self.window.locator(".line"), words)
