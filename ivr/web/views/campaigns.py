"""Campaigns as they run, each with its numbers. They are masked like any number, until their beginning is asked for."""

from __future__ import annotations

import flask
from flask import g

from ivr.desk import audit, campaigns
from ivr.desk.decisions import VERDICTS
from ivr.web.forms import actor, cursor, revealed
from ivr.web.rendering import chosen_words
from ivr.web.roles import Right, needs

pages = flask.Blueprint("campaigns", __name__)
KIND = "block"


@pages.get("/callers/campaigns")
@needs(Right.READ)
def show() -> str:
    """Show the campaigns, the one heard of last in front."""
    return flask.render_template("campaigns.html", page=campaigns.page(g.site.context, after=cursor()))


@pages.get("/callers/campaigns/<campaign_id>")
@needs(Right.READ)
def campaign(campaign_id: str) -> str:
    """Show a campaign's numbers."""
    return _page(campaign_id)


@pages.post("/callers/campaigns/<campaign_id>/beginning")
@needs(Right.READ)
def show_beginning(campaign_id: str) -> str:
    """Show the same with what all its numbers begin with, in this answer only; the audit keeps who looked."""
    block = revealed(KIND, campaign_id)
    audit.looked(g.site.context, audit.Action.SHOW_NUMBER, by=actor(), about=audit.About.BLOCK, what=block)
    return _page(campaign_id, is_shown=True)


def _page(campaign_id: str, *, is_shown: bool = False) -> str:
    found = campaigns.of(g.site.context, revealed(KIND, campaign_id))
    if found is None:
        flask.abort(404)
    spoken = chosen_words()
    return flask.render_template(
        "campaign.html",
        campaign=found,
        id=campaign_id,
        is_shown=is_shown,
        verdicts=[(verdict, spoken.text(f"verdict.{verdict}")) for verdict in VERDICTS],
    )
