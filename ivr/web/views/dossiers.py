"""The dossier of a report: a page to print or to save as PDF, and the same facts as JSON. The audit keeps each look.

The browser makes the PDF. It sets Arabic right with the fonts of its machine; a PDF made here would need the shaping
of HarfBuzz, compiled for the function's processor, and a typeface in its artifact.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import flask
from flask import g

from ivr import dossier
from ivr.desk.dossier import gathered
from ivr.dossier.sections import sections
from ivr.dossier.wording import LEFT, RIGHT, words
from ivr.web.forms import actor, field, revealed
from ivr.web.rendering import ids
from ivr.web.roles import Right, needs
from ivr.web.views.reports import named

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

pages = flask.Blueprint("dossiers", __name__)


@pages.post("/reports/<report_id>/dossier")
@needs(Right.READ)
def show(report_id: str) -> str:
    """Show the dossier, ready to be printed."""
    facts = _facts(report_id)
    return flask.render_template(
        "dossier.html",
        facts=facts,
        sections=sections(facts),
        said=words(),
        left=LEFT,
        right=RIGHT,
        digest=hashlib.sha256(dossier.json_file(facts)).hexdigest(),
        made=ids(_moment_of(report_id)).hide(str(facts["made"]["epoch"])),
        report_id=report_id,
    )


@pages.post("/reports/<report_id>/dossier.json")
@needs(Right.READ)
def as_json(report_id: str) -> ResponseReturnValue:
    """Give the facts as a file. Its SHA-256 is the one on the page that leads here."""
    facts = _facts(report_id, made=field("made"))
    response = flask.Response(dossier.json_file(facts), content_type="application/json")
    response.headers["Content-Disposition"] = 'attachment; filename="dossier.json"'
    return response


def _facts(report_id: str, made: str = "") -> dict[str, Any]:
    """The facts of this report. Another one may have the same reference."""
    report, context = named(report_id).report, g.site.context
    at = int(revealed(_moment_of(report_id), made)) if made else 0
    [known] = gathered(context, [report], by=actor(), at=at)
    return dossier.facts(known, context.settings)


def _moment_of(report_id: str) -> str:
    """The kind of the ids of moments at which this report's dossier was made: no other report's may bear one."""
    return f"made {report_id}"
