"""The walks of docs/development.md, applied as printed to a copy of the product, and then run."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys

import pytest

from infra.build.docs import ROOT

pytestmark = pytest.mark.slow  # each command is a process of its own, with a stack for the calls

TEXT = (ROOT / "docs" / "development.md").read_text("utf-8")
WALKS = {
    walk.partition("\n")[0]: walk
    for walk in re.split(r"^### ", TEXT.partition("\n## Walks\n")[2].partition("\n## ")[0], flags=re.MULTILINE)[1:]
}
_BLOCK = re.compile(r"^```(diff|console|text)\n(.*?)^```", re.DOTALL | re.MULTILINE)


@pytest.fixture
def copy(tmp_path):
    """A copy of the product and its tests, without their environment."""
    for name in ("handlers", "infra", "ivr", "tests"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "template.yaml"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "docs").mkdir()
    shutil.copy(ROOT / "docs" / "runbook.md", tmp_path / "docs")  # written by the commands of a walk
    return tmp_path


@pytest.mark.parametrize("walk", [title for title, text in WALKS.items() if "```diff" in text])
def test_a_walk_works_as_printed(walk, copy):
    printed = ""
    for kind, block in _BLOCK.findall(WALKS[walk]):
        if kind == "diff":
            _apply(block, copy)
        elif kind == "console":
            printed = "".join(_run(line, copy) for line in block.splitlines())
        else:
            assert [line for line in block.splitlines() if line not in printed] == [], printed
    for arguments in (["check", "--quiet"], ["format", "--check", "--quiet"]):
        subprocess.run([sys.executable, "-m", "ruff", *arguments, "."], cwd=copy, check=True)


def test_the_printed_call_script_passes(copy):
    text = (ROOT / "docs" / "call-scripts.md").read_text("utf-8")
    (script,) = re.findall(r"^```yaml\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    (copy / "my_call.yaml").write_text(script, "utf-8")
    assert "Passed: " in _run(".venv/bin/ivr call --script my_call.yaml", copy)


def _apply(block, copy):
    """Change the files as a diff says. Each hunk must stand in its file once: nothing is applied by guessing."""
    for old, changes in re.findall(r"^--- (\S+)\n(?:\+\+\+ \S+\n)?(.*?)(?=^--- |\Z)", block, re.DOTALL | re.MULTILINE):
        if old == "/dev/null":
            new = re.search(r"^\+\+\+ (\S+)", block, re.MULTILINE)[1]
            (copy / new).write_text(_side(changes, "+"), "utf-8")
            continue
        text = (copy / old).read_text("utf-8")
        for hunk in re.split(r"^@@\n", changes, flags=re.MULTILINE):
            before = _side(hunk, "-")
            assert text.count(before) == 1, f"{old} has no such lines, or has them twice:\n{before}"
            text = text.replace(before, _side(hunk, "+"))
        (copy / old).write_text(text, "utf-8")


def _side(hunk, sign):
    """The lines of a hunk as they are before (-) or after (+) it."""
    return "".join(line[1:] + "\n" for line in hunk.splitlines() if not line or line[0] in {" ", sign})


def _run(line, copy):
    program, *words = shlex.split(line)
    command = [sys.executable, *{".venv/bin/ivr": ["-m", "infra.cli"], ".venv/bin/python": []}[program], *words]
    environment = {name: value for name, value in os.environ.items() if name not in {"TABLE_NAME", "IVR_STACK"}}
    ran = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, check=False)
    printed = ran.stdout + ran.stderr
    assert ran.returncode == 0, printed
    return re.sub(r"\n +", " ", printed)  # a sentence that is folded is one line again
