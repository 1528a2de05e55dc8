"""The engine alone: (call, state, input) -> turn."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.calls.verdict import Reason, VerdictKind
from ivr.flow.engine import STORE_DOWN, ActionResult
from ivr.flow.page import Book, Page, Position
from ivr.flow.pages import BOOK
from ivr.flow.prompt_rendering import announced_digit
from ivr.flow.state import State, StateError
from ivr.flow.steps import (
    ANNOUNCED,
    EACH_LANGUAGE,
    Action,
    Bridge,
    Collect,
    Connect,
    Goodbye,
    Key,
    Menu,
    Only,
    Reject,
    Say,
    SayFirst,
    Transfer,
)
from ivr.flow.url_codec import AddressError, from_query, from_url, is_agents, to_query, to_url
from ivr.locales.catalog import Prompt
from ivr.telephony import turn
from ivr.telephony.inputs import DialEnded, Pressed, Recorded, Silence
from ivr.telephony.turn import Dial, HangUp
from tests.flow.conftest import FACTS, keys, run

BYE = Goodbye(name="bye", prompts=("goodbye",))


def book(*steps, others=()):
    return Book(Page("line", *steps, BYE, title="Line"), *others, entries=(Position("line", steps[0].name),))


MENU = Menu(
    name="menu",
    prompts=("welcome",),
    keys=(
        Key(press=EACH_LANGUAGE, goal="this_language", then="chosen"),
        Key(press="0", goal="care", then="chosen", when="care_known"),
    ),
    silence="silent",
    failure="lost",
)
ENDS = [Goodbye(name=name, prompts=(f"{name}_prompt",)) for name in ("chosen", "silent", "lost")]


@pytest.fixture
def menus():
    page = Page("line", MENU, *ENDS, title="Line")
    return Book(page, entries=(Position("line", "menu"),))


def test_a_menu_says_its_prompt_and_its_keys_in_each_language_and_waits(menus):
    (ask,) = run(menus, "line:menu").turn.verbs
    assert [(p.key, p.language, p.press) for p in ask.prompts] == [
        ("welcome", "ar", ""),
        ("key.this_language", "ar", "1"),
        ("key.care", "ar", "0"),
        ("welcome", "en", ""),
        ("key.this_language", "en", "2"),
        ("key.care", "en", "0"),
    ]
    assert (ask.action, ask.timeout, ask.most_digits) == ("/voice/line/menu", 6, 1)


def test_advice_follows_the_keys_in_the_first_round_alone():
    waits = MENU._replace(after=("advice", Only("digits_known", "number_ends")))
    menus = Book(Page("line", waits, *ENDS, title="Line"), entries=(Position("line", "menu"),))
    (first,) = run(menus, "line:menu").turn.verbs
    assert [(p.key, p.language) for p in first.prompts][:4] == [
        ("welcome", "ar"),
        ("key.this_language", "ar"),
        ("key.care", "ar"),
        ("advice", "ar"),
    ]
    (second,) = run(menus, "line:menu", Silence()).turn.verbs
    assert {p.key for p in second.prompts} == {"welcome", "key.this_language", "key.care"}


@pytest.mark.parametrize("came", [Silence(), Pressed("9")], ids=["silence", "a key"])
def test_what_is_said_first_is_heard_to_the_end_and_then_the_call_goes_on(came):
    first = book(SayFirst(name="first", prompts=("recorded",), then="bye"))
    *said, asks = run(first, "line:first").turn.verbs
    assert [prompt.key for prompt in said] == ["recorded", "recorded"]  # in both languages
    assert asks == turn.Ask((), "/voice/line/first", timeout=1)
    assert isinstance(run(first, "line:first", came).turn.verbs[-1], HangUp)


def test_a_key_leads_on_and_sets_what_the_rest_of_the_call_knows(menus):
    ran = run(menus, "line:menu", Pressed("2"))
    assert ran.at == "line:chosen"
    assert ran.state.languages == ("en",)
    said, hung_up = ran.turn.verbs
    assert (said.key, said.language, hung_up) == ("chosen_prompt", "en", HangUp())


def test_one_press_that_arrives_as_many_counts_once(menus):
    assert run(menus, "line:menu", Pressed("000")).at == "line:chosen"


@pytest.mark.parametrize("pressed", ["7", "*", "#", "710", "۱", "a"])
def test_a_wrong_key_asks_again_in_the_next_wording(menus, pressed):
    ran = run(menus, "line:menu", keys(pressed))
    (ask,) = ran.turn.verbs
    assert ran.at == "line:menu"
    assert {prompt.wording for prompt in ask.prompts} == {1}
    assert ask.action == "/voice/line/menu?attempt=2"


@pytest.mark.parametrize(("pressed", "leaves_by"), [("", "line:silent"), ("7", "line:lost")])
def test_after_three_tries_the_menu_is_left(menus, pressed, leaves_by):
    state = State()
    for _ in range(2):
        ran = run(menus, "line:menu", keys(pressed), state=state)
        (ask,) = ran.turn.verbs
        state = from_query(urlsplit(ask.action).query)
    assert state.attempt == 3
    left = run(menus, "line:menu", keys(pressed), state=state)
    assert left.at == leaves_by
    assert left.state.attempt == 1
    assert {p.wording for p in left.turn.verbs if isinstance(p, Prompt)} == {0}


def test_a_key_whose_condition_does_not_hold_is_neither_offered_nor_taken(menus):
    nobody = {"care_number": ""}
    (ask,) = run(menus, "line:menu", facts=nobody).turn.verbs
    assert not any(prompt.key == "key.care" for prompt in ask.prompts)
    assert run(menus, "line:menu", Pressed("0"), facts=nobody).at == "line:menu"


def test_a_prompt_is_said_only_when_its_condition_holds():
    said = book(Say(name="start", prompts=("why", Only("digits_known", "number_ends")), then="bye"))
    with_digits = run(said, "line:start", state=State(languages=("en",), digits="567"))
    without = run(said, "line:start", state=State(languages=("en",)))
    assert [v.key for v in with_digits.turn.verbs[:-1]] == ["why", "number_ends", "goodbye"]
    assert [v.key for v in without.turn.verbs[:-1]] == ["why", "goodbye"]


def test_the_verdicts_reason_completes_a_prompts_name():
    said = book(Say(name="start", prompts=("why.{why}",), then="bye"))
    ran = run(said, "line:start", state=State(languages=("en",), why="spoofed"))
    assert ran.turn.verbs[0].key == "why.spoofed"


CHECK = Menu(
    name="check",
    prompts=("notice",),
    keys=(Key(press=ANNOUNCED, goal="reach_person", then="through"),),
    tries=2,
    silence="bye",
    failure="bye",
)


def test_the_announced_digit_is_announced_taken_and_new_on_the_next_try():
    checked = book(CHECK, Goodbye(name="through"))
    (ask,) = run(checked, "line:check").turn.verbs
    first, second = (announced_digit(FACTS["call_sid"], attempt) for attempt in (1, 2))
    assert {prompt.press for prompt in ask.prompts if prompt.press} == {first}
    assert run(checked, "line:check", Pressed(first)).at == "line:through"
    again = run(checked, "line:check", Pressed(second))
    assert {prompt.press for prompt in again.turn.verbs[0].prompts if prompt.press} == {second}
    assert run(checked, "line:check", Pressed(first), state=State(attempt=2)).at == "line:bye"
    assert run(checked, "line:check", Pressed(second), state=State(attempt=2)).at == "line:through"


@given(st.text(alphabet="CAabcdef0123456789", min_size=1, max_size=34))
def test_the_announced_digit_is_3_to_8_stable_and_never_that_of_the_try_before(call_sid):
    digits = [announced_digit(call_sid, attempt) for attempt in (1, 2, 3)]
    assert set(digits) <= set("345678")
    assert digits == [announced_digit(call_sid, attempt) for attempt in (1, 2, 3)]
    assert digits[0] != digits[1] != digits[2]


def test_every_digit_is_announced_to_somebody():
    assert {announced_digit(f"CA{nth:032x}", 1) for nth in range(200)} == set("345678")


COLLECT = Collect(
    name="type",
    prompts=("type_number",),
    invalid="number_invalid",
    valid="phone_number",
    then="keep",
    silence="silent",
    failure="lost",
)
KEEP = Action(name="keep", action="keep_number", exits={"kept": "chosen"}, store_down="lost")


@pytest.fixture
def typing():
    return Book(Page("line", COLLECT, KEEP, *ENDS, title="Line"), entries=(Position("line", "type"),))


def test_typed_digits_reach_the_action_and_no_url(typing):
    ran = run(typing, "line:type", Pressed("91234567"), results=["kept"])
    (action,) = ran.actions
    assert (action.name, action.typed, ran.at) == ("keep_number", "91234567", "line:chosen")
    (ask,) = run(typing, "line:type").turn.verbs
    assert (ask.action, ask.most_digits, ask.timeout) == ("/voice/line/type", 20, 10)


def test_invalid_digits_are_asked_for_again(typing):
    *said, ask = run(typing, "line:type", Pressed("12345678901234"), state=State(languages=("en",))).turn.verbs
    assert [prompt.key for prompt in said] == ["number_invalid"]
    assert ask.action == "/voice/line/type?languages=en&attempt=2"


@pytest.mark.parametrize(("pressed", "leaves_by"), [("", "line:silent"), ("12345678901234", "line:lost")])
def test_after_three_tries_typing_is_left(typing, pressed, leaves_by):
    ran = run(typing, "line:type", keys(pressed), state=State(attempt=3))
    assert ran.at == leaves_by
    assert not any(getattr(verb, "key", "") == "number_invalid" for verb in ran.turn.verbs)


def test_an_action_leaves_by_its_way_and_its_values_are_known(typing):
    outcome = ActionResult("kept", sets={"draft": "typed-1"}, values={"number": "+96891234567"})
    ran = run(typing, "line:type", Pressed("91234567"), results=[outcome])
    assert ran.state.draft == "typed-1"
    assert ("number", "+96891234567") in ran.turn.verbs[0].values


def test_an_action_without_a_store_leaves_by_the_pages_store_down_exit(typing):
    assert run(typing, "line:type", Pressed("91234567"), results=[STORE_DOWN]).at == "line:lost"


def test_connecting_rings_the_customer_with_a_whisper_in_the_lines_own_languages():
    whisper = Page("whisper", Bridge(name="joined"), title="Whisper")
    calls = book(Connect(name="ring", whisper="whisper", then="bye"), others=(whisper,))
    heard_arabic = State(languages=("ar",), attempt=2, verdict="flagged")
    (dial,) = run(calls, "line:ring", state=heard_arabic, facts={"line_languages": ("en", "ar")}).turn.verbs
    assert (dial.number, dial.caller_id, dial.ring_seconds) == ("+12025550111", "+12025550100", 25)
    assert dial.action == "/voice/line/ring?languages=ar&attempt=2&verdict=flagged"
    position, state = from_url(*dial.whisper.split("?"), calls)
    assert position == Position("whisper", "joined")
    assert state == State(languages=("en", "ar"), verdict="flagged", leg="customer")
    assert run(calls, "line:ring", DialEnded(answered=False)).at == "line:bye"


@pytest.mark.parametrize(("answered", "leads_to"), [(True, "line:chosen"), (False, "line:lost")])
def test_a_transfer_leaves_by_whether_anybody_answered(answered, leads_to):
    transfer = Transfer(name="care", to="care_number", answered="chosen", unanswered="lost")
    calls = Book(Page("line", transfer, ENDS[0], ENDS[2], title="Line"), entries=(Position("line", "care"),))
    (dial,) = run(calls, "line:care").turn.verbs
    assert dial == Dial("+12025550150", "+12025550100", 25, "/voice/line/care")
    assert run(calls, "line:care", DialEnded(answered=answered)).at == leads_to


def test_a_call_that_is_refused_hears_nothing():
    refused = Book(Page("line", Reject(name="no", reason="busy"), title="Line"), entries=(Position("line", "no"),))
    assert run(refused, "line:no").turn.verbs == (turn.Reject("busy"),)


def test_an_endless_loop_of_steps_raises_an_error():
    circle = Page("line", Say(name="a", prompts=(), then="b"), Say(name="b", prompts=(), then="a"), title="Line")
    with pytest.raises(RuntimeError, match="goes round in circles"):
        run(Book(circle, entries=(Position("line", "a"),)), "line:a")


# The state, in the URL.

WORDS = st.from_regex(re.compile(r"[a-z0-9_-]{1,32}", re.ASCII), fullmatch=True) | st.just("")
STATES = st.builds(
    State,
    languages=st.sampled_from([("ar", "en"), ("en", "ar"), ("ar",), ("en",)]),
    attempt=st.integers(1, 3),
    verdict=st.sampled_from(["", *VerdictKind]),
    why=st.sampled_from(["", *Reason]),
    quiet=st.booleans(),
    leg=st.sampled_from(["", "customer", "talk", "rung_back", "agent"]),
    guarded=st.booleans(),
    looked=st.integers(0, 3),
    waited=st.integers(0, 2),
    bridged=st.booleans(),
    loss=st.sampled_from(["", "yes", "no"]),
    reports=st.integers(0, 200) | st.just("many"),
    recorded=st.sampled_from(["", "no", "queued"]),
    messages=st.integers(0, 999),
    coming=st.sampled_from(["", "customer", "caller"]),
    **dict.fromkeys(("digits", "category", "reference", "about", "report", "asked", "call", "draft"), WORDS),
    **dict.fromkeys(("message", "listing", "speaks"), WORDS),
)


def test_a_state_is_written_as_the_previous_release_wrote_it():
    """A call in progress during a deployment goes on, in either direction."""
    query = (
        "languages=ar-en&attempt=2&verdict=flagged&why=reported&digits=567&quiet=yes&leg=talk&guarded=yes&looked=3"
        "&waited=1&bridged=yes&loss=no&reports=many&recorded=queued&messages=2&coming=customer"
    )
    state = from_query(query)
    assert (state.attempt, state.quiet, state.looked, state.reports, state.messages) == (2, True, 3, "many", 2)
    assert (state.verdict, state.why) == (VerdictKind.FLAGGED, Reason.REPORTED)
    assert to_query(state) == query
    assert from_query("reports=25").reports == 25


@given(STATES)
def test_a_state_is_read_from_its_url(state):
    assert from_query(to_query(state)) == state
    position = Position("screened", "unknown")
    url = urlsplit(to_url(position, state))
    assert from_url(url.path, url.query, BOOK) == (position, state)


@pytest.mark.parametrize(
    "query",
    [
        "attempt=0",
        "attempt=4",
        "attempt=",
        "attempt=%D9%A1",  # an Arabic 1
        "attempt=1.0",
        "languages=french",
        "languages=fr1",
        "languages=ar-ar",
        "languages=ar-en-ar",
        "languages=",
        "languages=ar_en",
        "verdict=",
        "verdict=Unknown",
        "verdict=suspicious",
        "why=rude",
        "quiet=no",
        "guarded=1",
        "bridged=true",
        "looked=once",
        "loss=perhaps",
        "reports=few",
        "recorded=yes",
        "messages=-1",
        "leg=caller",
        "coming=nobody",
        "why=a%20b",
        "why=%00",
        "why=x%0A",
        "category=prize%0A",
        "why={digits}",
        f"why={'x' * 33}",
        "digits=%2B96891234567",
        "number=1",
        "garbage",
        "=x",
        "%FF=x",
        "why=%FF",
    ],
)
def test_an_unknown_query_is_refused(query):
    with pytest.raises(StateError):
        from_query(query)


@given(st.text(max_size=80))
def test_any_query_gives_a_state_or_is_refused(query):
    try:
        state = from_query(query)
    except StateError:
        return
    assert from_query(to_query(state)) == state


@pytest.mark.parametrize(
    "path", ["/", "/voice/", "/voice/screened", "/voice/screened/gone", "/x/screened/unknown", "screened/unknown"]
)
def test_a_path_at_which_no_step_lives_is_refused(path):
    with pytest.raises(AddressError, match=re.escape(repr(path))):
        from_url(path, "", BOOK)


def test_a_state_takes_no_value_that_it_does_not_know():
    with pytest.raises((TypeError, ValueError), match="number"):
        State().changed(number="+96891234567")


# An input that the step does not wait for.


@pytest.mark.parametrize("came", [DialEnded(answered=True), Recorded()], ids=["a Dial's end", "a recording"])
def test_a_menu_refuses_another_input_and_asks_again(menus, came):
    ran = run(menus, "line:menu", came, state=State(attempt=2))
    (ask,) = ran.turn.verbs
    assert (ran.at, ran.state.attempt, ask.action) == ("line:menu", 2, "/voice/line/menu?attempt=2")
    assert ran.run.refused == came
    assert ran.run.heard is None


def test_a_step_that_waits_for_nothing_refuses_a_key():
    said = book(Say(name="start", prompts=("why",), then="bye"))
    ran = run(said, "line:start", Pressed("1"))
    assert (ran.at, ran.run.refused) == ("line:bye", Pressed("1"))


def test_the_input_that_a_step_waits_for_is_accepted(menus):
    assert run(menus, "line:menu", Pressed("7")).run.refused is None
    assert run(menus, "line:menu", Silence()).run.refused is None
    assert run(menus, "line:menu").run.refused is None


@pytest.mark.parametrize(
    ("query", "agents"),
    [
        ("leg=agent", True),  # as the release before wrote it, too
        (to_query(State(languages=("en",), leg="agent", coming="caller")), True),
        (to_query(State(leg="customer", why="unknown")), False),
        ("xleg=agent", False),
        ("leg=agents", False),
        ("not one of ours&&=", False),
        ("", False),
    ],
)
def test_an_agents_leg_is_known_by_its_query(query, agents):
    assert is_agents(query) is agents
