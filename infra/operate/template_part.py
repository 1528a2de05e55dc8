"""The part of template.yaml that the table generates, between two comments. All the rest is written by hand."""

from __future__ import annotations

from itertools import chain

from infra.operate.dashboard import dashboard_lines
from infra.operate.resources import alarm_lines, query_lines
from infra.operate.table import table

BEGIN = (
    "  # --- Alarms, dashboard, saved queries: `python -m infra.operate` writes them from infra/operate/alarms.toml ---"
)
END = "  # --- The end of what is generated. ---"


def filled(text: str) -> str:
    """The text of a template with its generated part made anew. Raises ``ValueError`` without exactly one such part."""
    before, begin, rest = text.partition(f"{BEGIN}\n")
    _, end, after = rest.partition(f"{END}\n")
    if not begin or not end or BEGIN in after:
        raise ValueError(f"template.yaml needs one line {BEGIN!r} and, after it, one line {END!r}")
    return f"{before}{begin}{part()}\n{end}{after}"


def part() -> str:
    """The generated resources."""
    whole = table()
    alarms = chain.from_iterable(
        alarm_lines(alarm, whole.message(alarm)) for row in whole.rows for alarm in whole.of_row(row)
    )
    queries = chain.from_iterable(query_lines(query) for query in whole.queries)
    return "\n".join([*alarms, *dashboard_lines(whole), *queries])
