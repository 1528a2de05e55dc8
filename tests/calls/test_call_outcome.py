"""One log line gives a screened call's outcome, Dial, keys by step, seconds and release."""

from __future__ import annotations

import pytest

from infra.carrier import ANNOUNCED, HANG_UP, HANG_UP_RINGING, PRESS_IN_TALK, SILENCE, SPEAK, Phone
from infra.local import demo
from ivr.calls.outcome import CallOutcome
from ivr.screening.caller_list import ListEntry
from ivr.screening.line import Line
from tests.conftest import NOW
from tests.slowly import slow_after

STRANGER = "+96891234567"


@pytest.fixture
def ended(caplog):
    """The closing lines since the last time."""

    def ended():
        lines = [line.line for line in caplog.records if line.message == "call_ended"]
        caplog.clear()
        return lines

    return ended


@pytest.fixture
def environment(environment):
    return {**environment, "RELEASE": "r-1"}


@pytest.fixture
def network(request):
    """What a test asks of its carrier, by indirect parameters."""
    return getattr(request, "param", {})


@pytest.mark.parametrize(
    ("caller", "customer", "phones", "outcome", "status", "keys"),
    [
        ([ANNOUNCED], ["1"], {}, "accepted", None, {"whisper.offer": "1"}),
        ([ANNOUNCED], ["2"], {}, "accepted", None, {"whisper.offer": "2"}),
        ([ANNOUNCED], ["3"], {}, "declined", "completed", {"whisper.offer": "3"}),
        (
            [ANNOUNCED],
            ["9", "1", "2"],
            {},
            "reported",
            None,
            {"whisper.offer": "9", "report.what": "1", "report.lost": "2"},
        ),
        ([ANNOUNCED], [], {}, "no_key", "completed", {}),
        ([ANNOUNCED], [], {"callers_phone": {"hangs_up_after": 40}}, "gave_up", "completed", {}),
        ([ANNOUNCED], [], {"customers_phone": {"answers": "no-answer"}}, "not_answered", "no-answer", {}),
        ([ANNOUNCED], [], {"customers_phone": {"answers": "busy"}}, "not_answered", "busy", {}),
        ([ANNOUNCED], [], {"customers_phone": {"answers": "failed"}}, "dial_failed", "failed", {}),
        (["1", "1"], [], {}, "failed_check", "none", {}),
        ([SILENCE, SILENCE], [], {}, "failed_check", "none", {}),
        ([HANG_UP], [], {}, "hung_up", "none", {}),
        ([ANNOUNCED, SPEAK(7)], ["3"], {}, "declined", "completed", {"whisper.offer": "3"}),
    ],
)
def test_one_log_line_gives_the_outcome_of_a_call(ring, ended, caller, customer, phones, outcome, status, keys):
    call = ring(caller=caller, customer=customer, **phones)
    [line] = ended()
    assert (line["outcome"], line["keys"], line["release"]) == (outcome, keys, "r-1")
    assert line["call_sid"] == call.sid
    assert status in {None, line["status"]}
    assert (line["verdict"], line["reason"]) == ("unknown", "unknown")
    assert line["seconds"] > 0
    assert STRANGER.removeprefix("+") not in str(line)


@pytest.mark.parametrize("network", [{"abandoned_status": one} for one in ("canceled", "no-answer")], indirect=True)
@pytest.mark.parametrize("caller", [demo.TRUSTED, STRANGER])
def test_a_caller_who_hangs_up_while_it_rings_gave_up(network, ring, ended, caller):
    """Twilio's pages differ in the status that the Dial has then; the caller's leg, which has ended, tells."""
    ring(caller, caller=[HANG_UP_RINGING(4)] if caller == demo.TRUSTED else [ANNOUNCED, HANG_UP_RINGING(4)])
    [line] = ended()
    assert (line["outcome"], line["status"]) == ("gave_up", network["abandoned_status"])


def test_a_blocked_call_and_a_loop_have_outcomes_of_their_own(ring, store, ended):
    ring(demo.BLOCKED)
    ring(STRANGER, parameters={"ForwardedFrom": demo.CUSTOMER})
    assert [line["outcome"] for line in ended()] == ["blocked", "loop"]


def test_a_strict_lines_refusal_has_an_outcome_of_its_own(ring, store, ended):
    store.put(Line(number=demo.PROTECTED_LINE, kind="protected", ring_to=demo.CUSTOMER, mode="strict"))
    ring("anonymous")
    ring(demo.FLAGGED)
    assert [line["outcome"] for line in ended()] == ["refused", "refused"]


def test_a_call_without_a_whisper_counts_as_accepted(ring, store, ended):
    store.put(Line(number=demo.PROTECTED_LINE, kind="protected", ring_to=demo.CUSTOMER, mode="off"))
    ring()
    [line] = ended()
    assert (line["outcome"], line["keys"]) == ("accepted", {})


def test_the_star_of_a_talk_is_logged_as_a_key(ring, ended):
    ring(caller=[ANNOUNCED], customer=["1", PRESS_IN_TALK("*", after=12)])
    [line] = ended()
    assert (line["outcome"], line["keys"]) == ("reported", {"whisper.offer": "1", "talk.room": "star"})


def test_each_key_is_logged_with_its_step_and_without_typed_numbers(ring, caplog):
    ring(caller=["1", ANNOUNCED], customer=["9", "1", "2"])
    ring("+96891234589", demo.REPORT_LINE, caller=["2", "2", "91234511#", "1"])
    told = [
        (line.line["leg"], line.line["step"], line.line["key"])
        for line in caplog.records
        if line.message == "key_pressed"
    ]
    assert told[:5] == [
        ("caller", "screened.unknown", "wrong"),
        ("caller", "screened.unknown", "check"),
        ("customer", "whisper.offer", "9"),
        ("customer", "report.what", "1"),
        ("customer", "report.lost", "2"),
    ]
    assert ("caller", "report_line.type_number", "typed") in told
    assert "91234511" not in str([line.line for line in caplog.records if hasattr(line, "line")])


def test_each_key_is_logged_with_the_leg_that_pressed_it(ring, rung_back_leg, caplog):
    ring(caller=[ANNOUNCED], customer=["0"], care="1")
    rung_back_leg("1")
    pressed = [line.line for line in caplog.records if line.message == "key_pressed"]
    assert {(line["leg"], line["step"].partition(".")[0]) for line in pressed} == {
        ("caller", "screened"),
        ("customer", "whisper"),
        ("agent", "agent"),
        ("ring_back", "ring_back"),
    }


def test_a_second_caller_has_the_outcome_engaged(carrier, pickups, ended):
    pickups[demo.CUSTOMER] = Phone(keys=["1"], name="customer")
    carrier.place(from_=STRANGER, to=demo.PROTECTED_LINE, phone=Phone(keys=[ANNOUNCED]))
    carrier.wait(20)
    carrier.place(from_="+96891234589", to=demo.PROTECTED_LINE, phone=Phone(keys=[ANNOUNCED]))
    carrier.run()
    assert sorted(line["outcome"] for line in ended()) == ["accepted", "engaged"]


def test_a_report_line_call_has_no_outcome_and_leaves_no_number(ring, ended, dynamodb, store):
    ring(STRANGER, demo.REPORT_LINE, caller=["2", SILENCE, SILENCE])
    assert ended() == []
    assert not [item for item in dynamodb.scan(TableName=store.table.name)["Items"] if STRANGER in str(item)]


@pytest.mark.parametrize(
    "network",
    slow_after(2, [{"disorder_seed": seed, "deliveries": 2} for seed in range(8)]),
    indirect=True,
    ids=str,
)
def test_late_and_repeated_callbacks_in_any_order_give_one_outcome(ring, network, ended):
    ring(caller=[ANNOUNCED], customer=["9", "1", "2"])
    ring("+96891234589", caller=["1", "1"])
    assert sorted(line["outcome"] for line in ended()) == ["failed_check", "reported"]


def test_the_outcome_is_logged_while_the_table_is_down(ring, outage, caplog, ended):
    outage.touching, outage.down = "CALL#", True
    ring(caller=[ANNOUNCED], customer=["3"])
    assert "store_read_failed" in [line.message for line in caplog.records]
    assert ended() == []


def test_the_outcome_adds_no_request_to_the_callers_path(ring, outage):
    ring(caller=[ANNOUNCED], customer=["1"])
    asked = list(outage.asked)
    assert asked.count("BatchGetItem") == 1  # and the status callback gives no second verdict


def test_the_outcome_is_stored_for_the_list_of_calls(ring, dynamodb, store):
    call = ring(caller=["1", "1"])
    [item] = [item for item in dynamodb.scan(TableName=store.table.name)["Items"] if item["sk"]["S"] == "ENDING"]
    ending = CallOutcome.from_item(store.table.plain(item))
    assert (ending.call_sid, ending.outcome, ending.caller) == (call.sid, "failed_check", STRANGER)
    assert ending.closed_at > NOW
    assert item["call_day"]["S"].startswith("2026-11-18#")


def test_a_customers_own_block_has_the_outcome_blocked(ring, store, ended):
    store.put(ListEntry(line=demo.PROTECTED_LINE, caller=STRANGER, word="block"))
    ring()
    assert [line["outcome"] for line in ended()] == ["blocked"]
