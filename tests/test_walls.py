"""The walls between modules, as `make check` holds them too (import-linter's contracts stand in pyproject.toml)."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

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


def test_nothing_heavy_is_imported_before_a_call_needs_it():
    """No REST client, no tracer, no SSM, no time zones, no command line is loaded too early."""
    program = "import sys, handlers.voice; print('\\n'.join(sys.modules))"
    loaded = set(
        subprocess.run(
            [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout.split()
    )
    heavy = {"twilio.rest", "flask", "click", "rich", "moto", "aws_xray_sdk", "requests", "stdnum", "zoneinfo"}
    assert not heavy & loaded
    assert not any(name.startswith(("infra", "aws_lambda_powertools.utilities.parameters")) for name in loaded)


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
