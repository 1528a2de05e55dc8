"""`ivr call`: scripted and at the prompt, against a running stack and against one of its own."""

import re

import pytest

from infra.cli import call as command
from infra.local import demo
from ivr.screening.line import Line

HOME = "+96891234567"


@pytest.mark.slow
def test_a_scripted_call_prints_both_legs_in_both_languages_and_what_it_stored(ivr, stack):
    told = ivr("call", "--from", HOME, "--to", demo.PROTECTED_LINE, "--keys", "check, 9 1 2")
    assert told.status == 0
    assert not told.err
    for words in (" caller  ", "    customer  ", "  AR  ", "  EN  ", "[pressed 9]"):
        assert words in told.out
    assert re.search(r"\nStored: report \d{8} of \+96891234567, verified: a prize; nothing lost\n$", told.out)


def test_a_call_as_json_has_the_transcript_the_report_and_the_keys_left_over(ivr, stack):
    told = ivr("call", "--from", "anonymous", "--to", demo.PROTECTED_LINE, "--keys", "check 9 1 2 7 hangup", "--json")
    assert told.json["status"] == "completed"
    assert told.json["billed"]
    assert {entry["leg"] for entry in told.json["transcript"]} == {"caller", "customer"}
    assert [report["caller"] for report in told.json["reports"]] == [""]
    assert told.json["keys_left"] == ["7", "hangup"]
    assert told.err == "Keys that nothing asked for: 7 hangup\n"


@pytest.mark.parametrize("keys", [[], ["--keys", ""], ["--keys", "- silence"]])
def test_without_keys_and_without_a_terminal_every_wait_is_silence(ivr, stack, keys):
    told = ivr("call", "--from", HOME, "--to", demo.PROTECTED_LINE, *keys)
    assert told.status == 0
    assert told.out.count("[silent") >= 2
    assert "customer" not in told.out.partition("Verdict:")[0]


def test_keys_may_be_pressed_into_a_prompt_and_a_caller_may_hang_up(ivr, stack):
    told = ivr("call", "--from", HOME, "--to", demo.REPORT_LINE, "--keys", "!2 hangup")
    assert "[pressed 2]" in told.out
    assert "[hung up]" in told.out


@pytest.mark.parametrize("what", ["no-answer", "busy", "voicemail", "declines"])
def test_a_customer_can_leave_the_call_unanswered(ivr, stack, what):
    told = ivr("call", "--from", demo.TRUSTED, "--to", demo.PROTECTED_LINE, "--keys", "", "--customer", what)
    assert told.status == 0
    assert "customer" in told.out


@pytest.mark.slow
def test_the_customers_telephone_may_screen_calls_by_itself_and_its_owner_join_late(ivr, stack):
    screening = ["call", "--from", HOME, "--to", demo.PROTECTED_LINE, "--keys", "check 1", "--customer"]
    joined = ivr(*screening, "screening@9")
    assert "[answered by itself, to screen the call]" in joined.out
    assert "[joins the call, 9 s after it was answered]" in joined.out
    assert re.search(r"\[heard .*\[pressed 1\].*\[bridged in", joined.out, re.DOTALL)
    alone = ivr(*screening, "screening")
    assert "bridged" not in alone.out
    assert "    customer  [pressed" not in alone.out


def test_an_unknown_way_to_pick_up_is_refused_with_the_known_ones(ivr, stack):
    told = ivr("call", "--from", HOME, "--to", demo.PROTECTED_LINE, "--customer", "screening@soon")
    assert "'screening@soon' is none of answers, no-answer, busy, voicemail, declines, screening" in told.refusal


def test_care_and_its_second_number_pick_up_as_the_options_say(ivr, stack):
    to_care = ["call", "--from", HOME, "--to", demo.REPORT_LINE, "--keys", "2 0 1"]
    assert "[bridged with care]" in ivr(*to_care).out
    assert "[bridged with second care]" in ivr(*to_care, "--care", "busy").out


def test_the_telephone_that_a_line_rings_is_the_customers(ivr, stack):
    stack.store.put(Line(number="+12025550170", kind="protected", ring_to="+96899999999"))
    told = ivr("call", "--from", HOME, "--to", "+12025550170", "--keys", "check 3").out
    assert "customer  [dialled +96899999999" in told


def test_trust_takes_effect_after_a_talk_of_a_minute(ivr, stack):
    ivr("call", "--from", HOME, "--to", demo.PROTECTED_LINE, "--keys", "check 2", "--talk", "70")
    assert "trusted, rule 4" in ivr("explain", HOME, "--line", demo.PROTECTED_LINE).out


def test_twilios_further_parameters_may_be_given(ivr, stack):
    told = ivr(
        *["call", "--from", "+12025550180", "--to", demo.PROTECTED_LINE, "--keys", "", "--webhooks"],
        *["--param", "StirVerstat=TN-Validation-Failed-C"],
    ).out
    assert "[webhook /voice/incoming: 200]" in told
    assert "signs of fraud" in told


def test_without_a_running_stack_the_call_starts_its_own(ivr, monkeypatch, stack_file):
    monkeypatch.setenv("BRAND_EN", "Palm Bank")
    told = ivr("call", "--from", HOME, "--to", demo.REPORT_LINE, "--keys", "2 hangup")
    assert told.status == 0
    assert told.err.startswith("No stack runs here")
    assert "Palm Bank" in told.out
    assert not stack_file.exists()


def test_a_stack_behind_a_tunnel_is_rung_at_its_own_address_and_signed_for_the_tunnels(ivr, monkeypatch):
    monkeypatch.setenv("PUBLIC_BASE_URL", "https://ivr.example.com")
    told = ivr("call", "--from", HOME, "--to", demo.REPORT_LINE, "--keys", "2 hangup")
    assert told.status == 0
    assert "[pressed 2]" in told.out


def test_a_fault_of_the_service_is_printed_and_exits_with_1(ivr, stack):
    stack.voice.answer = None
    told = ivr("call", "--from", HOME, "--to", demo.PROTECTED_LINE, "--keys", "")
    assert told.status == 1
    assert "Went wrong: 11200" in told.err
    assert "Traceback" not in told.out


def test_a_call_is_printed_after_its_table_ended(ivr, stack):
    stack.database.end()
    told = ivr("call", "--from", HOME, "--to", demo.PROTECTED_LINE, "--keys", "")
    assert told.status == 0
    assert "does not answer" in told.err
    assert "  EN  " in told.out


@pytest.mark.parametrize(
    ("why", "arguments"),
    [
        ("no telephone number", ["--from", "12", "--to", demo.PROTECTED_LINE]),
        ("no telephone number", ["--from", "+1 20255", "--to", demo.PROTECTED_LINE]),
        ("empty", ["--from", "", "--to", demo.PROTECTED_LINE]),
        ("--to is 'anonymous'", ["--from", HOME, "--to", "anonymous"]),
        ("--to is '1500'", ["--from", HOME, "--to", "1500"]),
        ("the key 'x'", ["--from", HOME, "--to", demo.PROTECTED_LINE, "--keys", "check x"]),
        ("the key '!'", ["--from", HOME, "--to", demo.PROTECTED_LINE, "--keys", "!"]),
        ("NAME=VALUE", ["--from", HOME, "--to", demo.PROTECTED_LINE, "--param", "StirVerstat"]),
        ("'asleep'", ["--from", HOME, "--to", demo.PROTECTED_LINE, "--customer", "asleep"]),
        ("--to", ["--from", HOME]),
    ],
)
def test_a_call_that_cannot_be_placed_is_refused_in_one_line(ivr, why, arguments):
    assert why in ivr("call", *arguments).refusal


def test_a_wrong_setting_is_one_line(ivr, monkeypatch):
    monkeypatch.setenv("RING_SECONDS", "soon")
    told = ivr("call", "--from", HOME, "--to", demo.PROTECTED_LINE, "--keys", "")
    assert told.status == 2
    assert told.err.splitlines()[-1].startswith("ivr: RING_SECONDS is 'soon'")


# At the prompt.


@pytest.fixture
def terminal(monkeypatch):
    monkeypatch.setattr(command, "_at_a_terminal", lambda: True)


@pytest.mark.slow
def test_at_a_terminal_it_asks_for_the_keys_of_each_leg(ivr, stack, terminal):
    told = ivr("call", "--from", HOME, "--to", demo.PROTECTED_LINE, typed="check\n\nwhat\n9\n\n1\n2\n").out
    assert "caller presses> " in told
    assert "the key 'what' is none of" in told
    # One empty line answers while it rings, the other the offer of a message, which a reported caller hears too.
    assert told.count("customer presses> ") == 4
    assert told.count("caller presses> ") == 2
    assert "[silent" in told
    assert told.index("To be connected") < told.index("caller presses")
    assert "Stored: report" in told
    assert told.count("[dialled +12025550100]") == 1


def test_the_end_of_the_input_hangs_up(ivr, stack, terminal):
    told = ivr("call", "--from", HOME, "--to", demo.REPORT_LINE, typed="2\n")
    assert told.status == 0
    assert told.out.rstrip().endswith("[hung up]\n\nVerdict: none: the report line answers")


def test_the_dialogue_leaves_stdout_to_the_json(ivr, stack, terminal):
    told = ivr("call", "--from", HOME, "--to", demo.REPORT_LINE, "--json", typed="2\n")
    assert told.json["status"] == "completed"
    assert "caller presses> " in told.err


def test_a_message_is_kept_for_the_recording_while_the_customer_is_asked_for_keys(ivr, stack):
    """The example of `ivr call --list-keys`, with a customer who answers and presses nothing."""
    left = ivr("call", "--from", HOME, "--to", demo.PROTECTED_LINE, "--keys", "check speak@20")
    assert "[recorded 20 s]" in left.out


def test_a_message_left_in_one_call_is_heard_and_deleted_in_another(ivr, stack):
    left = ivr("call", "--from", HOME, "--to", demo.PROTECTED_LINE, "--keys", "check 3 speak@9")
    assert "[recorded 9 s]" in left.out
    heard = ivr("call", "--from", demo.CUSTOMER, "--to", demo.PROTECTED_LINE, "--keys", "2 7 1 1 3 hangup")
    assert "You have one message." in heard.out
    assert "[played /voice/recordings/RE" in heard.out
    assert "The message has been deleted." in heard.out
    assert heard.err == ""
