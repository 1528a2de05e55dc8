"""The desk's prefix rules as a container keeps them: most callers' numbers begin alike, so most rules are known.

What was read is used for a minute and no longer: a rule of the desk is at most so late. Where it can't be read again
after that it is not used but counts as unread, as at a first look-up: such a caller is neither trusted nor blocked by a
rule that may be gone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping

    from ivr.records.base import ItemKey
    from ivr.screening.desk_decision import PrefixRule

KEPT_SECONDS = 60  # docs/desk.md, docs/architecture.md and the desk's page of rules say so
_MOST_KEPT = 2_000


class KeptRules:
    """What stood at the keys of rules, for ``seconds`` from when it was read; 0: none is used again.

    Times are epoch seconds of the webhooks, as they came in: earlier than the reads, so nothing is kept too long.
    """

    def __init__(self, seconds: int) -> None:
        self._seconds = seconds
        self._kept: dict[ItemKey, tuple[PrefixRule | None, int]] = {}

    def known(self, keys: Iterable[ItemKey], now: int) -> dict[ItemKey, PrefixRule | None]:
        """What stands at those of ``keys`` that need not be read; None: there is no rule."""
        found = {key: self._kept[key] for key in keys if key in self._kept}
        return {key: rule for key, (rule, at) in found.items() if 0 <= now - at < self._seconds}

    def keep(self, read: Mapping[ItemKey, PrefixRule | None], now: int, *, unread: Container[ItemKey] = ()) -> None:
        """Keep what a webhook of ``now`` read, except at the keys ``unread``: left unprocessed, or damaged."""
        for key in read:
            self._kept.pop(key, None)  # so that the oldest stands first
        self._kept |= {key: (rule, now) for key, rule in read.items() if key not in unread}
        while len(self._kept) > _MOST_KEPT:
            del self._kept[next(iter(self._kept))]
