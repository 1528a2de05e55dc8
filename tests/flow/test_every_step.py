"""Every step of every page gives a turn that can be spoken, in every language and for every result of its actions."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from infra.carrier import Answer
from infra.carrier.document import read_document
from infra.content_checks.speech import seconds
from ivr.flow.engine import STORE_DOWN, ActionResult
from ivr.flow.pages import BOOK
from ivr.flow.state import State
from ivr.flow.steps import Bridge, Collect, Connect, JoinConference, Menu, Queue, SayFirst, TakeMessage, Transfer
from ivr.flow.url_codec import from_url
from ivr.flow.used_prompts import expand
from ivr.locales.catalog import Prompt
from ivr.settings import Settings
from ivr.telephony import routes
from ivr.telephony.inputs import DialEnded, Entered, Pressed, Recorded, Silence
from ivr.telephony.turn import Ask, Confer, Dial, Enqueue, HangUp, LeaveQueue, Playback, Record, Reject, Wait
from ivr.telephony.twilio import twiml
from tests.conftest import ENVIRONMENT
from tests.flow.conftest import FACTS, UnansweredError, run
from tests.slowly import slow_but

LANGUAGES = [("ar", "en"), ("en", "ar"), ("ar",), ("en",)]
STEPS = [f"{page.name}:{step}" for page in BOOK.pages.values() for step in page.steps]
ADVISED_ON = [key.partition(".")[2] for key in expand("advice_for.{why}")]
ANNOUNCED = [key.partition(".")[2] for key in expand("why.{why}")]
NOBODY = {"care_number": "", "care_fallback_number": "", "report_number": ""}
QUEUED = {"care_workflow_sid": "WW" + "0" * 32}
NEEDS_A_QUEUE = {"care:to_queue", "care:queue"}
IN_A_QUEUE = {"in_queue", "hold", "leave"}
NEEDS_A_NUMBER = {
    "care:brief",
    "care:connecting",
    "care:first",
    "care:second",
    "screened:dispute_at",
}  # a decision stands before these
MOST_EFFECTS = 4  # of one webhook
MOST_SECONDS_A_TURN = 90  # a language; a person who hears more than that without a question hangs up


@pytest.fixture(scope="module")
def writer():
    return twiml.Writer(Settings.from_environment(ENVIRONMENT))


def step_at(at):
    page, _, name = at.partition(":")
    return BOOK.pages[page].steps[name]


def inputs(step):
    """All that a person or the network may do where the step waits."""
    yield Entered()
    match step:
        case Menu():
            yield Silence()
            yield from (Pressed(digits) for digits in ("999", *"0123456789*#"))
        case Collect():
            yield Silence()
            yield from (Pressed(digits) for digits in ("91234567", "12345678901234"))
        case SayFirst():
            yield from (Silence(), Pressed("9"))
        case TakeMessage():
            yield from (Recorded(), Silence())
        case Connect() | Transfer() | JoinConference() | Queue():
            yield from (DialEnded(answered=answered) for answered in (True, False))
        case _:
            yield Silence()


def turns(at, input_, state, facts):
    """Every course that one webhook can take, over all outcomes of the actions that it asks for."""
    ahead = [[]]
    while ahead:
        results = ahead.pop()
        try:
            yield run(BOOK, at, input_, state=state, facts=facts, results=results)
        except UnansweredError as unanswered:
            assert len(results) < MOST_EFFECTS, f"{at}: actions without end"
            ahead += [[*results, ActionResult(result)] for result in (*unanswered.step.exits, STORE_DOWN)]


def vars_of(state):
    return state._asdict()


def states(at, rich_state):
    """The states in which a step may be entered, as far as it could matter to what is said."""
    if at.startswith("whisper:"):
        for why in ADVISED_ON if at == "whisper:offer" else ANNOUNCED:
            for quiet in (False, True) if why in ADVISED_ON else (True,):
                yield {**vars_of(rich_state), "why": why, "quiet": quiet, "leg": "customer"}
    elif at.startswith("agent:"):
        for changes in (
            {"coming": "caller"},
            {"coming": "customer", "speaks": "ar", "category": "prize", "loss": "yes"},
        ):
            yield {**vars_of(rich_state), "leg": "agent", **changes}
    else:
        for changes in (
            {},
            {"verdict": "flagged"},
            {"leg": "customer"},
            {"loss": "yes"},
            {"attempt": 2},
            {"attempt": 3},
        ):
            yield {**vars_of(rich_state), **changes}


@pytest.mark.parametrize("at", STEPS)
def test_what_a_step_says_is_looked_for_in_every_catalog(at):
    step = step_at(at)
    assert {*getattr(step, "prompts", ())} <= {*step.kind.says}


@pytest.mark.no_cover
@pytest.mark.parametrize("languages", slow_but([("ar", "en")], LANGUAGES), ids="-".join)
@pytest.mark.parametrize("at", STEPS)
def test_every_turn_can_be_spoken(at, languages, rich_state, writer):
    judged = set()  # many inputs and states lead to the same turn
    for values in states(at, rich_state):
        for facts in facts_at(at):
            for input_ in inputs(step_at(at)):
                for ran in turns(at, input_, State(**{**values, "languages": languages}), facts):
                    turn = (ran.run.position, ran.state.leg, repr(ran.turn))
                    if turn not in judged:
                        judged.add(turn)
                        assert_can_be_held(ran, writer)


def facts_at(at):
    """What a deployment may have that matters to a step."""
    if at in NEEDS_A_QUEUE:
        return (QUEUED,)
    return ({}, *(() if at in NEEDS_A_NUMBER else (NOBODY,)), *((QUEUED,) if at == "care:start" else ()))


def assert_can_be_held(ran, writer):
    step = ran.run.book.step(ran.run.position)
    document = writer.write(ran.turn)
    page = ran.run.position.page
    rooms = {
        "whisper": page == "agent" or (ran.state.leg == "customer" and page in {"whisper", "report"}),
        "wait": page == "wait",
        "queue": page == "care" and step.name in IN_A_QUEUE,
    }
    assert read_document(Answer(200, twiml.CONTENT_TYPE, document), **rooms).warnings == ()
    assert "{" not in document.partition("<Task>")[0]  # whose attributes are JSON
    assert ran.turn.verbs, "what Twilio does with an empty document in a whisper is not confirmed"
    *before, last = ran.turn.verbs
    ends = (Ask, Dial, Confer, Wait, Enqueue, LeaveQueue, Record, HangUp, Reject)
    assert isinstance(last, ends) or isinstance(step, Bridge)
    assert all(isinstance(verb, Prompt) for verb in before)
    if isinstance(last, Reject):
        assert not before  # twilio.com/docs/voice/twiml/reject: else it answers the call and bills it
    spoken = [*before, *(last.prompts if isinstance(last, Ask) else ())]
    of_their_own = {"key.this_language"}  # each said in the language that it is for
    others = [one for one in spoken if not isinstance(one, Playback) and one.key not in of_their_own]
    assert {one.language for one in others} <= set(ran.state.languages)
    for url in urls(last):
        assert_tells_nobody(url)


def urls(verb):
    names = ("action", "whisper", "wait", "then", "status", "silence")
    yield from (url for name in names if (url := getattr(verb, name, "")))


def assert_tells_nobody(url):
    """A URL is one of ours, and holds no number: at most the last three digits, and a report's reference."""
    parts = urlsplit(url)
    if url == routes.STATUS:
        return
    assert from_url(parts.path, parts.query, BOOK)
    known = {
        str(value).lstrip("+") for name, value in FACTS.items() if name.endswith(("number", "ring_to", "caller_id"))
    }
    assert not any(number in url for number in known)
    for name, (value,) in parse_qs(parts.query).items():
        longest = max((len(run_) for run_ in re.findall(r"\d+", value)), default=0)
        assert longest <= {"reference": 8, "digits": 3}.get(name, 1)


@pytest.mark.parametrize("language", ["ar", "en"])
@pytest.mark.parametrize("at", STEPS)
def test_no_turn_speaks_too_long(at, language, rich_state, writer):
    state = State(**{**vars_of(rich_state), "languages": (language,)})
    for ran in turns(at, Entered(), state, facts_at(at)[0]):
        said = " ".join(re.findall(r"<Say[^>]*>([^<]*)</Say>", writer.write(ran.turn)))
        assert seconds(said, language) <= MOST_SECONDS_A_TURN
