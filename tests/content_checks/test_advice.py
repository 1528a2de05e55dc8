"""Each point of the operator's public advice on fraud can be heard, in Arabic and in English."""

from __future__ import annotations

import pytest

from ivr.flow.pages import BOOK
from ivr.flow.state import State
from ivr.telephony.inputs import Pressed
from ivr.telephony.turn import Ask
from tests.flow.conftest import run

# Each point: its prompt, its step, the keys that lead to it from the report line's first menu, words that it must have.
ADVICE = {
    1: ("advice.never_ask", "report_line:advice_calls", "3", "الأرقام السرية", "PINs"),
    2: ("advice.prize", "report_line:advice_offers", "4", "دون أدنى شك", "without a doubt"),
    3: ("advice.announced", "report_line:advice_offers", "4", "موقعنا الرسمي", "official website"),
    4: ("advice.end_call", "report_line:advice_calls", "3", "فأنهُوها فورًا", "end it at once"),
    5: ("advice.call_back", "report_line:advice_after", "31", "مواقع غير آمنة", "unsafe websites"),
    6: ("advice.tell_care", "report_line:advice_after", "31", "خدمة العملاء", "customer care"),
    7: ("advice.complaint", "report_line:advice_after", "31", "الادعاء العام", "Public Prosecution"),
    8: ("advice.report_helps", "report_line:advice_after", "31", "بلاغكم", "Your report"),
}


@pytest.mark.parametrize("language", ["ar", "en"])
@pytest.mark.parametrize("point", ADVICE)
def test_each_point_of_the_advice_has_its_keys(point, language, ours):
    key, at, presses, arabic, english = ADVICE[point]
    ran = run(BOOK, "report_line:language", Pressed({"ar": "1", "en": "2"}[language]))
    for press in presses:
        ran = run(BOOK, ran.at, Pressed(press), state=State(languages=ran.state.languages))
    assert ran.at == at
    (ask,) = ran.turn.verbs
    assert isinstance(ask, Ask)
    assert [prompt.language for prompt in ask.prompts if prompt.key == key] == [language]
    assert {"ar": arabic, "en": english}[language] in ours[language].prompts[key].say[0]


@pytest.mark.parametrize("language", ["ar", "en"])
def test_after_a_loss_the_bank_and_the_prosecution_are_named(language):
    state = State(languages=(language,), reference="12345678", loss="yes")
    said = run(BOOK, "report:advise_on_loss", state=state, results=["open", "ready"]).turn
    assert [verb.key for verb in said.verbs[:2]] == ["bank_at_once", "advice.complaint"]


def test_every_point_has_its_number():
    assert list(ADVICE) == list(range(1, 9))
