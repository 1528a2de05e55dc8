"""The keys of `ivr call`: from one script or one a person, at the prompt, in the talk, and at Ctrl-C."""

from __future__ import annotations

import os
import pty
import re
import signal
import sys

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.carrier import ANNOUNCED, HANG_UP_IN_TALK, HANG_UP_RINGING, PRESS_IN_TALK
from infra.cli import call as command
from infra.cli import dialogue
from infra.cli.keys import _WORDS, Keys, key_words, read_in_talk, read_key, read_keys, read_ringing, write_key
from infra.local import demo, reaching
from tests.slowly import slow_after, slow_but

pytestmark = pytest.mark.slow  # a call for each key word; test_call.py stays in the quick run

HOME = "+96891234567"
TO_CUSTOMER = ["call", "--from", HOME, "--to", demo.PROTECTED_LINE]
FROM_TRUSTED = ["call", "--from", demo.TRUSTED, "--to", demo.PROTECTED_LINE]


def at(told, leg, what):
    """Seconds from the start at which a leg did something, as the transcript prints it."""
    minutes, seconds = re.search(rf"^(\d\d):(\d\d)\s+{leg}\s+\[{re.escape(what)}", told.out, re.MULTILINE).groups()
    return int(minutes) * 60 + int(seconds)


class TestScripts:
    def test_star_in_the_talk_ends_it_and_reports(self, ivr, stack):
        told = ivr(*TO_CUSTOMER, "--keys", "check 1 talk:*@12 2 2 2")
        assert at(told, "customer", "pressed *") - at(told, "customer", "bridged") == 12
        assert "Stored: report" in told.out

    @pytest.mark.slow
    def test_the_customer_hangs_up_in_the_talk(self, ivr, stack):
        told = ivr(*TO_CUSTOMER, "--keys", "check 1 talk:hangup@25")
        assert at(told, "customer", "hung up") - at(told, "customer", "bridged") == 25
        assert told.err == ""

    def test_hangup_in_a_bridged_talk_ends_the_customers_leg(self, ivr, stack):
        told = ivr(*FROM_TRUSTED, "--keys", "1 talk:hangup@7")
        assert at(told, "customer", "hung up") - at(told, "caller", "bridged") == 7

    def test_the_caller_hangs_up_in_the_talk_and_the_customer_hears_that_they_have_gone(self, ivr, stack):
        told = ivr(*TO_CUSTOMER, "--caller-keys", "check talk:hangup@8", "--customer-keys", "1 9 1 2")
        assert at(told, "caller", "hung up") - at(told, "caller", "bridged") == 8
        assert "The caller is no longer on the line." in told.out
        assert "Stored: report" in told.out
        assert told.err == ""

    def test_the_caller_gives_up_while_it_rings(self, ivr, stack):
        told = ivr(*TO_CUSTOMER, "--keys", "check ring:hangup@4 1")
        assert at(told, "caller", "hung up") - at(told, "caller", "ringing") == 4
        assert "customer  [answered]" not in told.out
        assert told.err == "Keys that nothing asked for: 1\n"

    @pytest.mark.slow
    def test_the_caller_gives_up_while_the_customer_listens(self, ivr, stack):
        told = ivr(*TO_CUSTOMER, "--caller-keys", "check ring:hangup@20", "--customer-keys", "1")
        assert at(told, "customer", "hung up") == at(told, "caller", "hung up")
        assert "Keys that nothing asked for: customer: 1" in told.err

    @pytest.mark.parametrize(
        ("option", "leg"),
        slow_after(1, [("--caller-keys", "caller"), ("--customer-keys", "customer"), ("--care-keys", "care")]),
    )
    def test_each_leg_hangs_up_whenever_it_is_told_to(self, ivr, stack, option, leg):
        keys = (
            ["--caller-keys", "2 0", option, "hangup@40"]
            if leg == "care"
            else ["--keys", "check 1", option, "hangup@40"]
        )
        called = ["call", "--from", HOME, "--to", demo.REPORT_LINE] if leg == "care" else TO_CUSTOMER
        told = ivr(*called, *keys)
        begins = at(told, leg, "dialled" if leg == "caller" else "answered")
        assert at(told, leg, "hung up") - begins == pytest.approx(40, abs=1)  # printed as whole seconds

    @pytest.mark.slow
    def test_a_talk_lasts_long_enough_for_what_is_done_in_it(self, ivr, stack):
        told = ivr(*TO_CUSTOMER, "--keys", "check 1 talk:*@90 1")
        assert at(told, "customer", "pressed *") - at(told, "customer", "bridged") == 90

    def test_care_takes_the_call_with_keys_of_its_own(self, ivr, stack):
        to_care = ["call", "--from", HOME, "--to", demo.REPORT_LINE, "--caller-keys", "2 0"]
        assert "[bridged with care]" in ivr(*to_care, "--care-keys", "1 talk:hangup@5").out
        second = ivr(*to_care, "--care-keys", "3 1")
        assert "[bridged with second care]" in second.out

    def test_a_leg_without_keys_of_its_own_takes_those_of_all(self, ivr, stack):
        told = ivr(*TO_CUSTOMER, "--keys", "check", "--customer-keys", "9 1 2", "--json").json
        assert [report["category"] for report in told["reports"]] == ["prize"]
        assert told["keys_left"] == []

    @pytest.mark.parametrize(
        ("keys", "why"),
        [
            (["--keys", "check hangup@40"], "does not say who hangs up: give it in --caller-keys"),
            (["--caller-keys", "hangup@4 hangup@5"], "hangs up twice"),
            (["--customer-keys", "talk:"], "the key 'talk:' is none of these"),
            (["--care-keys", "ring:*"], "the key 'ring:*' is none of these"),
        ],
    )
    def test_an_unknown_word_is_refused_in_one_line(self, ivr, keys, why):
        assert why in ivr(*TO_CUSTOMER, *keys).refusal


class TestTheWords:
    def test_each_word_is_listed_with_a_valid_example(self, ivr):
        told = ivr("call", "--list-keys").out
        for written, does, example in key_words():
            assert written in told
            assert does in told
            assert example in told
        for _, _, example in key_words()[:-1]:
            assert [write_key(token) for token in read_keys(example)]

    @given(
        st.one_of(
            st.text("0123456789*#", min_size=1, max_size=64),
            st.sampled_from(["check", "-", "hangup"]),
            st.text("0123456789*#", min_size=1, max_size=64).map("!{}".format),
            st.builds("talk:{}@{}".format, st.text("0123456789*#", min_size=1, max_size=9), st.integers(0, 9999)),
            st.builds("talk:hangup@{}".format, st.integers(0, 9999)),
            st.builds("ring:hangup@{}".format, st.integers(0, 9999)),
            st.builds("speak@{}".format, st.integers(0, 9999)),
        )
    )
    def test_each_word_is_written_as_it_is_read(self, word):
        assert write_key(read_key(word)) == word

    @given(st.text(max_size=12))
    def test_anything_else_is_refused_by_its_name(self, word):
        if not any(kind.pattern.fullmatch(word) for kind in _WORDS):
            with pytest.raises(click.ClickException, match=re.escape(repr(word))):
                read_key(word)

    def test_words_in_a_talk_and_while_it_rings_are_read(self):
        assert read_in_talk("*") == read_in_talk("talk:*") == PRESS_IN_TALK("*")
        assert read_in_talk("*@12") == PRESS_IN_TALK("*", 12)
        assert read_in_talk("hangup@25") == HANG_UP_IN_TALK(25)
        assert read_ringing("hangup") == HANG_UP_RINGING().after
        assert read_ringing("ring:hangup@3") == 3
        for read, word in ((read_in_talk, "check"), (read_in_talk, "speak"), (read_ringing, "*"), (read_ringing, "x")):
            with pytest.raises(click.ClickException, match=re.escape(repr(word))):
                read(word)

    def test_whether_any_script_was_given(self):
        none = {"keys": None, "caller_keys": None, "customer_keys": None, "care_keys": None}
        assert Keys.read(none).are_none
        assert not Keys.read({**none, "keys": ""}).are_none
        assert not Keys.read({**none, "care_keys": "1"}).are_none
        assert list(Keys.read({**none, "caller_keys": "check"}).caller.script.tokens) == [ANNOUNCED]


@pytest.fixture
def terminal(monkeypatch):
    monkeypatch.setattr(command, "_at_a_terminal", lambda: True)


@pytest.mark.usefixtures("terminal")
class TestAtThePrompt:
    def test_the_talk_asks_each_leg_and_star_ends_and_reports_it(self, ivr, stack):
        told = ivr(*TO_CUSTOMER, typed="check\n\n1\n*@12\n\n2\n2\n2\n")
        assert "caller, while it rings (Enter: waits; hangup@5)> " in told.out
        assert "customer, in the talk of 30 s (Enter: nothing; *, *@12, hangup@25)> " in told.out
        assert "caller, in the talk of 30 s" in told.out
        assert "customer  [pressed *]" in told.out
        assert "Stored: report" in told.out

    def test_the_caller_hangs_up_in_the_talk(self, ivr, stack):
        told = ivr(*TO_CUSTOMER, typed="check\n\n1\n\nhangup@5\n\n\n")
        assert "The caller is no longer on the line." in told.out

    def test_the_caller_hangs_up_while_it_rings(self, ivr, stack):
        told = ivr(*TO_CUSTOMER, typed="check\nhangup@4\n")
        assert at(told, "caller", "hung up") - at(told, "caller", "ringing") == 4
        assert "customer presses" not in told.out

    def test_an_impossible_word_is_explained_and_asked_again(self, ivr, stack):
        told = ivr(*TO_CUSTOMER, typed="talk:*@12\ncheck\n*\n\n1\ncheck\n*@31\n\n\n")
        assert "'talk:*@12' is for later" in told.out
        assert "'*' is nothing that is done while it rings" in told.out
        assert "'check' is nothing that is done in a talk" in told.out
        assert "the talk is over after 30 s (--talk makes it longer)" in told.out

    def test_ctrl_d_in_the_talk_hangs_up_that_telephone(self, ivr, stack):
        told = ivr(*TO_CUSTOMER, typed="check\n\n1\n")
        assert told.status == 0
        assert at(told, "customer", "hung up") == at(told, "customer", "bridged")


class TestCtrlC:
    def is_free(self, ivr):
        """Whether the next caller's call rings the customer."""
        told = ivr("call", "--from", "+96899887766", "--to", demo.PROTECTED_LINE, "--keys", "check 1")
        return "customer  [answered]" in told.out

    @pytest.mark.parametrize("questions", slow_but([2], [1, 2, 3, 4, 5]))
    def test_at_a_question_everybody_hangs_up_and_the_line_is_free(self, ivr, stack, terminal, monkeypatch, questions):
        answers = iter(["check", "", "1", "", ""][: questions - 1])

        def prompt(*_, **__):
            for answer in answers:
                return answer
            os.kill(os.getpid(), signal.SIGINT)
            raise AssertionError("the signal did not come")

        def as_click_does(*told, **more):
            try:
                return prompt(*told, **more)
            except KeyboardInterrupt:
                raise click.Abort from None

        monkeypatch.setattr(dialogue.click, "prompt", as_click_does)
        told = ivr(*TO_CUSTOMER)
        assert told.status == 130
        assert "Everybody hangs up." in told.err
        assert "[hung up]" in told.out
        monkeypatch.setattr(command, "_at_a_terminal", lambda: False)
        assert self.is_free(ivr)

    @pytest.mark.parametrize("keys", [[], ["check"], ["check", "", "1"]], ids=["notice", "ringing", "talk"])
    def test_when_the_terminal_is_closed_everybody_hangs_up_and_the_line_is_free(self, ivr, stack, stack_file, keys):
        command = [sys.executable, "-m", "infra.cli", "--stack-file", str(stack_file), *TO_CUSTOMER]
        process, terminal = pty.fork()
        if not process:
            os.execv(command[0], command)
        typed, read = iter(keys), b""
        while True:
            read += os.read(terminal, 4096)
            if read.endswith(b"> "):
                if (word := next(typed, None)) is None:
                    break
                os.write(terminal, f"{word}\n".encode())
                read = b""
        os.close(terminal)
        _, status = os.waitpid(process, 0)
        assert os.waitstatus_to_exitcode(status) == 130
        assert self.is_free(ivr)

    @pytest.mark.parametrize("webhook", slow_but([7], [1, 2, 3, 5, 7]))
    def test_in_a_script_everybody_hangs_up_and_the_line_is_free(self, ivr, stack, monkeypatch, webhook):
        came, http_post = [], reaching.http_post

        def posting():
            post = http_post()

            def interrupted(*request):
                came.append(request)
                if len(came) == webhook:
                    os.kill(os.getpid(), signal.SIGINT)
                return post(*request)

            return interrupted

        monkeypatch.setattr(reaching, "http_post", posting)
        told = ivr(*TO_CUSTOMER, "--keys", "check 1 talk:*@5 2 2 2")
        assert told.status == 130
        assert "[hung up]" in told.out
        monkeypatch.undo()
        assert self.is_free(ivr)

    def test_the_service_receives_the_end_of_the_call(self, ivr, stack, monkeypatch):
        came, http_post = [], reaching.http_post

        def posting():
            post = http_post()

            def interrupted(url, form, headers):
                came.append((url, dict(form)))
                if "/voice/whisper/offer" in url:
                    os.kill(os.getpid(), signal.SIGINT)
                return post(url, form, headers)

            return interrupted

        monkeypatch.setattr(reaching, "http_post", posting)
        ivr(*TO_CUSTOMER, "--keys", "check 1 talk:*@5")
        assert [form["CallStatus"] for url, form in came if url.endswith("/voice/status")].count("completed") >= 2
        assert any("DialCallStatus" in form for _, form in came)
