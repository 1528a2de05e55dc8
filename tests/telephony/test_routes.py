"""The routes: one module spells them, and template.yaml routes the same ones."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from infra.local.template import resources
from ivr.flow.pages import BOOK
from ivr.telephony import routes

ROOT = Path(__file__).resolve().parents[2]


def test_the_template_routes_each_path_and_no_other():
    kind = "AWS::ApiGatewayV2::Route"
    routed = [one["Properties"]["RouteKey"] for one in resources().values() if one["Type"] == kind]
    of_calls = [key for key in routed if "/desk" not in key]
    assert sorted(of_calls) == sorted(routes.ROUTE_KEYS)


def test_no_other_module_spells_a_path():
    """A path that is spelled in two places would be changed in one of them only."""
    spelled = [
        (str(path.relative_to(ROOT)), node.value)
        for folder in ("handlers", "ivr")
        for path in sorted((ROOT / folder).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and str(node.value).startswith("/voice")
    ]
    assert spelled == [("ivr/telephony/routes.py", routes.ROOT)]


def test_no_page_is_called_like_a_route():
    own = {path.removeprefix(routes.ROOT).strip("/") for path in (routes.INCOMING, routes.STATUS, routes.RECORDINGS)}
    assert not own & set(BOOK.pages)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/voice/incoming", "incoming"),
        ("/voice/whisper/offer", "whisper.offer"),
        ("/voice/+96891234567", "elsewhere"),
        ("/voice/recordings/RE0.mp3", "elsewhere"),
        ("/elsewhere", "elsewhere"),
    ],
)
def test_a_path_is_logged_by_its_step_alone(path, name):
    assert routes.name_of(path) == name


@pytest.mark.parametrize(
    ("path", "recording"),
    [
        (routes.recording_path("RE0"), "RE0"),
        ("/voice/recordings/.mp3", ""),
        ("/voice/recordings/RE0", ""),
        ("/voice/recordings/../status.mp3", ""),
        ("/voice/recordings/RE0.mp3?x=1", ""),
    ],
)
def test_a_recordings_path_names_it(path, recording):
    assert routes.recording_at(path) == recording
