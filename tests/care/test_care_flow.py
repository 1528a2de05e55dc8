"""Care's steps alone: a transfer with a whisper, a queue."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from ivr.flow.engine import ActionResult
from ivr.flow.page import Book, Page, PageError, Position
from ivr.flow.pages import BOOK
from ivr.flow.state import State
from ivr.flow.steps import Bridge, Goodbye, Key, LeaveQueue, Menu, Queue, QueueWait, Transfer
from ivr.flow.url_codec import from_query
from ivr.flow.used_prompts import WHENS
from ivr.locales.catalog import Prompt
from ivr.telephony import turn
from ivr.telephony.inputs import DialEnded
from ivr.telephony.turn import Enqueue, Wait
from tests.flow.conftest import run

BYE = Goodbye(name="bye")
CARE = {
    "care_ring_seconds": 40,
    "care_fallback_ring_seconds": 15,
    "care_languages": "en-ar",
    "care_workflow_sid": "",
}
WORKFLOW = {**CARE, "care_workflow_sid": "WW" + "0" * 32}
REPORTED = State(languages=("ar",), category="prize", loss="yes", reference="12345671", report="screened")


@pytest.mark.parametrize(("leg", "coming"), [("", "caller"), ("talk", "customer"), ("rung_back", "customer")])
def test_the_agents_whisper_knows_who_comes_why_and_in_which_language_they_speak(leg, coming):
    state = REPORTED.changed(leg=leg)
    [*_, dial] = run(BOOK, "care:connecting", state=state, facts=CARE).turn.verbs
    url = urlsplit(dial.whisper)
    assert url.path == "/voice/agent/answered"
    assert {name: value for name, (value,) in parse_qs(url.query).items()} == {
        "languages": "en-ar",
        "leg": "agent",
        "coming": coming,
        "speaks": "ar",
        "category": "prize",
        "loss": "yes",
        "reference": "12345671",
        "report": "screened",
    }


def test_a_language_that_was_not_chosen_is_not_announced():
    [*_, dial] = run(BOOK, "care:connecting", facts=CARE).turn.verbs
    assert "speaks" not in dial.whisper


@pytest.mark.parametrize(("at", "seconds"), [("care:connecting", 40), ("care:one_moment", 15)])
def test_each_number_has_a_ring_time_of_its_own(at, seconds):
    assert run(BOOK, at, facts=CARE).turn.verbs[-1].ring_seconds == seconds


def test_after_the_whisper_the_customers_language_is_spoken_again():
    [*_, dial] = run(BOOK, "care:connecting", state=REPORTED, facts=CARE).turn.verbs
    state = from_query(urlsplit(dial.action).query)
    ran = run(BOOK, "care:first", DialEnded(answered=True), state=state, facts=CARE, results=["not_taken"])
    assert {verb.language for verb in ran.turn.verbs if isinstance(verb, Prompt)} == {"ar"}


def test_a_dial_that_nobody_answered_is_judged_too_so_that_it_is_counted():
    ran = run(BOOK, "care:second", DialEnded(answered=False), facts=CARE, results=["not_taken", "yes"])
    assert [asked.name for asked in ran.actions] == ["judge_care", "can_call_back"]
    assert ran.at == "care:offer"


@pytest.mark.parametrize(("way", "at"), [("yes", "care:offer"), ("no", "care:no_number"), ("store_down", "care:offer")])
def test_a_call_back_is_offered_to_whom_it_can_be_made(way, at):
    assert run(BOOK, "care:nobody", facts=CARE, results=[way]).at == at


@pytest.mark.parametrize("when", WHENS)
@pytest.mark.parametrize(("at", "key"), [("care:hours", "care_opens"), ("care:ask", "call_back_by")])
def test_every_day_has_its_words(at, key, when):
    way = "closed" if at == "care:hours" else "asked"
    outcome = ActionResult(way, values={"when": when, "day": "11", "clock": "0800", "ending": "44"})
    ran = run(BOOK, at, facts=CARE, results=[outcome, "yes"])
    said = [verb for verb in ran.turn.verbs if isinstance(verb, Prompt)]
    assert f"{key}.{when}" in [prompt.key for prompt in said]


def test_a_queue_gets_attributes_to_route_by():
    [*_, enqueue] = run(BOOK, "care:to_queue", state=REPORTED, facts=WORKFLOW).turn.verbs
    assert isinstance(enqueue, Enqueue)
    assert (enqueue.queue, urlsplit(enqueue.wait).path) == (
        WORKFLOW["care_workflow_sid"],
        "/voice/care/in_queue",
    )
    assert dict(enqueue.task) == {
        "language": "ar",
        "who": "caller",
        "category": "prize",
        "loss": "yes",
        "reference": "12345671",
    }


def test_without_a_chosen_language_the_queue_gets_both():
    [*_, enqueue] = run(BOOK, "care:to_queue", facts=WORKFLOW).turn.verbs
    assert dict(enqueue.task) == {"language": "ar-en", "who": "caller"}


@pytest.mark.parametrize(
    ("answered", "results", "at"), [(True, ["talked"], "care:over"), (False, ["not_taken", "yes"], "care:offer")]
)
def test_a_queue_leaves_by_whether_an_agent_took_the_call(answered, results, at):
    ran = run(BOOK, "care:queue", DialEnded(answered=answered), facts=WORKFLOW, results=results)
    assert ran.actions[0].name == "judge_care"
    assert ran.at == at


def test_a_waiting_customer_hears_their_place_until_the_limit():
    waits = run(BOOK, "care:in_queue", facts=WORKFLOW, results=[ActionResult("wait", values={"position": 3})])
    assert waits.turn.verbs[-1] == Wait(20)
    assert {prompt.key for prompt in waits.turn.verbs[:-1]} == {"please_hold", "position"}
    assert run(BOOK, "care:in_queue", facts=WORKFLOW, results=["too_long"]).turn.verbs == (turn.LeaveQueue(),)


def test_a_whisper_that_begins_with_a_question_is_refused():
    """Its first request carries no key, and would pass for silence."""
    ask = Menu(
        name="ask",
        prompts=("goodbye",),
        keys=(Key(press="1", goal="care", then="over"),),
        silence="over",
        failure="over",
    )
    whisper = Page("whisper", ask, Bridge(name="over"), title="Whisper")
    ring = Transfer(name="start", to="care_number", answered="bye", unanswered="bye", whisper="whisper")
    with pytest.raises(PageError, match="'whisper' begins with a question"):
        Book(Page("line", ring, BYE, title="Line"), whisper, entries=(Position("line", "start"),))


def test_a_transfer_with_an_unknown_whisper_page_is_refused():
    ring = Transfer(name="start", to="care_number", answered="bye", unanswered="bye", whisper="gone")
    with pytest.raises(PageError, match="no page 'gone' to whisper"):
        Book(Page("line", ring, BYE, title="Line"), entries=(Position("line", "start"),))


def test_a_page_that_plays_in_a_queue_counts_as_reached():
    steps = [
        Queue(name="start", wait="hold", answered="bye", unanswered="leave"),
        QueueWait(name="hold", seconds=5),
        LeaveQueue(name="leave"),
        BYE,
    ]
    assert Book(Page("line", *steps, title="Line"), entries=(Position("line", "start"),))


def test_a_page_that_plays_in_a_queue_may_not_begin_with_a_question():
    ask = Menu(name="ask", prompts=(), keys=(Key(press="1", goal="care", then="bye"),), silence="bye", failure="bye")
    queue = Queue(name="start", wait="ask", answered="bye", unanswered="bye")
    with pytest.raises(PageError, match="fresh start"):
        Book(Page("line", queue, ask, BYE, title="Line"), entries=(Position("line", "start"),))
