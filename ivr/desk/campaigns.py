"""Campaigns as they run: blocks of a hundred numbers of which several are reported, or one rang many lines at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ivr.reputation.campaigns import LISTED, Campaign, ReportedNumber, hundred_of, reported_key
from ivr.store.paging import page_of

if TYPE_CHECKING:
    from ivr.desk.context import Context

__all__ = ["Campaign", "CampaignPage", "ReportedNumber", "hundred_of", "of", "page"]

USUAL_PAGE = 25


class CampaignPage(NamedTuple):
    """Campaigns, the one heard of last in front, and where the next page begins; empty: this is the last one."""

    campaigns: list[Campaign]
    next: str


def page(context: Context, *, after: str = "", most: int = USUAL_PAGE) -> CampaignPage:
    """A page of the campaigns. One request."""
    table = context.store.table
    found = page_of(table, LISTED, index="listing", after=after, most=most)
    # One whose numbers a person had forgotten is listed until somebody reports another of its numbers.
    return CampaignPage([one for one in table.read_all(Campaign, found.items) if one.is_campaign], found.next)


def of(context: Context, block: str) -> Campaign | None:
    """The reported numbers of a block (a plus and all but the last two digits); None: there are none. One request."""
    table = context.store.table
    found = table.read(Campaign, table.get(reported_key(block)))
    return found if found and found.numbers else None
