"""Which tests `make test` and `make test-all` run, and that only the whole run can fail for its coverage."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tomllib

import pytest

from infra.build import docs

PYPROJECT = tomllib.loads((docs.ROOT / "pyproject.toml").read_text("utf-8"))


def pytest_arguments(*words):
    """The arguments that make gives to pytest, by a dry run; without those of a make that runs this test."""
    inherited = {"MAKEFLAGS", "MFLAGS", "MAKEOVERRIDES", "ARGS"}
    told = subprocess.run(
        ["make", "--dry-run", *words],
        cwd=docs.ROOT,
        env={name: value for name, value in os.environ.items() if name not in inherited},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    [command] = [line for line in told.stdout.splitlines() if " -m pytest " in line]
    return shlex.split(command.partition(" -m pytest ")[2])


@pytest.mark.parametrize("words", [("test",), ("test", "ARGS=tests/flow -k report")], ids=["all quick tests", "named"])
def test_make_test_has_no_coverage_gate(words):
    assert not [one for one in pytest_arguments(*words) if one.startswith("--cov")]
    assert "--cov" not in PYPROJECT["tool"]["pytest"]["ini_options"]["addopts"]


def test_make_test_leaves_out_the_slow_tests_unless_tests_are_named():
    assert pytest_arguments("test")[-2:] == ["-m", "not slow"]
    assert pytest_arguments("test", "ARGS=tests/flow -k report")[-3:] == ["tests/flow", "-k", "report"]
    assert "not slow" not in pytest_arguments("test", "ARGS=tests/flow")


def test_make_test_all_runs_every_test_with_the_coverage_gate():
    arguments = pytest_arguments("test-all")
    assert {"--cov", "--cov-branch"} <= set(arguments)
    assert "-m" not in arguments
    assert PYPROJECT["tool"]["coverage"]["report"]["fail_under"] >= 95


@pytest.mark.slow
def test_every_process_collects_the_same_tests_in_the_same_order():
    """pytest-xdist's workers start in different seconds, and refuse to run when a test is named by one."""

    def collected(hash_seed):
        return subprocess.run(
            [sys.executable, "-m", "pytest", "--collect-only"],
            cwd=docs.ROOT,
            env={name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
            | {"PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
            timeout=300,
        ).stdout.splitlines()[:-1]  # the last line holds how long it took

    first, second = collected("1"), collected("2")
    assert len(first) > 1000
    assert [(one, other) for one, other in zip(first, second, strict=True) if one != other] == []
