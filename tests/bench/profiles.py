"""A profile, told as one person tells another where the time goes: microseconds a step, function by function."""

from __future__ import annotations

import pstats
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_ROWS = 30
_OURS = ("/ivr/", "/handlers/")


def told(file: Path, steps: int) -> str:
    """What took longest by itself, and then what of ours took longest with all that it called.

    ``file`` is the profile of so many steps. The profiler adds to each call: compare, don't add up.
    """
    rows = [
        (own / steps * 1e6, whole / steps * 1e6, calls / steps, _name(*where))
        for where, (_, calls, own, whole, _) in pstats.Stats(str(file)).stats.items()  # type: ignore[attr-defined]
    ]
    ours = [row for row in rows if row[3].startswith(("ivr/", "handlers/"))]
    heading = f"{'own':>8} {'in all':>8} {'calls':>7}  microseconds a step, of {steps}"
    by_themselves = sorted(rows, reverse=True)[:_ROWS]
    with_all = sorted(ours, key=lambda row: -row[1])[:_ROWS]
    return "\n".join(
        [heading, *map(_line, by_themselves), "", "Of ours, by all that they call:", *map(_line, with_all)]
    )


def _name(path: str, line: int, function: str) -> str:
    for part in _OURS:
        if part in path:
            return f"{part[1:]}{path.rpartition(part)[2]}:{line} {function}"
    return f"{'/'.join(path.split('/')[-2:])}:{line} {function}" if line else function


def _line(row: tuple[float, float, float, str]) -> str:
    return f"{row[0]:8.1f} {row[1]:8.1f} {row[2]:7.1f}  {row[3]}"
