"""The dashboard: for each row of the table the state of its alarms, and below it the graphs, two beside each other."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from infra.operate.resources import OURS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from infra.operate.table import Row, Table

_NAMESPACE = OURS.split('"')[1]
_WIDTH, _HEIGHT, _STATES_HEIGHT = 24, 6, 3  # CloudWatch's grid is 24 wide
_COMMON = {"region": "${AWS::Region}", "view": "timeSeries", "stat": "Sum", "period": 300}


def dashboard_lines(table: Table) -> Iterator[str]:
    """The dashboard's resource, one line of JSON a widget."""
    yield "  Dashboard:"
    yield "    Type: AWS::CloudWatch::Dashboard"
    yield "    Properties:"
    yield "      DashboardName: !Sub ${AWS::StackName}-${AWS::Region}"
    yield "      DashboardBody: !Sub"
    yield "      - |"
    yield '        {"widgets": ['
    widgets = list(_widgets(table))
    for number, widget in enumerate(widgets, 1):
        yield f"          {json.dumps(widget)}{',' if number < len(widgets) else ''}"
    yield "        ]}"
    # A reference by itself would break where the stack uses a table that it did not make.
    yield "      - TableName: !If [MakesTable, !Ref Table, !Ref ExistingTable]"


def _widgets(table: Table) -> Iterator[dict[str, Any]]:
    top = 0
    for row in table.rows:
        arns = [f"${{{alarm.resource}.Arn}}" for alarm in table.of_row(row)]
        states = {"type": "alarm", "x": 0, "y": top, "width": _WIDTH, "height": _STATES_HEIGHT}
        yield states | {"properties": {"title": row.title, "alarms": arns}}
        top += _STATES_HEIGHT
        yield from _graphs(row, top)
        top += _HEIGHT * ((len(row.graphs) + 1) // 2)


def _graphs(row: Row, top: int) -> Iterator[dict[str, Any]]:
    for number, graph in enumerate(row.graphs):
        is_alone = number == len(row.graphs) - 1 and number % 2 == 0
        width = _WIDTH if is_alone else _WIDTH // 2
        place = {
            "x": (number % 2) * (_WIDTH // 2),
            "y": top + _HEIGHT * (number // 2),
            "width": width,
            "height": _HEIGHT,
        }
        yield {"type": "metric", **place, "properties": _properties(graph)}


def _properties(graph: Mapping[str, Any]) -> dict[str, Any]:
    if "search" in graph:
        where = ",".join([f'"{_NAMESPACE}"', *graph["by"]])
        expression = f"SEARCH('{{{where}}} MetricName=\"{graph['search']}\"', 'Sum', 300)"
        lines: list[Any] = [[{"id": graph["search"], "label": "", "expression": expression}]]
        return {"title": graph["title"], **_COMMON, "stacked": True, "metrics": lines}
    return {"title": graph["title"], **_COMMON, "metrics": [_line(one) for one in graph["metrics"]]}


def _line(metric: list[Any]) -> list[Any]:
    namespace, _, name = metric[0].rpartition(" ")
    return [namespace or _NAMESPACE, name, *metric[1:]]
