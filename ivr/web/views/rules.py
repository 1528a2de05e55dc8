"""The desk's rules for all numbers that begin alike. What a rule would have caught is shown before it is made."""

from __future__ import annotations

import flask
from flask import g

from ivr.desk import audit, caught, prefixes
from ivr.desk import preview as trial
from ivr.desk.decisions import VERDICTS
from ivr.desk.seen import fingerprint
from ivr.web.forms import actor, cursor, done, field, revealed, seen
from ivr.web.rendering import chosen_words
from ivr.web.roles import Right, needs

pages = flask.Blueprint("rules", __name__)
KIND = "prefix"


@pages.get("/rules")
@needs(Right.READ)
def show() -> str:
    """Show the rules, and the form for another one."""
    page = prefixes.page(g.site.context, after=cursor())
    return flask.render_template("rules.html", page=page, verdicts=_verdicts())


@pages.get("/rules/<rule_id>")
@needs(Right.READ)
def rule(rule_id: str) -> str:
    """Show one rule with what it caught, and the forms that change and remove it."""
    found = prefixes.find(g.site.context, revealed(KIND, rule_id))
    if found is None:
        flask.abort(404)
    return flask.render_template(
        "rule.html", rule=found, caught=caught.by_prefix(g.site.context, found.prefix), verdicts=_verdicts()
    )


@pages.post("/rules/preview")
@needs(Right.DECIDE)
def preview() -> str:
    """Show what a rule would have caught in the last week. Nothing is changed yet."""
    prefix = _checked(field("prefix"))
    there = prefixes.find(g.site.context, prefix)
    return _preview(prefix, flask.url_for("rules.add"), "rules.add", _week(prefix), shown=fingerprint(there))


@pages.post("/rules/add")
@needs(Right.DECIDE)
def add() -> flask.typing.ResponseReturnValue:
    """Add a rule."""
    prefixes.add(
        g.site.context,
        field("prefix"),
        field("verdict"),
        note=field("note"),
        until=field("until") or None,
        whole_country=field("whole_country") == "yes",
        by=actor(),
        seen=seen(),
    )
    return done("rules.added", "rules.show")


@pages.post("/rules/<rule_id>/change")
@needs(Right.DECIDE)
def change(rule_id: str) -> flask.typing.ResponseReturnValue:
    """Show what a rule would have caught with another verdict; sent again with ``make``, change it."""
    prefix = revealed(KIND, rule_id)
    if field("step") != "make":
        _checked(prefix)
        leads_to = flask.url_for("rules.change", rule_id=rule_id)
        return _preview(prefix, leads_to, "rules.change", _week(prefix), shown=seen())
    prefixes.change_rule(
        g.site.context,
        prefix,
        field("verdict"),
        note=field("note"),
        until=field("until") or None,
        whole_country=field("whole_country") == "yes",
        by=actor(),
        seen=seen(),
    )
    return done("rules.changed", "rules.rule", rule_id=rule_id)


@pages.post("/rules/<rule_id>/remove")
@needs(Right.DECIDE)
def remove(rule_id: str) -> flask.typing.ResponseReturnValue:
    """Show what would have become of calls without a rule; sent again with ``make``, remove it.

    What it was stands in the audit.
    """
    prefix = revealed(KIND, rule_id)
    if field("step") != "make":
        week = trial.remove_rule(g.site.context, prefix)
        leads_to = flask.url_for("rules.remove", rule_id=rule_id)
        return _preview(prefix, leads_to, "rules.remove", week, shown=seen(), sent=("note",))
    prefixes.remove(g.site.context, prefix, note=field("note"), by=actor(), seen=seen())
    return done("rules.removed", "rules.show")


def _checked(text: str) -> str:
    """The prefix for a rule as it is typed. Raises ``DeskError``."""
    whole_country = field("whole_country") == "yes"
    return prefixes.prefix_of(g.site.context, text, field("verdict"), whole_country=whole_country)


def _week(prefix: str) -> trial.LastWeek:
    whole_country = field("whole_country") == "yes"
    return trial.rule(g.site.context, prefix, field("verdict"), whole_country=whole_country)


def _preview(
    prefix: str,
    leads_to: str,
    makes: str,
    week: trial.LastWeek,
    *,
    shown: str,
    sent: tuple[str, ...] = ("verdict", "note", "until", "whole_country"),
) -> str:
    # A prefix may be all but the last digit of a number: such a look at last week's calls is a search.
    audit.looked(g.site.context, audit.Action.SEARCH, by=actor(), about=audit.About.BLOCK, what=prefix)
    return flask.render_template(
        "rule_preview.html",
        prefix=prefix,
        leads_to=leads_to,
        makes=makes,
        shown=shown,
        caught=caught.of(week.calls, week.more),
        week=week,
        sent={name: field(name) for name in sent},
    )


def _verdicts() -> list[tuple[str, str]]:
    spoken = chosen_words()
    return [(verdict, spoken.text(f"verdict.{verdict}")) for verdict in VERDICTS]
