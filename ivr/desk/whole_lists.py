"""Lists that are read to their end, for files: page after page as it is asked for, each at its page's fixed cost.

A list in the order of an unchanging key (a number, or a time that only newer entries come after) has each record once,
whatever is stored meanwhile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

T = TypeVar("T")
PAGE = 200  # records
# A function may answer with 6 MB. A caller's row has some 100 bytes, a decision's 200, an audit entry's up to 1,000.
MOST_CALLERS, MOST_DECISIONS, MOST_ENTRIES = 40_000, 20_000, 5_000


def read_all(page: Callable[[str], tuple[list[T], str]], most: int) -> Iterator[T]:
    """Yield what the pages of a list hold, at most ``most``. ``page`` gets the place where it begins; empty: first."""
    after, read = "", 0
    while read < most:
        found, after = page(after)
        yield from found[: most - read]
        read += len(found)
        if not after:
            return
