"""The alarms and the saved queries as they stand in template.yaml: plain YAML, without macros."""

from __future__ import annotations

import json
import textwrap
from typing import TYPE_CHECKING

from infra.local import template
from infra.operate.table import COMPARISONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.operate.table import Alarm, Metric, Query

OURS = '!Sub "CallScreening/${AWS::StackName}"'
_WIDTH = 140
_PAGE = "!If [BringsAlarmTopic, !Ref AlarmTopicArn, !Ref AlarmTopic]"
_TICKET = "!If [BringsTicketTopic, !Ref TicketTopicArn, !If [SharesAlarmTopic, !Ref AlarmTopicArn, !Ref TicketTopic]]"


def alarm_lines(alarm: Alarm, message: str) -> Iterator[str]:
    """An alarm's resource. ``message`` is what it says to the person whom it wakes."""
    yield f"  {alarm.resource}:"
    yield "    Type: AWS::CloudWatch::Alarm"
    yield "    Properties:"
    yield from _folded("AlarmDescription", message)
    yield from _expression(alarm) if alarm.expression else _watching(alarm)
    yield f"      EvaluationPeriods: {alarm.periods}"
    if alarm.datapoints:
        yield f"      DatapointsToAlarm: {alarm.datapoints}"
    yield f"      Threshold: {alarm.threshold:.10g}"
    yield f"      ComparisonOperator: {COMPARISONS[alarm.comparison]}"
    yield f"      TreatMissingData: {alarm.missing}"
    topic = _PAGE if alarm.severity == "page" else _TICKET
    yield f"      AlarmActions: [{topic}]"
    yield f"      OKActions: [{topic}]"


def query_lines(query: Query) -> Iterator[str]:
    """A saved query's resource."""
    yield f"  {query_resource(query)}:"
    yield "    Type: AWS::Logs::QueryDefinition"
    if query.condition:
        yield f"    Condition: {query.condition}"
    yield "    Properties:"
    yield f'      Name: !Sub "${{AWS::StackName}}/{query.title}"'
    yield f"      LogGroupNames: [{', '.join(_group(one, query.condition) for one in query.logs)}]"
    yield "      QueryString: |-"
    yield from (f"        {line}" for line in query.text.strip().splitlines())


def query_resource(query: Query) -> str:
    """A saved query's logical id."""
    return "".join(word.title() for word in query.name.split("_")) + "Query"


def _watching(alarm: Alarm) -> Iterator[str]:
    (metric,) = alarm.watched
    yield f"      Namespace: {metric.namespace or OURS}"
    yield f"      MetricName: {metric.name}"
    if metric.of:
        yield f"      Dimensions: {_dimensions(metric)}"
    percentile = metric.statistic.startswith("p")
    yield f"      {'ExtendedStatistic' if percentile else 'Statistic'}: {metric.statistic}"
    if alarm.unit:
        yield f"      Unit: {alarm.unit}"
    if alarm.few_samples:
        yield f"      EvaluateLowSampleCountPercentile: {alarm.few_samples}"
    yield f"      Period: {alarm.period}"


def _expression(alarm: Alarm) -> Iterator[str]:
    yield "      Metrics:"
    yield f"        - Id: {alarm.name.lower()}"
    yield f"          Label: {json.dumps(alarm.label)}"
    yield f"          Expression: {_sub(alarm.expression)}"
    for key, expression in alarm.steps.items():
        yield f"        - Id: {key}"
        yield "          ReturnData: false"
        yield f"          Expression: {_sub(expression)}"
    for key, metric in alarm.metrics.items():
        name = f"Namespace: {metric.namespace or OURS}, MetricName: {metric.name}"
        dimensions = f", Dimensions: {_dimensions(metric)}" if metric.of else ""
        yield f"        - Id: {key}"
        yield "          ReturnData: false"
        yield "          MetricStat:"
        yield f"            Stat: {metric.statistic}"
        yield f"            Period: {alarm.period}"
        yield f"            Metric: {{ {name}{dimensions} }}"


def _sub(expression: str) -> str:
    return f"!Sub {json.dumps(expression)}" if "${" in expression else json.dumps(expression)


def _dimensions(metric: Metric) -> str:
    return f"[{', '.join(f'{{ Name: {name}, Value: {value} }}' for name, value in metric.of.items())}]"


def _group(log_group: str, within: str) -> str:
    """A reference to a log group, which may exist under a condition alone."""
    condition = template.resources()[log_group].get("Condition", "")
    return (
        f"!Ref {log_group}" if condition in ("", within) else f"!If [{condition}, !Ref {log_group}, !Ref AWS::NoValue]"
    )


def _folded(key: str, text: str) -> Iterator[str]:
    yield f"      {key}: >-"
    yield from (
        f"        {line}" for line in textwrap.wrap(text, _WIDTH - 8, break_on_hyphens=False, break_long_words=False)
    )
