"""`ivr doctor` without --stack: it looks at the stack that `make run` started here."""

import pytest

from infra.doctor.examination import CHECKS
from infra.doctor.patient import Place

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


def test_without_a_stack_it_says_what_to_do(ivr):
    assert "start a stack in this checkout with `make run`" in ivr("doctor").refusal
    assert "name the stack of calls with --stack" in ivr("--table", "calls", "doctor").refusal
