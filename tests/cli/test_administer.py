"""What the desk and ops look up and change at a terminal: a caller, a line, the audit, reports by what they hold."""

import json
import time

import boto3
import pytest
from click.testing import CliRunner
from moto import mock_aws

from infra.cli.identity import identity, name_of
from infra.cli.main import main
from infra.local import demo
from ivr.care.call_backs import IN_PROGRESS
from ivr.desk import audit as desk
from ivr.reports import Report
from tests.care.conftest import call_back
from tests.conftest import ENVIRONMENT

CALLER, OTHER = "+96891234567", "+96891234589"


def report(nth, **more):
    now = int(time.time()) - 100 + nth
    known = {
        "caller": CALLER,
        "line": demo.PROTECTED_LINE,
        "category": "prize",
        "loss": "no",
        "verified": 1,
        "counted": 1,
    }
    return Report(
        call_sid=f"CA{nth:032x}",
        which="screened",
        reference=f"{nth:08}",
        reported_at=now,
        reporter="a" * 32,
        expires=now + 10**6,
        **{**known, **more},
    )


# Reports.


@pytest.fixture
def reported(stack):
    for one in (
        report(1),
        report(2, category="money", loss="yes"),
        report(3, caller=OTHER, line="+12025550177"),
        report(4, verified=0, counted=0),
        report(5, withdrawn=1, category="", loss=""),
    ):
        stack.store.put(one)


@pytest.mark.parametrize(
    ("chosen", "found"),
    [
        (["--category", "money"], [2]),
        (["--category", "none"], [5]),
        (["--loss", "yes"], [2]),
        (["--state", "unverified"], [4]),
        (["--state", "withdrawn"], [5]),
        (["--line", "+1 202 555 0177"], [3]),
        (["--category", "prize", "--state", "verified"], [1, 3]),
        ([], [1, 2, 3, 4, 5]),
    ],
)
@pytest.mark.parametrize("every", [[], ["--all"]])
def test_reports_are_chosen_by_what_they_hold(ivr, reported, chosen, found, every):
    listed = ivr("reports", "list", *chosen, *every, "--json").json
    assert [int(one["reference"]) for one in listed] == found


def test_a_callers_reports_are_read_from_the_callers_own_list(ivr, stack, reported):
    asked = []
    stack.store.table.client.meta.events.register(
        "before-parameter-build.dynamodb.Query", lambda params, **_: asked.append(params.get("IndexName"))
    )
    command = ["reports", "list", "--caller", "00968 9123 4567", "--json"]
    until = time.monotonic() + 60  # the stream's function keeps the list
    while len(found := ivr(*command).json) < 4 and time.monotonic() < until:
        time.sleep(0.1)
    assert [int(one["reference"]) for one in found] == [1, 2, 4, 5]
    assert [int(one["reference"]) for one in ivr(*command, "--all").json] == [5, 4, 2, 1]
    assert [int(one["reference"]) for one in ivr(*command, "--state", "withdrawn").json] == [5]
    assert ivr(*command, "--day", "2020-01-01").json == []
    assert "reports" not in asked


# Callers.


def test_a_callers_file_tells_all_that_is_known_of_it(ivr, stack, reported):
    ivr("callers", "decide", CALLER, "flagged", "--note", "a letter", "--by", "Salma")
    ivr("callers", "dispute", CALLER, "--note", "a bakery", "--by", "Omar")
    told = ivr("callers", "show", "00968 9123 4567")
    assert told.out.startswith(f"{CALLER} would be flagged on a standard line, rule 5 (desk flagged).\n")
    for line in (
        "The desk: flagged, for ever, by Salma: a letter.",
        "A dispute is open: a bakery.",
        "Customers who trust it: 0; who block it: 0.",
    ):
        assert line in told.out
    assert "\\n" not in told.out
    assert [word in told.out for word in ("decide", "open dispute")] == [True, True]
    known = ivr("callers", "show", CALLER, "--json").json
    assert known["decision"]["note"] == "a letter"
    assert known["dispute"]["state"] == "open"
    assert {one["by"] for one in known["audit"]} == {"Salma", "Omar"}


def test_a_withheld_caller_has_no_file(ivr, stack):
    assert "withheld caller" in ivr("callers", "show", "anonymous").refusal


# What would have been.


def test_the_removal_of_a_rule_is_tried_and_removes_nothing(ivr, stack):
    ivr("rules", "add", "+968912", "blocked", "--note", "robots")
    told = ivr("rules", "remove", "+968912", "--note", "x", "--try")
    assert told.out.endswith("Nothing is stored.\n")
    assert "Changing" not in told.err
    assert [one["prefix"] for one in ivr("rules", "list", "--json").json] == ["+968912"]
    assert ivr("rules", "remove", "+968912", "--note", "x").out == "The rule is removed.\n"
    assert "no rule" in ivr("rules", "remove", "+968912", "--note", "x", "--try").refusal


@pytest.mark.slow
@pytest.mark.parametrize("command", [["rules", "add", "+968912"], ["callers", "decide", CALLER]])
def test_a_try_says_what_would_have_been_and_stores_nothing(ivr, stack, command):
    ivr("call", "--from", CALLER, "--to", demo.PROTECTED_LINE, "--keys", "check 3")
    until = time.monotonic() + 60
    while not (told := ivr(*command, "blocked", "--note", "x", "--try", "--json").json)["calls"]:
        assert time.monotonic() < until, "the stream has not counted the call"
        time.sleep(0.1)
    assert (told["calls"], told["changed"], told["stored"]) == (1, 1, False)
    assert (told["before"], told["after"]) == ({"checked": 1}, {"refused": 1})
    words = ivr(*command, "blocked", "--note", "x", "--try")
    assert "Of last week's calls 1 are meant; 1 would have gone another way." in words.out
    assert words.out.endswith("Nothing is stored.\n")
    assert "Changing" not in words.err
    assert ivr("rules", "list", "--json").json == []
    assert CALLER not in ivr("callers", "list").out


# Lines.


def test_a_line_is_changed_in_what_is_given_and_in_nothing_else(ivr, stack):
    before = ivr("lines", "show", demo.PROTECTED_LINE, "--json").json
    told = ivr("lines", "change", demo.PROTECTED_LINE, "--mode", "strict", "--note", "asked for it", "--by", "Salma")
    assert told.out == f"{demo.PROTECTED_LINE} is a protected line now, strict, and rings {demo.CUSTOMER}.\n"
    after = ivr("lines", "show", demo.PROTECTED_LINE, "--json").json
    [entry] = after.pop("audit")
    assert {**before, "mode": "strict", "audit": []} == {**after, "audit": []}
    assert (entry["by"], entry["action"], entry["note"]) == ("Salma", "change_line", "asked for it")
    assert "change line" in ivr("lines", "show", demo.PROTECTED_LINE).out


def test_a_line_that_becomes_a_report_line_rings_nobody(ivr, stack):
    assert ivr("lines", "change", demo.PROTECTED_LINE, "--kind", "report").out == (
        f"{demo.PROTECTED_LINE} is a report line now, standard.\n"
    )


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([demo.PROTECTED_LINE], "nothing is to be changed"),
        (["+12025550188", "--mode", "strict"], "is no registered line: look at `ivr lines list`"),
        ([demo.PROTECTED_LINE, "--ring-to", "12"], "no telephone number"),
        ([demo.REPORT_LINE, "--kind", "protected"], "needs --ring-to"),
    ],
)
def test_a_change_that_cant_be_is_refused_in_one_line(ivr, stack, arguments, says):
    assert says in ivr("lines", "change", *arguments).refusal


# Call-backs.


def test_ones_own_call_backs_are_those_that_one_has_taken(ivr, stack):
    now = int(time.time())
    for nth, taken in enumerate(("", "Salma", "Omar")):
        more = {"state": IN_PROGRESS, "taken_by": taken} if taken else {}
        stack.store.put(
            call_back(person=f"{nth}" * 32, asked_at=now, due_at=now + 60 + nth, expires=now + 9999, **more)
        )
    assert len(ivr("care", "call-backs", "--json").json) == 3
    [mine] = ivr("care", "call-backs", "--mine", "--by", "Salma", "--json").json
    assert mine["taken_by"] == "Salma"


# The audit.


@pytest.fixture
def audited(ivr, stack):
    for nth in range(3):
        ivr("callers", "decide", f"+9689123456{nth}", "flagged", "--note", "a list", "--by", "Salma")
    ivr("callers", "decide", "+96891234560", "blocked", "--note", "worse", "--by", "Omar")


def test_the_audit_is_listed_by_days_and_by_who(ivr, audited):
    assert [one["by"] for one in ivr("audit", "list", "--json").json] == ["Omar", "Salma", "Salma", "Salma"]
    assert [one["what"] for one in ivr("audit", "list", "--who", "Omar", "--json").json] == ["+96891234560"]
    assert ivr("audit", "list", "--action", "take_back", "--json").json == []
    assert ivr("audit", "list", "--day", "2020-01-01").out == "The audit holds nothing of that.\n"
    few = ivr("audit", "list", "--limit", "2")
    assert len(few.out.splitlines()) == 3
    assert "more than these 2" in few.err


def test_the_audit_of_one_thing_is_shown_whatever_its_spelling(ivr, audited):
    first, second = ivr("audit", "show", "caller", "00968 9123 4560", "--json").json
    assert (first["before"]["verdict"], first["after"]["verdict"]) == ("flagged", "blocked")
    assert second["before"] is None
    assert "Omar" in ivr("audit", "show", "caller", "+96891234560").out


# Who.


@pytest.fixture
def _on_aws(monkeypatch):
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("TIMEZONE", "Asia/Muscat")
    monkeypatch.setenv("RETENTION_DECISIONS_DAYS", "400")
    monkeypatch.setenv("RETENTION_AUDIT_DAYS", "730")
    monkeypatch.setenv("EXTRA_NUMBER_RANGES", "")
    monkeypatch.setenv("HOME_REGION", "OM")
    monkeypatch.setenv("AWS_REGION", "me-central-1")
    identity.cache_clear()
    yield
    identity.cache_clear()


@pytest.mark.usefixtures("_on_aws")
def test_on_a_deployment_the_audit_names_the_aws_identity_whatever_name_is_given(store, monkeypatch):
    def decide(*more):
        arguments = ["callers", "decide", CALLER, "flagged", "--note", "a letter", "--json", *more]
        told = CliRunner().invoke(main, ["--table", store.table.name, *arguments], catch_exceptions=False)
        assert told.exit_code == 0, told.stderr
        return json.loads(told.stdout)["decided_by"]

    named = decide()
    [entry] = desk.of(_context(store), desk.About.CALLER, CALLER).entries
    assert entry.subject.startswith("arn:aws:")
    assert entry.by == named == name_of(entry.subject)
    assert decide("--by", "Salma") == "Salma"
    newest = desk.of(_context(store), desk.About.CALLER, CALLER).entries[0]
    assert (newest.by, newest.subject) == ("Salma", entry.subject)  # a colleague's name hides nobody


def _context(store):
    from ivr.desk import Context
    from ivr.settings import Settings

    return Context(store, Settings.from_environment(ENVIRONMENT))


@pytest.mark.parametrize(
    ("arn", "name"),
    [
        ("arn:aws:iam::123456789012:user/salma", "user/salma"),
        ("arn:aws:sts::123456789012:assumed-role/Desk/salma@operator.example", "Desk/salma@operator.example"),
        ("arn:aws:iam::123456789012:root", "root"),
    ],
)
def test_an_identitys_name_is_its_last_words(arn, name):
    assert name_of(arn) == name


def test_where_sts_does_not_answer_it_is_the_user_of_this_machine(monkeypatch):
    def refuses(*_, **__):
        raise boto3.exceptions.botocore.exceptions.NoCredentialsError

    identity.cache_clear()
    with mock_aws():
        monkeypatch.setattr(boto3, "client", refuses)
        assert identity() is None
    identity.cache_clear()
