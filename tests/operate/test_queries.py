"""The saved queries ask for fields that stand in the lines, and for log groups that are there."""

import json

import pytest

from infra.local.template import resources
from infra.operate import table as tables
from infra.operate.resources import query_resource
from tests.operate import logs_insights
from tests.operate.faults import access_log, platform_report
from tests.operate.log_lines import OF_AN_ERROR, OF_EVERY_LINE

QUERIES = tables.table().queries
EVERY_QUERY = pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.name)


def flat(line, before=""):
    """The names of a line's fields as Logs Insights gives them: those inside others after a point."""
    for name, value in line.items():
        if isinstance(value, dict):
            yield from flat(value, f"{before}{name}.")
        else:
            yield before + name


@EVERY_QUERY
def test_a_query_reads_fields_that_its_lines_have(query, line_fields):
    of_aws = {"AccessLogs": access_log()} | (
        {"*": platform_report("error", "Runtime.ExitError")} if query.platform else {}
    )
    named = logs_insights.messages(query)
    assert named <= set(line_fields)
    if written := [text for log, text in of_aws.items() if log in {"*", *query.logs}]:
        known = {name for text in written for name in flat(json.loads(text))}
    else:
        known = {field for name in named or line_fields for field in line_fields[name]} | OF_EVERY_LINE
    if any(name in OF_AN_ERROR for name in known):
        known |= {f"frames.{nth}" for nth in range(5)}
    asked = logs_insights.fields(query)
    assert asked
    assert asked <= known


@EVERY_QUERY
def test_a_query_is_saved_under_the_stacks_name_over_log_groups_that_are_there(query):
    saved = resources()[query_resource(query)]
    assert saved["Properties"]["Name"] == {"Fn::Sub": f"${{AWS::StackName}}/{query.title}"}
    assert saved["Properties"]["QueryString"] == query.text.strip()
    assert {resources()[log]["Type"] for log in query.logs} == {"AWS::Logs::LogGroup"}
    groups = saved["Properties"]["LogGroupNames"]
    for log, group in zip(query.logs, groups, strict=True):
        condition = resources()[log].get("Condition")
        if condition in {None, saved.get("Condition")}:
            assert group == {"Ref": log}
        else:
            assert group == {"Fn::If": [condition, {"Ref": log}, {"Ref": "AWS::NoValue"}]}


def test_every_query_is_the_one_that_an_alarm_names_or_shows_one_call():
    assert {query.name for query in QUERIES} == {alarm.query for alarm in tables.table().alarms} | {"one_call"}


@pytest.mark.parametrize(
    ("text", "line", "is_shown"),
    [
        ('filter message = "a"', {"message": "a"}, True),
        ('filter message = "a"', {"message": "b"}, False),
        ('filter message in ["a", "b"] or why = "c"', {"message": "z", "why": "c"}, True),
        ("filter ispresent(why)", {"message": "a"}, False),
        ('filter record.status != "success"', {"record": {"status": "timeout"}}, True),
        ("fields x\n| filter status >= 400", {"status": "503"}, True),
        ("fields x\n| filter status >= 400", {"status": 200}, False),
        ("fields x", {}, True),
    ],
)
def test_the_filters_are_applied_as_logs_insights_does(text, line, is_shown):
    query = tables.Query(name="q", title="Q", logs=("VoiceLogs",), text=text)
    assert bool(logs_insights.shown(query, [line])) == is_shown
