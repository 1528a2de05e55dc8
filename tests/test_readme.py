"""The README tells the truth: its generated parts are today's, and whatever it names is there."""

from __future__ import annotations

import re
import subprocess

import pytest

from infra.build import readme
from infra.cli.main import main as ivr
from ivr.settings import documented

TEXT = readme.README.read_text("utf-8")
ROOT = readme.README.parent


def test_its_transcripts_diagrams_and_settings_are_what_the_commands_print_today():
    assert readme.filled(TEXT) == TEXT, "run: .venv/bin/python -m infra.build.readme"


def test_every_setting_stands_in_it():
    assert [name for name in documented() if f"`{name}`" not in TEXT] == []


def test_every_command_stands_in_it():
    assert [name for name in ivr.commands if f"ivr {name}" not in TEXT and f"make {name}" not in TEXT] == []


def test_every_make_target_that_it_names_is_there():
    named = set(re.findall(r"\bmake ([a-z-]+)", TEXT))
    for target in named:
        made = subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, text=True, check=False)
        assert made.returncode == 0 or "credentials" in made.stdout + made.stderr, made.stderr


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`([a-z_]+/[a-z_/]*(?:\.\w+)?)`", TEXT))))
def test_every_path_that_it_names_is_there(path):
    assert (ROOT / path).exists()


def test_every_verdict_has_its_transcript():
    for verdict in ("unknown", "trusted", "flagged", "blocked"):
        assert f"<b>{verdict}</b>" in TEXT
