"""The store for the desk's commands: the store of the calls, with decisions, projections and erasure of a person."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from ivr.store.store import Store

if TYPE_CHECKING:
    from ivr.store.decisions import Decisions
    from ivr.store.forgetting import Forgetting
    from ivr.store.number_lists import NumberLists
    from ivr.store.projections import Projections, Retention
    from ivr.store.statistics import Statistics


class Desk(Store):
    """The store of one deployment, for people of the desk. Its queries need more IAM rights than a function has.

    Its look-ups show what people have just changed, and more than a call needs (``ivr.store.caller_lookup``).
    """

    _for_people = True

    @cached_property
    def decisions(self) -> Decisions:
        """The desk's decisions on numbers."""
        from ivr.store.decisions import Decisions

        return Decisions(self.table)

    @cached_property
    def statistics(self) -> Statistics:
        """The days' numbers."""
        from ivr.store.statistics import Statistics

        return Statistics(self.table)

    @cached_property
    def number_lists(self) -> NumberLists:
        """The lists by telephone number."""
        from ivr.store.number_lists import NumberLists

        return NumberLists(self.table)

    @cached_property
    def projections(self) -> Projections:
        """The projections. The voice function's artifact doesn't contain them."""
        from ivr.store.projections import Projections

        return Projections(self.table)

    def forgetting(self, retention: Retention | None = None) -> Forgetting:
        """The removal of a person's data. ``retention`` is for the reputations that are scored again."""
        from ivr.store.forgetting import Forgetting
        from ivr.store.projections import RETENTION, Projections

        return Forgetting(self.table, Projections(self.table, retention or RETENTION).scores)
