"""`ivr calls`: the last calls and how each ended, and one call's story, from the table and from log lines."""

from __future__ import annotations

import io
import json

import pytest

from infra.cli import output
from infra.local import stackfile
from infra.local.demo import BLOCKED, PROTECTED_LINE
from infra.local.stack import Stack

pytestmark = pytest.mark.slow  # lists over many calls; test_desk.py stays quick

STRANGER, OTHER = "+96891234567", "+96891234589"


@pytest.fixture
def log():
    return io.StringIO()


@pytest.fixture
def stack(stack_file, log, database):
    with Stack({}, log=log, database=database) as stack:
        stackfile.write(stack.running, stack_file)
        yield stack


@pytest.fixture
def held(ivr, stack):
    """Three calls: reported, a failed check, and a blocked caller."""
    for from_, keys in ((STRANGER, "check 9 1 2"), (OTHER, "- -"), (BLOCKED, "")):
        ivr("call", "--from", from_, "--to", PROTECTED_LINE, "--keys", keys)


@pytest.mark.usefixtures("held")
def test_the_last_calls_and_one_calls_story(ivr, log, tmp_path):
    rows = ivr("calls", "list", "--json").json
    assert sorted(row["outcome"] for row in rows) == ["blocked", "failed_check", "reported"]
    assert {row["caller"] for row in rows} == {"...567", "...589", "...123"}
    assert [row["rang_at"] for row in rows] == sorted((row["rang_at"] for row in rows), reverse=True)
    assert len(ivr("calls", "list", "--limit", "1", "--json").json) == 1
    assert ivr("calls", "list", "--line", "+12025550199", "--json").json == []
    assert "There was no call" in ivr("calls", "list", "--day", "2020-01-01").out
    printed = ivr("calls", "list").out
    assert "failed_check" in printed

    [reported] = [row["call_sid"] for row in rows if row["outcome"] == "reported"]
    file = tmp_path / "log.jsonl"
    file.write_text(log.getvalue() + "no line of ours\n")
    story = ivr("calls", "show", reported, "--log", str(file), "--json").json
    assert story["keys"] == {"whisper.offer": "9", "report.what": "1", "report.lost": "2"}
    assert [report["category"] for report in story["reports"]] == ["prize"]
    assert {line["leg"] for line in story["log"] if "leg" in line} == {"caller", "customer"}
    assert "call_ended" in [line["message"] for line in story["log"]]
    told = ivr("calls", "show", reported, "--log", str(file)).out
    assert "outcome: reported" in told
    assert f"ended at: {output.local_second(story['ended_at'], 'Asia/Muscat')}\n" in told
    for text in (told, printed, json.dumps([rows, story])):
        assert not any(number.removeprefix("+") in text for number in (STRANGER, OTHER, BLOCKED))

    assert "neither the table nor the log" in ivr("calls", "show", "CA1").refusal
    assert "--day is" in ivr("calls", "list", "--day", "yesterday").refusal


def test_the_agents_leg_belongs_to_the_call_whose_customer_dialled_it(ivr, stack, tmp_path):
    file = tmp_path / "log.jsonl"
    lines = [
        {"message": "leg_moved", "call_sid": "CA1", "leg": "customer", "leg_sid": "CA2"},
        {
            "message": "key_pressed",
            "call_sid": "CA2",
            "leg": "agent",
            "leg_sid": "CA3",
            "step": "agent.offer",
            "key": "1",
        },
        {"message": "key_pressed", "call_sid": "CA9", "leg": "caller"},
        ["no line"],
    ]
    file.write_text("\n".join(map(json.dumps, lines)))
    story = ivr("calls", "show", "CA1", "--log", str(file), "--json").json
    assert [line["leg"] for line in story["log"]] == ["customer", "agent"]
