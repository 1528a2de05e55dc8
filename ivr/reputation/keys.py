"""The partition of a caller."""

from __future__ import annotations


def caller_partition(caller: str) -> str:
    """The partition of a caller's evidence, reputation and decisions."""
    return f"CALLER#{caller}"
