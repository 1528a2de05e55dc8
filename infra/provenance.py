"""Which source this is: the version of the project, the commit of the checkout, and what was built of it."""

from __future__ import annotations

import hashlib
import subprocess
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
_DIGITS = 12
_WITHIN = 10  # seconds


def version() -> str:
    """The version that pyproject.toml gives the project."""
    return str(tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"])


def commit_of(checkout: Path) -> str:
    """The commit of a checkout, shortened, with ``-changed`` where files differ from it; empty: git knows none."""
    head = _git(checkout, "rev-parse", f"--short={_DIGITS}", "HEAD")
    if not head or _git(checkout, "rev-parse", "--show-toplevel") != str(checkout.resolve()):
        return ""
    return f"{head}-changed" if _git(checkout, "status", "--porcelain") else head


def hashes(built: Path) -> Iterator[bytes]:
    """A line for each file of what was built: its path and its hash.

    Without the bytecode of a source that is there too, which says nothing more (``__pycache__``).
    """
    for file in sorted(built.rglob("*")):
        if file.is_file() and file.parent.name != "__pycache__":
            contents = hashlib.sha256(file.read_bytes()).hexdigest()
            yield f"{file.relative_to(built).as_posix()} {contents}\n".encode()


def _git(checkout: Path, *words: str) -> str:
    try:
        ran = subprocess.run(  # noqa: S603  # our own words
            ["git", "-C", str(checkout), *words],  # noqa: S607  # the git of this machine
            capture_output=True,
            encoding="utf-8",
            timeout=_WITHIN,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return ran.stdout.strip() if ran.returncode == 0 else ""
