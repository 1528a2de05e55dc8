"""A small CloudWatch: metrics from the lines that our functions print and from what AWS publishes, and alarms on them.

It is as strict as AWS: a metric is its namespace, its name and exactly its dimensions, so an alarm adds nothing up over
dimensions; an alarm looks at each of its periods by itself, and takes a period without data as its definition says.
"""

from __future__ import annotations

import json
import math
from collections import defaultdict

from tests.observability import emf_judge
from tests.operate.metric_math import Math

MINUTE = 60
COMPARED = {
    "GreaterThanOrEqualToThreshold": lambda value, threshold: value >= threshold,
    "GreaterThanThreshold": lambda value, threshold: value > threshold,
    "LessThanThreshold": lambda value, threshold: value < threshold,
}
STATISTICS = {"Sum": sum, "Maximum": max, "Minimum": min, "SampleCount": len}


class CloudWatch:
    """The metrics of one account. ``parameters`` are those of the stack whose alarms are asked."""

    def __init__(self, stack="CallScreening", parameters=None, quota=1000):
        self.stack, self.quota = stack, quota
        self.parameters = parameters or {}
        self.values = defaultdict(lambda: defaultdict(list))  # by metric, by minute

    def put(self, namespace, name, dimensions, at, value):
        """One value of a metric at a moment (epoch seconds)."""
        self.values[namespace, name, frozenset(dimensions.items())][int(at) // MINUTE].append(value)

    def read(self, printed, later=0):
        """Make metrics of a function's output, as if it were printed some seconds later."""
        for text in printed.splitlines():
            line = json.loads(text)
            if "_aws" not in line:
                continue
            assert emf_judge.faults(text) == [], text
            for directive in line["_aws"]["CloudWatchMetrics"]:
                for names in directive["Dimensions"]:
                    dimensions = {name: line[name] for name in names}
                    for metric in directive["Metrics"]:
                        at = line["_aws"]["Timestamp"] / 1000 + later
                        self.put(directive["Namespace"], metric["Name"], dimensions, at, line[metric["Name"]])

    def names(self):
        """Each metric: namespace, name and dimensions."""
        return set(self.values)

    def statistic(self, metric, statistic, start, period):
        """A statistic over one period, or None where it has no data."""
        minutes = self.values.get(metric)
        if minutes is None:
            return None
        found = [
            value
            for minute in range(int(start) // MINUTE, int(start + period) // MINUTE)
            for value in minutes.get(minute, ())
        ]
        if not found:
            return None
        if statistic.startswith("p"):
            return sorted(found)[max(0, math.ceil(len(found) * float(statistic[1:]) / 100) - 1)]
        return STATISTICS[statistic](found)

    def metric(self, of):
        """The metric that an alarm names, with its references to the stack resolved."""
        dimensions = {one["Name"]: self._resolved(one["Value"]) for one in of.get("Dimensions", [])}
        return self._resolved(of["Namespace"]), of["MetricName"], frozenset(dimensions.items())

    def is_red(self, alarm, at):
        """Whether an alarm is in the state ALARM, looking back from a moment (epoch seconds, a whole minute)."""
        period = int(self._resolved(self._period(alarm)))
        starts = [at - period * n for n in range(alarm["EvaluationPeriods"], 0, -1)]
        values = self._math(alarm, starts, period) if "Metrics" in alarm else self._plain(alarm, starts, period)
        breaches = COMPARED[alarm["ComparisonOperator"]]
        breaching = [
            alarm["TreatMissingData"] == "breaching" if value is None else breaches(value, alarm["Threshold"])
            for value in values
        ]
        return sum(breaching) >= alarm.get("DatapointsToAlarm", alarm["EvaluationPeriods"])

    def _plain(self, alarm, starts, period):
        statistic = alarm.get("Statistic") or alarm["ExtendedStatistic"]
        return [self.statistic(self.metric(alarm), statistic, start, period) for start in starts]

    def _math(self, alarm, starts, period):
        known, expressions = {}, {}
        for one in alarm["Metrics"]:
            if "MetricStat" in one:
                asked = one["MetricStat"]
                assert int(self._resolved(asked["Period"])) == period
                metric = self.metric(asked["Metric"])
                known[one["Id"]] = [self.statistic(metric, asked["Stat"], start, period) for start in starts]
            else:
                expressions[one["Id"]] = one
        math_of = Math(starts, known, dict.fromkeys(known, self.quota))
        watched = next(one for one in alarm["Metrics"] if one.get("ReturnData", True))
        for name, one in reversed(expressions.items()):  # what is used stands after what uses it
            math_of.known[name] = math_of.series(self._resolved(one["Expression"]))
        return math_of.known[watched["Id"]]

    def plain(self, value):
        """A part of the template with its references resolved, as CloudFormation sends it to CloudWatch."""
        match value:
            case {"Ref": _} | {"Fn::GetAtt": _} | {"Fn::Sub": _}:
                found = self._resolved(value)
                return int(found) if found.isdigit() else found
            case dict():
                return {str(name): self.plain(one) for name, one in value.items()}
            case list():
                return [self.plain(one) for one in value]
            case _:
                return str(value) if isinstance(value, str) else value

    @staticmethod
    def _period(alarm):
        if "Metrics" not in alarm:
            return alarm["Period"]
        return next(one["MetricStat"]["Period"] for one in alarm["Metrics"] if "MetricStat" in one)

    def _resolved(self, value):
        match value:
            case {"Ref": name}:
                return str(self.parameters.get(name, name))
            case {"Fn::GetAtt": [name, *_]}:
                return str(name)
            case {"Fn::Sub": text}:
                named = {"AWS::StackName": self.stack, **self.parameters}
                text = str(text)
                for name, replaced in named.items():
                    text = text.replace(f"${{{name}}}", str(replaced))
                return text
            case _:
                return str(value)
