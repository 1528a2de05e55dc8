"""Output that can't be written gives one line and a status, never a traceback. Each command is a process."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.slowly import slow_but

pytestmark = pytest.mark.slow  # whole processes

COMMAND = [sys.executable, "-m", "infra.cli"]
ROOT = Path(__file__).resolve().parents[2]


def run(*arguments, stdout=subprocess.PIPE, **environment):
    return subprocess.run(
        [*COMMAND, "--stack-file", "/nonexistent", *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **environment},
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("command", slow_but([["settings"]], [["settings"], ["settings", "--json"], ["flow"]]))
def test_a_full_disk_is_one_line(command):
    with Path("/dev/full").open("w") as full:
        done = run(*command, stdout=full)
    assert done.returncode == 2
    assert done.stderr == "ivr: No space left on device\n"


def test_an_encoding_without_arabic_is_one_line_that_says_what_to_set():
    done = run("prompts", "show", PYTHONIOENCODING="latin-1")
    assert done.returncode == 2
    assert "set PYTHONIOENCODING=utf-8" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_closed_pipe_is_no_error():
    reader = f"{shlex.quote(sys.executable)} -m infra.cli settings | head -1"
    done = subprocess.run(["bash", "-c", reader], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stderr == ""
