"""The list of SMS about reports, and the opt-out by command: a sender ID, as used in Oman, receives no STOP."""

import time

import pytest

from infra.local import demo
from ivr.jobs.job import CLAIM_SECONDS, Sms
from ivr.pseudonym import pseudonym
from ivr.reports import Report
from tests.slowly import slow_after

UNREGISTERED = "+96891234567"


@pytest.fixture
def person(stack):
    return pseudonym(demo.CUSTOMER, stack.settings.hmac_key)


@pytest.fixture
def told(stack, person):
    """A report of so many seconds ago, and the message about it as it was left."""

    def told(ago, **message):
        same = {"call_sid": f"CA{ago}", "which": "screened", "reference": f"{ago:08}", "line": demo.PROTECTED_LINE}
        now = int(time.time())
        expires = now + 86400
        stack.store.put(Report(**same, reported_at=now - ago, reporter=person, expires=expires))
        if message:
            stack.store.put(Sms(**same, person=person, expires=expires, **message))

    return told


@pytest.fixture
def each(told):
    """One in each state, and a report without a message."""
    now = int(time.time())
    told(60, state="asked", tried_since=now)  # put off: else the stack would send it
    told(50, state="claimed", claimed_at=now + 600, segments=2)
    told(40, state="done", outcome="SM1", segments=2)
    told(30, state="failed", outcome="21614", segments=1)
    told(20, state="unknown", outcome="timed_out", segments=1)
    told(10, state="claimed", claimed_at=now - CLAIM_SECONDS - 60, segments=2)
    told(5)


def test_each_messages_outcome_is_listed_as_json(ivr, each):
    listed = ivr("messages", "list", "--json").json
    assert [(one["state"], one["outcome"], one["segments"]) for one in listed] == [
        ("asked", "", 0),
        ("claimed", "", 2),
        ("done", "SM1", 2),
        ("failed", "21614", 1),
        ("unknown", "timed_out", 1),
        ("unknown", "", 2),  # the function that claimed it gave no result
    ]
    assert listed[0]["reference"] == "00000060"
    assert listed[0]["reported"].endswith("Z")


def test_an_unknown_outcome_is_shown_as_one(ivr, each):
    told = ivr("messages", "list").out
    assert "timed_out" in told
    assert told.splitlines()[-1].startswith("Of unknown outcome: 2.")
    assert [one["reference"] for one in ivr("messages", "list", "--state", "unknown", "--json").json] == [
        "00000020",
        "00000010",
    ]


def test_without_unknown_outcomes_none_are_mentioned(ivr, told):
    told(40, state="done", outcome="SM1", segments=2)
    told = ivr("messages", "list").out
    assert "SM1" in told
    assert "nknown" not in told


def test_no_message_names_a_customers_number(ivr, each):
    assert demo.CUSTOMER not in ivr("messages", "list").out + ivr("messages", "list", "--json").out


@pytest.mark.slow
def test_messages_of_several_pages_are_listed(ivr, told):
    for ago in range(1, 120):
        told(ago, state="done", outcome="SM1")
    assert len(ivr("messages", "list", "--all", "--json").json) == 119


@pytest.mark.parametrize("arguments", slow_after(1, [["--day", "yesterday"], ["--days", "0"], ["--state", "lost"]]))
def test_an_invalid_time_or_state_is_refused(ivr, stack, arguments):
    assert ivr("messages", "list", *arguments).refusal


@pytest.mark.slow
def test_an_old_day_lists_no_messages(ivr, each):
    assert ivr("messages", "list", "--day", "2020-01-01").out.startswith("There is no such message")
    assert ivr("messages", "list", "--day", "2020-01-01", "--json").json == []


def test_a_customer_opts_out_and_in_again(ivr, person, stack):
    done = ivr("messages", "opt-out", demo.CUSTOMER)
    assert done.out == f"{demo.CUSTOMER} gets no messages from now on.\n"
    assert done.err.startswith("Changing the stack")
    assert stack.store.opt_outs.is_opted_out(person)
    assert "as before" in ivr("messages", "opt-out", demo.CUSTOMER).out
    assert ivr("messages", "opt-in", demo.CUSTOMER, "--json").json == {
        "number": demo.CUSTOMER,
        "opted_out": False,
        "changed": True,
        "registered": True,
    }
    assert not stack.store.opt_outs.is_opted_out(person)
    assert "as before" in ivr("messages", "opt-in", demo.CUSTOMER).out


def test_a_number_that_no_line_rings_gets_a_warning(ivr, stack):
    assert "No line rings this number" in ivr("messages", "opt-out", UNREGISTERED).out
    assert ivr("messages", "opt-out", UNREGISTERED, "--json").json["registered"] is False


@pytest.mark.slow
@pytest.mark.parametrize("command", ["opt-out", "opt-in"])
@pytest.mark.parametrize("number", slow_after(2, ["12", "1500", "anonymous", ""]))
def test_only_a_whole_number_can_opt_out(ivr, stack, command, number):
    assert "no telephone number" in ivr("messages", command, number).refusal


class TestADeployedStack:
    @pytest.fixture(autouse=True)
    def _named(self, stack, stack_file, monkeypatch):
        stack_file.unlink()
        monkeypatch.setenv("TABLE_NAME", stack.store.table.name)
        monkeypatch.setenv("AWS_ENDPOINT_URL", stack.database.address)
        monkeypatch.setenv("AWS_REGION", stack.region)
        monkeypatch.setenv("AWS_DEFAULT_REGION", stack.region)
        monkeypatch.setenv("HOME_REGION", "OM")
        monkeypatch.setenv("EXTRA_NUMBER_RANGES", "")
        monkeypatch.setenv("RETENTION_DECISIONS_DAYS", "90")
        monkeypatch.setenv("RETENTION_AUDIT_DAYS", "730")

    def test_under_no_key_nobody_is_opted_out(self, ivr, stack):
        """The functions would never look for such a pseudonym."""
        assert "HMAC_KEY_PARAMETER of the deployment is not known" in ivr("messages", "opt-out", demo.CUSTOMER).refusal

    def test_the_key_is_the_deployments(self, ivr, person, stack, monkeypatch):
        monkeypatch.setenv("HMAC_KEY", stack.settings.hmac_key)
        assert ivr("messages", "opt-out", demo.CUSTOMER).status == 0
        assert stack.store.opt_outs.is_opted_out(person)

    @pytest.mark.slow
    def test_a_key_in_parameter_store_is_asked_for(self, ivr, monkeypatch):
        monkeypatch.setenv("HMAC_KEY_PARAMETER", "/call-screening/hmac-key")
        refusal = ivr("messages", "opt-out", demo.CUSTOMER).refusal
        assert "Parameter Store does not give /call-screening/hmac-key" in refusal
