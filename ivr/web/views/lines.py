"""The lines: whose telephone each rings, how strictly, and in which languages."""

from __future__ import annotations

from itertools import permutations

import flask
from flask import g

from ivr.desk import Code, DeskError, lines
from ivr.web.forms import actor, cursor, done, field, revealed, seen
from ivr.web.rendering import chosen_words
from ivr.web.roles import Right, needs

pages = flask.Blueprint("lines", __name__)
KIND = "line"


@pages.get("/lines")
@needs(Right.READ)
def show() -> str:
    """Show the lines, and the form for another one."""
    page = lines.page(g.site.context, after=cursor())
    return flask.render_template("lines.html", page=page, **_choices())


@pages.get("/lines/<line_id>")
@needs(Right.READ)
def line(line_id: str) -> str:
    """Show one line, and the forms that change and remove it."""
    found = lines.find(g.site.context, revealed(KIND, line_id))
    if found is None:
        flask.abort(404)
    return flask.render_template("line.html", line=found, **_choices())


@pages.post("/lines/add")
@needs(Right.DECIDE)
def add() -> flask.typing.ResponseReturnValue:
    """Register a line."""
    _register(field("number"), field("ring_to"), changes=False)
    return done("lines.added", "lines.show")


@pages.post("/lines/<line_id>/change")
@needs(Right.DECIDE)
def change(line_id: str) -> flask.typing.ResponseReturnValue:
    """Change a line. Its telephone stays if none is written."""
    number = revealed(KIND, line_id)
    stored = lines.find(g.site.context, number)
    if stored is None:
        raise DeskError(Code.UNKNOWN_LINE, f"{number} is no registered line any more")
    protected = field("kind") == "protected"
    _register(number, field("ring_to") or (stored.ring_to if protected else ""), changes=True)
    return done("lines.changed", "lines.line", line_id=line_id)


@pages.post("/lines/<line_id>/remove")
@needs(Right.DECIDE)
def remove(line_id: str) -> flask.typing.ResponseReturnValue:
    """Remove a line: its number is a report line from then on."""
    number = revealed(KIND, line_id)
    lines.remove(g.site.context, number, by=actor(), note=field("note"), forgets=field("forgets") == "yes", seen=seen())
    return done("lines.removed", "lines.show")


def _register(number: str, ring_to: str, *, changes: bool) -> None:
    lines.register(
        g.site.context,
        number,
        kind=field("kind"),
        ring_to=ring_to,
        languages=field("languages"),
        mode=field("mode"),
        note=field("note"),
        foreign=field("foreign") == "yes",
        by=actor(),
        changes=changes,
        seen=seen(),
    )


def _choices() -> dict[str, object]:
    spoken, offered = chosen_words(), g.site.context.settings.languages
    orders = [(code,) for code in offered] + list(permutations(offered, 2))
    return {
        "kinds": [(kind, spoken.text(f"line.kind.{kind}")) for kind in lines.KINDS],
        "modes": [(mode, spoken.text(f"line.mode.{mode}")) for mode in lines.MODES],
        "orders": [("", spoken.text("line.usual_languages"))]
        + [("-".join(order), " + ".join(spoken.language(code) for code in order)) for order in orders],
    }
