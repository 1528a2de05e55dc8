"""What a quick run leaves out: some values of a parameter, and most of a property's random examples."""

import pytest
from hypothesis import settings

QUICK_SHARE = 5  # of a property's examples, a quick run draws one in five

# No test fails because the machine is busy: an example has no deadline.
settings.register_profile("whole", max_examples=100, deadline=None)
settings.register_profile("quick", max_examples=100 // QUICK_SHARE, deadline=None)


def choose_profile(config):
    """A run without the slow tests draws few examples. Before any test is imported, for its settings are read there."""
    settings.load_profile("quick" if config.option.markexpr == "not slow" else "whole")


def example_count(whole):
    """The number of examples of a property for which the profile's own number is not right."""
    quick = settings.default.max_examples < 100
    return max(whole // QUICK_SHARE, 3) if quick else whole


def slow_but(quick, values):
    """These values of a parameter; the test is slow for all but the quick ones."""
    return slow_but_rows([(value,) for value in quick], [(value,) for value in values])


def slow_but_rows(quick, rows):
    """These values of several parameters, a row each; the test is slow for all but the quick rows."""
    return [pytest.param(*row, marks=() if row in quick else pytest.mark.slow) for row in rows]


def slow_after(count, rows):
    """These values of a parameter, or rows of several; the test is slow for all but the first ``count``."""
    each = [row if isinstance(row, tuple) else (row,) for row in rows]
    return [pytest.param(*row, marks=() if nth < count else pytest.mark.slow) for nth, row in enumerate(each)]


QUICK_ROWS = 2
# Where a test is a whole call, a command or a webhook, and a table of them takes seconds.
OF_WHOLE_CALLS = ("calls", "care", "cli", "gate", "jobs", "local", "phone", "redeliver", "web")


def leave_to_all(items):
    """Mark as slow the later rows of each table of whole calls, unless the table itself says which of them are."""
    tables = {}
    for item in items:
        if hasattr(item, "callspec") and item.path.parent.name in OF_WHOLE_CALLS:
            tables.setdefault(item.nodeid.partition("[")[0], []).append(item)
    for rows in tables.values():
        if not any(row.get_closest_marker("slow") for row in rows):
            for row in rows[QUICK_ROWS:]:
                row.add_marker(pytest.mark.slow)
