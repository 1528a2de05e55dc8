"""Where everything that is known of a caller is stored."""

from __future__ import annotations


def caller_partition(caller: str) -> str:
    """The partition that holds all that is known about a caller."""
    return f"CALLER#{caller}"
