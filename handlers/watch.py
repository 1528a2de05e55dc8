"""Looks every five minutes at what no event tells: the call-backs whose promised time has passed.

Each look gives a metric, 0 too. So the metric has a value for every five minutes, by which the alarm on silence knows
the time of day (infra/operate/alarms.toml).
"""

from __future__ import annotations

import time
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from ivr import store
from ivr.observability.log import Log, write_to
from ivr.settings import current
from ivr.store.errors import StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Mapping

_MOST = 100  # call-backs that are looked at, the first due in front: no alarm needs to know how many more there are


class Watch(NamedTuple):
    """The watch of one deployment."""

    store: store.Store
    log: Log

    def look(self, now: int) -> None:
        """Measure how many call-backs are overdue. ``now``: epoch seconds."""
        self.log.begin("")
        try:
            owed, _ = self.store.call_backs.owed(now, _MOST)
        except StoreUnavailableError as error:
            self.log.failed("watch_failed", error)
            return
        self.log.measure("call_backs_overdue", sum(one.is_late(now) for one in owed))


@lru_cache(maxsize=1)
def watch() -> Watch:
    """The container's instance, made at its first look."""
    write_to()
    settings = current()
    return Watch(store.Store(settings.table_name, store.client()), Log(settings.log_level, settings.metrics_namespace))


def handler(_event: Mapping[str, object], _context: object) -> None:
    """Look once."""
    watch().look(int(time.time()))
