"""The table of alarms, and what is generated from it: the template's alarms, its dashboard and the runbook."""

import json
import re

import pytest

from infra.build.docs import ROOT
from infra.local.template import TEMPLATE, parameters
from infra.operate import table as tables
from infra.operate import template_part

OURS = {"Fn::Sub": "CallScreening/${AWS::StackName}"}
PAGE = {"Fn::If": ["BringsAlarmTopic", {"Ref": "AlarmTopicArn"}, {"Ref": "AlarmTopic"}]}
TICKET = {
    "Fn::If": [
        "BringsTicketTopic",
        {"Ref": "TicketTopicArn"},
        {"Fn::If": ["SharesAlarmTopic", {"Ref": "AlarmTopicArn"}, {"Ref": "TicketTopic"}]},
    ]
}
# A call that ends in one of these is one that a person lost: it can't wait for the morning.
WAKES = {
    "FunctionErrors",
    "FunctionThrottles",
    "ApiErrors",
    "ApologySpoken",
    "NobodyGetsIn",
    "FallbackAsked",
    "StoreReadFailed",
}


def metrics_of(alarm):
    """The metrics that an alarm reads: its own, or those of its expression."""
    if "Metrics" not in alarm:
        return [alarm]
    return [one["MetricStat"]["Metric"] for one in alarm["Metrics"] if "MetricStat" in one]


def test_the_generated_part_of_the_template_is_current():
    text = TEMPLATE.read_text("utf-8")
    assert template_part.filled(text) == text, "run: .venv/bin/python -m infra.operate"


def test_a_template_without_its_two_markers_is_refused():
    with pytest.raises(ValueError, match="needs one line"):
        template_part.filled("Resources:\n")


def test_every_alarm_of_the_template_is_one_of_the_table_and_tells_its_topic_when_it_begins_and_ends(alarms):
    of_table = {one.resource: one for one in tables.table().alarms}
    assert set(alarms) == set(of_table)
    for name, alarm in alarms.items():
        topic = PAGE if of_table[name].severity == "page" else TICKET
        assert (alarm["AlarmActions"], alarm["OKActions"]) == ([topic], [topic]), name
    assert {one.name for one in tables.table().alarms if one.severity == "page"} >= WAKES


def test_an_alarms_message_says_what_people_notice_and_what_to_do_and_fits_into_cloudwatch(alarms):
    for one in tables.table().alarms:
        said = alarms[one.resource]["AlarmDescription"]
        assert len(said) <= 1024, one.name
        query = tables.table().query(one.query)
        assert all(words in said for words in (one.means, one.notice, *one.do, query.title)), one.name


NAMED = re.compile(r"(?<![\w.])[A-Z][a-z]+(?:[A-Z][a-z0-9]+)+\b")
ERRORS_OF_AWS = {"ParameterNotFound", "AccessDeniedException", "ProvisionedThroughputExceededException"}


def test_what_the_steps_name_is_there_an_alarm_a_parameter_or_a_resource(resources):
    known = {one.name for one in tables.table().alarms} | set(parameters()) | set(resources) | ERRORS_OF_AWS
    for one in tables.table().alarms:
        named = set(NAMED.findall(" ".join((one.means, one.notice, *one.do))))
        assert named - {"DynamoDB"} <= known, one.name


def test_the_parts_of_documents_that_the_steps_name_are_there():
    named = {
        found
        for one in tables.table().alarms
        for found in re.findall(r"(docs/\w+\.md) says \(([^)]+)\)", " ".join(one.do))
    }
    assert len(named) >= 2
    for document, heading in named:
        assert f"\n## {heading}\n" in (ROOT / document).read_text("utf-8")


def test_the_runbook_links_every_document_that_a_step_names():
    page = (ROOT / "docs" / "runbook.md").read_text("utf-8")
    assert "[recover.md](recover.md#a-release-is-bad) says (A release is bad)" in page
    assert re.findall(r"(?<![`/\w.-])docs/[a-z-]+\.md", page) == []


def test_a_step_that_says_run_the_saved_query_is_followed_by_nothing_that_its_lines_lack(line_fields):
    known = set().union(*line_fields.values()) | set(line_fields) | {"wrong_signature", "no_signature", "timed_out"}
    closed = {"ill_shaped", "another_key"}
    for one in tables.table().alarms:
        named = set(re.findall(r"\b[a-z]+(?:_[a-z]+)+\b", " ".join(one.do)))
        assert named <= known | closed, one.name


def test_no_alarm_watches_a_metric_of_ours_that_nobody_counts(alarms, counted_in_source):
    for name, alarm in alarms.items():
        ours = {metric["MetricName"] for metric in metrics_of(alarm) if metric["Namespace"] == OURS}
        assert ours <= counted_in_source, name


def test_the_dashboard_shows_every_alarm_and_every_metric_of_ours_and_no_other(resources, alarms, counted_in_source):
    body = resources["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"][0]
    widgets = json.loads(body)["widgets"]
    shown = [arn for one in widgets if one["type"] == "alarm" for arn in one["properties"]["alarms"]]
    assert sorted(shown) == sorted(f"${{{name}.Arn}}" for name in alarms)
    counted = set(re.findall(r'"CallScreening/\$\{AWS::StackName\}", "(\w+)"', body))
    searched = set(re.findall(r'MetricName=\\"(\w+)\\"', body))
    assert counted | searched == counted_in_source


def test_the_dashboards_widgets_do_not_overlap(resources):
    widgets = json.loads(resources["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"][0])["widgets"]
    taken = [
        (x, y)
        for one in widgets
        for x in range(one["x"], one["x"] + one["width"])
        for y in range(one["y"], one["y"] + one["height"])
    ]
    assert len(taken) == len(set(taken))
    assert max(x for x, _ in taken) == 23


ENTRY = tables.PATH.read_text("utf-8")


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ('name = "Latency"', 'name = "ApiErrors"', "ApiErrors: there is one of that name already"),
        ('severity = "page"', 'severity = "shout"', "FunctionErrors: severity"),
        ('query = "crashes"', 'query = "nothing"', "FunctionErrors: query"),
        ("threshold = 1\n", "thresholt = 1\n", "FunctionErrors: thresholt: Unexpected keyword"),
        ("threshold = 1\n", "", "FunctionErrors: threshold: Field required"),
        ('metric = "AWS/Lambda Errors"', "", "FunctionErrors: metric: either"),
        ('do = [\n  "Run the saved query: it shows', 'do = [ # "', "FunctionErrors: do: 3 steps, not 2"),
    ],
)
def test_a_wrong_entry_is_refused_by_its_name(right, wrong, told):
    with pytest.raises(tables.TableError, match=told):
        tables.read(ENTRY.replace(right, wrong, 1))
