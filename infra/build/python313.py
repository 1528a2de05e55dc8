"""Finds a Python of Lambda's version. The checkout itself may run on another version."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

WANTED = "3.13"
HOW_TO_GET_IT = (
    f"The functions run on Python {WANTED}, and their code is compiled with it, but no python{WANTED} was found on PATH"
    " or among pyenv's versions.\n"
    "Install it (for example: pyenv install 3.13), or name one: make build PYTHON313=/path/to/python3.13"
)

# Lambda's image is Amazon Linux 2023, whose glibc is 2.34 (AWS's page "Lambda runtimes").
_PLATFORMS = ("manylinux_2_34_aarch64", "manylinux_2_28_aarch64", "manylinux_2_17_aarch64", "manylinux2014_aarch64")
_OF_LAMBDA = [
    *(word for platform in _PLATFORMS for word in ("--platform", platform)),
    *("--implementation", "cp", "--python-version", WANTED, "--abi", "cp313", "--abi", "abi3", "--abi", "none"),
]


class PythonNotFoundError(RuntimeError):
    """There is no Python of Lambda's version. The message says what to do."""


def find() -> Path:
    """Return a working interpreter of Lambda's version: PYTHON313 if set, else from PATH, else from pyenv's versions.

    Raises PythonNotFoundError, also when PYTHON313 names another version.
    """
    named = os.environ.get("PYTHON313")
    if named:
        python = _checked(Path(named))
        if python is None:
            raise PythonNotFoundError(f"PYTHON313={named} is not a Python {WANTED} that runs.")
        return python
    for candidate in _candidates():
        python = _checked(candidate)
        if python is not None:
            return python
    raise PythonNotFoundError(HOW_TO_GET_IT)


def install(requirements: Path, target: Path, *, for_lambda: bool = False) -> None:
    """Install a hashed requirements file into the folder `target`, as Lambda's Python would.

    The pip of this Python installs, since a Python 3.13 may have none. Wheels only, so that no setup.py runs. What is
    compiled is for this machine, or `for_lambda`: for arm64, on which the functions run.
    """
    pip = [sys.executable, "-m", "pip", "--python", str(find()), "install", "-qq", "--no-compile"]
    pinned = ["--require-hashes", "--no-deps", "--only-binary", ":all:"]
    pinned += _OF_LAMBDA if for_lambda else []
    subprocess.run([*pip, *pinned, "--target", str(target), "-r", str(requirements)], check=True)  # noqa: S603 our own words


def _candidates() -> Iterator[Path]:
    on_path = shutil.which(f"python{WANTED}")
    if on_path:
        yield Path(on_path)
    versions = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    yield from sorted(versions.glob(f"{WANTED}*/bin/python{WANTED}"), reverse=True)


def _checked(candidate: Path) -> Path | None:
    """Run the candidate to see its version: a shim of pyenv on PATH fails where another version is chosen."""
    question = "import sys; print('.'.join(map(str, sys.version_info[:2])), sys.executable)"
    try:
        answer = subprocess.run(  # noqa: S603 the candidate is an interpreter found above
            [str(candidate), "-I", "-c", question], capture_output=True, check=True, text=True, timeout=30
        )
    except (OSError, subprocess.SubprocessError):
        return None
    version, _, executable = answer.stdout.strip().partition(" ")
    return Path(executable) if version == WANTED else None
