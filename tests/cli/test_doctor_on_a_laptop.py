"""`ivr doctor` without --stack: it looks at the stack that `make run` started here."""

import json

import pytest

from infra.doctor.examination import CHECKS
from infra.doctor.patient import Place
from tests.slowly import slow_but

HERE = [check.name for check in CHECKS if Place.LAPTOP in check.places]


def everything(stack):
    return stack.store.table.client.scan(TableName=stack.store.table.name)["Items"]


def test_a_running_stack_is_ok_and_nothing_is_kept_of_it(ivr, stack):
    before = everything(stack)
    told = ivr("doctor", "--json")
    assert told.status == 0, told.out
    assert [(one["check"], one["level"]) for one in told.json] == [(name, "ok") for name in HERE]
    assert everything(stack) == before
    assert stack.environment["TWILIO_AUTH_TOKEN"] not in told.out


@pytest.mark.slow
def test_another_key_than_the_tables_is_wrong(ivr, stack):
    stack.store.fingerprints.keep("0" * 16, 1)
    told = ivr("doctor")
    assert told.status == 1
    assert "wrong  key " in told.out
    assert "-      webhook-incoming  not looked at: key comes first" in told.out
    assert f"{len(HERE) - 3} ok, 0 to look at, 1 wrong, 2 not looked at" in told.out


@pytest.mark.slow
def test_a_table_that_is_gone_is_wrong(ivr, stack):
    stack.store.table.client.delete_table(TableName=stack.store.table.name)
    told = ivr("doctor", "--json").json
    assert {one["check"] for one in told if one["level"] == "wrong"} == {"table"}


BREAKS = {
    "no expiry": lambda table: table.client.update_time_to_live(
        TableName=table.name, TimeToLiveSpecification={"Enabled": False, "AttributeName": "expires"}
    ),
    "no stream": lambda table: table.client.update_table(
        TableName=table.name, StreamSpecification={"StreamEnabled": False}
    ),
    "no table": lambda table: table.client.delete_table(TableName=table.name),
}


@pytest.mark.parametrize("broken", slow_but(["no expiry"], BREAKS))
def test_what_mends_the_stack_of_a_laptop_is_to_start_it_again(ivr, stack, broken):
    """A command of AWS's would go to an account, and no backup of this table was ever made."""
    BREAKS[broken](stack.store.table)
    [remedy] = [one["remedy"] for one in ivr("doctor", "--json").json if one["level"] == "wrong"]
    assert remedy[-1] == "make run"
    assert remedy[0].startswith("Press Ctrl-C where `make run` runs")
    assert "aws " not in str(remedy)


def test_another_token_than_the_stacks_says_to_start_it_again(ivr, stack, stack_file):
    known = json.loads(stack_file.read_text("utf-8"))
    known["settings"]["TWILIO_AUTH_TOKEN"] = "0" * 32
    stack_file.write_text(json.dumps(known), "utf-8")
    [wrong] = [one for one in ivr("doctor", "--json").json if one["level"] == "wrong"]
    assert wrong["saw"].endswith("/voice/fallback takes the stored auth token for a forged one")
    assert wrong["remedy"][-1] == "make run"
    assert "five minutes" not in str(wrong["remedy"])


def test_without_a_stack_it_says_what_to_do(ivr):
    assert "start a stack in this checkout with `make run`" in ivr("doctor").refusal
    assert "name the stack of calls with --stack" in ivr("--table", "calls", "doctor").refusal
