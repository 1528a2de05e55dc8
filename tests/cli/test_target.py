"""Which deployment `ivr` uses, and that it says so before each change."""

import os
import subprocess
import sys

import pytest

from infra.cli.target import Place
from infra.local import stackfile
from infra.local.documented import documented


def test_with_nothing_configured_and_nothing_running_it_says_what_to_do(ivr):
    refusal = ivr("lines", "list").refusal
    assert "make run" in refusal
    assert "TABLE_NAME" in refusal


def test_the_file_of_an_ended_stack_is_ignored(ivr, stack, stack_file):
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        pass
    running = stack.running
    stackfile.write(
        stackfile.Running(
            pid=gone.pid, gateway=running.gateway, dynamodb=running.dynamodb, region="x", settings=running.settings
        ),
        stack_file,
    )
    assert "nothing to talk to" in ivr("lines", "list").refusal


def test_commands_use_the_running_stack(ivr, stack):
    done = ivr("callers", "decide", "+96891234567", "blocked", "--note", "x")
    assert done.err == f"Changing the stack of this checkout: table call-screening-local at {stack.database.address}\n"
    assert "+96891234567" in ivr("callers", "list").out


@pytest.mark.parametrize("region", ["AWS_REGION", "AWS_DEFAULT_REGION"])
def test_commands_use_the_table_that_the_environment_names(ivr, stack, stack_file, monkeypatch, region):
    stack_file.unlink()
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    monkeypatch.setenv("TABLE_NAME", stack.store.table.name)
    monkeypatch.setenv("AWS_ENDPOINT_URL", stack.database.address)
    monkeypatch.setenv(region, stack.region)
    for name in ("HOME_REGION", "EXTRA_NUMBER_RANGES", "TIMEZONE", "RETENTION_DECISIONS_DAYS", "RETENTION_AUDIT_DAYS"):
        monkeypatch.setenv(name, documented()[name][1])
    done = ivr("callers", "decide", "+96891234567", "blocked", "--note", "x")
    assert done.status == 0
    assert f"table call-screening-local in region {stack.region} at {stack.database.address}" in done.err
    assert "+96891234567" in [decision.caller for decision in stack.store.decisions.all()]
    os.environ.pop("AWS_DEFAULT_REGION", None)


def test_an_endpoint_without_a_table_is_refused(ivr, stack, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", stack.database.address)
    assert "name a stack with --stack, or a table with TABLE_NAME" in ivr("lines", "list").refusal


def test_a_table_without_a_region_is_refused(ivr, monkeypatch):
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    assert "region" in ivr("--table", "t", "lines", "list").refusal


def test_a_table_that_does_not_answer_is_one_line(ivr, stack):
    stack.database.end()
    assert "does not answer" in ivr("lines", "list").refusal
    assert "does not answer" in ivr("explain", "+96891234567", "--line", "+12025550100").refusal


def test_a_table_that_does_not_exist_is_no_outage(ivr, stack, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", stack.database.address)
    monkeypatch.setenv("AWS_REGION", stack.region)
    told = ivr("--table", "call-screening-loca", "lines", "list").refusal
    assert "call-screening-loca" in told
    assert "does not exist: are its name and the region right?" in told


@pytest.mark.parametrize(
    "arguments", [["frob"], ["lines", "frob"], ["lines", "list", "--frob"], ["explain"], ["run", "--port", "99999"]]
)
def test_an_unknown_command_is_one_line(ivr, arguments):
    assert ivr(*arguments).refusal


def test_every_command_has_help(ivr):
    assert "Commands:" in ivr("--help").out
    assert "Commands:" in ivr("lines").err
    assert ivr("call", "--help").out.startswith("Usage:")


def test_aws_is_not_asked_who_changes_the_stack_of_this_checkout(monkeypatch, stack_file):
    monkeypatch.setattr("infra.cli.identity.identity", lambda: 1 / 0)
    assert Place(stack_file, "").caller_identity() is None
