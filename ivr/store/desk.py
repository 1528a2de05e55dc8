"""The store as the desk's commands use it: everything that the calls use, and what only people decide."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from ivr.store.store import Store

if TYPE_CHECKING:
    from ivr.store.decisions import Decisions
    from ivr.store.forgetting import Forgetting
    from ivr.store.projections import Projections, Retention


class Desk(Store):
    """The store of one deployment, for people with rights of their own."""

    @cached_property
    def decisions(self) -> Decisions:
        """The desk's decisions on numbers."""
        from ivr.store.decisions import Decisions

        return Decisions(self.table)

    @cached_property
    def projections(self) -> Projections:
        """What follows from calls and reports: of the desk and the stream's function, and in no call's artifact."""
        from ivr.store.projections import Projections

        return Projections(self.table)

    def forgetting(self, retention: Retention | None = None) -> Forgetting:
        """The removal of all that is held about a person; callers whose evidence goes are scored by ``retention``."""
        from ivr.store.forgetting import Forgetting
        from ivr.store.projections import RETENTION, Projections

        return Forgetting(self.table, Projections(self.table, retention or RETENTION).scores)
