"""The walls between modules, as `make check` holds them too (import-linter's contracts stand in pyproject.toml)."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.slowly import slow_but_rows

ROOT = Path(__file__).resolve().parents[1]


def test_the_import_contracts_hold():
    held = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert held.returncode == 0, held.stdout


# What a cold start does not pay for: it is imported by the first record or call that needs it, or before the snapshot.
NOT_AT_START = {
    "aws_lambda_powertools",
    "aws_xray_sdk",
    "boto3",
    "botocore.client",
    "botocore.session",
    "certifi",
    "click",
    "flask",
    "infra",
    "moto",
    "phonenumbers",
    "requests",
    "rich",
    "stdnum",
    "twilio.rest",
    "urllib.request",
    "urllib3",
    "xml.sax",
}


@pytest.mark.parametrize(
    ("function", "more"),
    slow_but_rows(
        [("voice", {"zoneinfo"})],
        [("voice", {"zoneinfo"}), *((name, {"twilio"}) for name in ("follow_up", "reputation", "redeliver", "watch"))],
    ),
    ids=["voice", "follow_up", "reputation", "redeliver", "watch"],
)
def test_nothing_heavy_is_imported_before_it_is_needed(function, more):
    """No REST client, no boto3, no libphonenumber, no tracer and no command line is loaded too early."""
    program = f"import sys, handlers.{function}; print(*sys.modules, sep='\\n')"
    command = [sys.executable, "-c", program]
    loaded = set(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split())
    assert loaded & (NOT_AT_START | more) == set()


def test_no_file_is_too_long():
    """A file has one subject: one that grows beyond this is to be split."""
    sizes = {
        path: len(path.read_text("utf-8").splitlines())
        for folder in ("handlers", "ivr", "infra")
        for path in (ROOT / folder).rglob("*.py")
    }
    assert {path.name: size for path, size in sizes.items() if size > 420} == {}


def test_every_public_class_says_what_it_is_for():
    files = [path for folder in ("handlers", "ivr", "infra") for path in (ROOT / folder).rglob("*.py")]
    classes = [
        (path.name, node)
        for path in files
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    ]
    assert [(name, node.name) for name, node in classes if not ast.get_docstring(node)] == []
