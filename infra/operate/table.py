"""Reads ``alarms.toml``: alarms, the dashboard's rows and the saved queries, each as a frozen value.

A key that is unknown, missing or of the wrong kind is refused with the name of its entry.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping  # noqa: TC003  # pydantic reads the annotations
from dataclasses import field
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

PATH = Path(__file__).with_name("alarms.toml")
COMPARISONS = {">=": "GreaterThanOrEqualToThreshold", ">": "GreaterThanThreshold", "<": "LessThanThreshold"}
_STRICT = ConfigDict(extra="forbid")
STEPS = 3  # the first things to do


class TableError(ValueError):
    """An entry of the table is wrong. The text names the entry and what is wrong with it."""


@dataclass(frozen=True, config=_STRICT)
class Metric:
    """A metric of CloudWatch. Dimension values are texts, or what refers to a resource: ``!Ref VoiceFunction``."""

    metric: str  # its name, after a namespace of AWS's or alone
    of: Mapping[str, str] = field(default_factory=dict)
    statistic: str = "Sum"

    @property
    def name(self) -> str:
        """The metric's name."""
        return self.metric.split()[-1]

    @property
    def namespace(self) -> str:
        """AWS's namespace, or an empty text for a metric of our own."""
        return self.metric.rpartition(" ")[0]


@dataclass(frozen=True, config=_STRICT)
class Alarm:
    """An alarm: what it watches, what people on the phone notice, and what to do. ``period`` is in seconds."""

    name: str
    row: str
    severity: Literal["page", "ticket"]
    threshold: float
    means: str
    notice: str
    do: tuple[str, ...]
    query: str
    period: int | str  # a text refers to a parameter of the template
    metric: str = ""
    of: Mapping[str, str] = field(default_factory=dict)
    statistic: str = "Sum"
    unit: str = ""
    few_samples: str = ""
    expression: str = ""  # over ``metrics`` and ``steps``
    label: str = ""
    steps: Mapping[str, str] = field(default_factory=dict)  # expressions that the expression uses
    metrics: Mapping[str, Metric] = field(default_factory=dict)
    periods: int = 1
    datapoints: int = 0  # of the periods; 0: all of them
    comparison: Literal[">=", ">", "<"] = ">="
    missing: Literal["notBreaching", "breaching"] = "notBreaching"

    @property
    def resource(self) -> str:
        """Its logical id in the template."""
        return f"{self.name}Alarm"

    @property
    def watched(self) -> tuple[Metric, ...]:
        """Every metric that it reads."""
        return tuple(self.metrics.values()) or (Metric(self.metric, self.of, self.statistic),)


@dataclass(frozen=True, config=_STRICT)
class Row:
    """A row of the dashboard: the alarms of one subject, and its graphs."""

    key: str
    title: str
    graphs: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, config=_STRICT)
class Query:
    """A query of CloudWatch Logs Insights over log groups of the template."""

    name: str
    title: str
    logs: tuple[str, ...]
    text: str
    platform: bool = False  # it asks for lines that Lambda writes, not our code
    condition: str = ""


@dataclass(frozen=True, config=_STRICT)
class Table:
    """The whole table."""

    rows: tuple[Row, ...]
    alarms: tuple[Alarm, ...]
    queries: tuple[Query, ...]

    def of_row(self, row: Row) -> list[Alarm]:
        """The alarms of a row, pages first."""
        return sorted((one for one in self.alarms if one.row == row.key), key=lambda one: one.severity)

    def message(self, alarm: Alarm) -> str:
        """What an alarm's message says to the person whom it wakes. CloudWatch takes 1024 characters."""
        steps = " ".join(f"{number}. {step}" for number, step in enumerate(alarm.do, 1))
        more = f"Saved query: {self.query(alarm.query).title}. Runbook: docs/runbook.md, {alarm.name}."
        return f"{alarm.means} On the phone: {alarm.notice} First: {steps} {more}"

    def query(self, name: str) -> Query:
        """A saved query by its name."""
        return next(one for one in self.queries if one.name == name)


_TABLE = TypeAdapter(Table)


@lru_cache(maxsize=1)
def table() -> Table:
    """The table of this checkout. Raises ``TableError``."""
    return read(PATH.read_text("utf-8"))


def read(text: str) -> Table:
    """A table from its text. Raises ``TableError``."""
    raw = tomllib.loads(text)
    try:
        whole = _TABLE.validate_python({f"{kind}s" if kind != "query" else "queries": raw[kind] for kind in raw})
    except ValidationError as error:
        raise TableError("; ".join(_told(one["loc"], one["msg"], raw) for one in error.errors())) from error
    _check(whole)
    return whole


def _told(place: tuple[int | str, ...], wrong: str, raw: Mapping[str, Any]) -> str:
    """What is wrong with an entry, after the entry's name."""
    kind, number, *key = place
    entry = raw["query" if kind == "queries" else str(kind)[:-1]][number]
    return f"{entry.get('name', entry.get('key', number))}: {'.'.join(map(str, key))}: {wrong}"


def _check(whole: Table) -> None:
    names = [*(one.name for one in whole.alarms), *(one.name for one in whole.queries)]
    if repeated := {name for name in names if names.count(name) > 1}:
        raise TableError(f"{', '.join(sorted(repeated))}: there is one of that name already")
    rows, queries = {one.key for one in whole.rows}, {one.name for one in whole.queries}
    for alarm in whole.alarms:
        wrong = {
            f"row: there is no row {alarm.row!r}": alarm.row not in rows,
            f"query: there is no query {alarm.query!r}": alarm.query not in queries,
            f"do: {STEPS} steps, not {len(alarm.do)}": len(alarm.do) != STEPS,
            "metric: either a metric, or an expression over metrics": bool(alarm.expression) != bool(alarm.metrics)
            or bool(alarm.expression) == bool(alarm.metric),
        }
        if found := [what for what, is_wrong in wrong.items() if is_wrong]:
            raise TableError(f"{alarm.name}: {'; '.join(found)}")
