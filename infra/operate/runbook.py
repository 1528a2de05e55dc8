"""The body of docs/runbook.md: for each alarm what it means, what people on the phone notice, and what to do first."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from infra.operate.table import table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from infra.operate.table import Alarm, Table

PATH = Path(__file__).resolve().parents[2] / "docs" / "runbook.md"
# A document, and the part of it that may follow in brackets.
_DOCUMENT = re.compile(r"docs/([a-z-]+\.md)(?=[ ,.:;)])( says \(([^)]+)\))?")
_PART = re.compile(r"(<!-- runbook of infra/operate/alarms\.toml -->\n).*?(<!-- end -->)", re.DOTALL)


def filled(text: str) -> str:
    """The text of docs/runbook.md with its generated part made anew."""
    return _PART.sub(lambda part: f"{part[1]}{runbook()}\n{part[2]}", text)


def runbook() -> str:
    """The alarms row by row, then the saved queries."""
    return _linked("\n".join([*_overview(table()), *_alarms(table()), *_queries(table())]))


def _overview(all_of_it: Table) -> Iterator[str]:
    yield "| Alarm | | What people on the phone notice |"
    yield "|---|---|---|"
    for row in all_of_it.rows:
        for alarm in all_of_it.of_row(row):
            yield f"| [{alarm.name}](#{alarm.name.lower()}) | {alarm.severity} | {alarm.notice} |"
    yield ""


def _alarms(all_of_it: Table) -> Iterator[str]:
    for row in all_of_it.rows:
        yield from (f"## {row.title}", "")
        for alarm in all_of_it.of_row(row):
            query = all_of_it.query(alarm.query)
            yield from (f"### {alarm.name}", "", f"**{alarm.severity.capitalize()}.** {alarm.means}", "")
            yield f"On the phone: {alarm.notice}"
            yield ""
            yield from (f"{number}. {step}" for number, step in enumerate(alarm.do, 1))
            yield ""
            yield f"Goes off when {_condition(alarm)}. Saved query: [{query.title}](#{_anchor(query.title)})."
            yield ""


def _linked(text: str) -> str:
    """The text with a link wherever it names another document, which an alarm's message can only name."""
    return _DOCUMENT.sub(lambda named: f"[{named[1]}]({named[1]}{_part(named[3])}){named[2] or ''}", text)


def _part(title: str | None) -> str:
    return f"#{_anchor(title)}" if title else ""


def _anchor(title: str) -> str:
    return title.lower().translate({ord(mark): None for mark in ":,'"}).replace(" ", "-")


def _condition(alarm: Alarm) -> str:
    watched = (
        f"`{alarm.expression}`" if alarm.expression else f"the {alarm.statistic} of `{alarm.metric}`{_of(alarm.of)}"
    )
    within = _time(alarm.period)
    if alarm.periods > 1:
        within = f"{alarm.datapoints or alarm.periods} of {alarm.periods} periods of {within}"
    names = [f"`{key}` is `{text}`" for key, text in alarm.steps.items()]
    names += [f"`{key}` is the {one.statistic} of `{one.metric}`{_of(one.of)}" for key, one in alarm.metrics.items()]
    where = f", where {', '.join(names)}" if names else ""
    return f"{watched} is {alarm.comparison} {alarm.threshold:g} in {within}{where}"


def _of(dimensions: Mapping[str, str]) -> str:
    values = [value.split()[-1].removesuffix(".QueueName") for value in dimensions.values()]
    return f" ({', '.join(values)})" if values else ""


def _time(seconds: int | str) -> str:
    if isinstance(seconds, str):
        return f"the seconds of the parameter {seconds.removeprefix('!Ref ')}"
    return "a minute" if seconds == 60 else f"{seconds // 60} minutes"


def _queries(all_of_it: Table) -> Iterator[str]:
    yield from (
        "## Saved queries",
        "",
        "In the console: CloudWatch, Logs Insights, Queries, under the stack's name.",
        "",
    )
    for query in all_of_it.queries:
        yield from (
            f"### {query.title}",
            "",
            f"Over {', '.join(query.logs)}.",
            "",
            "```text",
            query.text.strip(),
            "```",
            "",
        )
