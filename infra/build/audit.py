"""Known vulnerabilities of what is deployed: `python -m infra.build.audit`, as `make audit` does.

pip-audit asks PyPI about every pinned library. Where PyPI's answers can't be had, it passes over the library and
reports none found; here that is said, and is no success.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
DEPLOYED = ("voice", "desk")
_WITHIN = 600  # seconds
_VULNERABLE, _NOT_ASKED = 1, 2  # exit status


class Audit(NamedTuple):
    """What is known of a requirements file."""

    asked: int
    vulnerable: tuple[str, ...]  # a line each
    passed_over: tuple[str, ...]  # names of libraries

    @property
    def status(self) -> int:
        """The exit status: 0 where every library was asked about and none is vulnerable."""
        if self.vulnerable:
            return _VULNERABLE
        return _NOT_ASKED if self.passed_over or not self.asked else 0


def read(told: str) -> Audit:
    """What pip-audit's JSON says. Raises ``ValueError`` where it is none."""
    libraries = json.loads(told)["dependencies"]
    return Audit(
        asked=sum("skip_reason" not in one for one in libraries),
        vulnerable=tuple(
            f"{one['name']} {one['version']}: {found['id']}, fixed in {', '.join(found['fix_versions']) or 'nothing'}"
            for one in libraries
            for found in one.get("vulns", ())
        ),
        passed_over=tuple(one["name"] for one in libraries if "skip_reason" in one),
    )


def audit(requirements: Path) -> Audit:
    """Ask about a file of pins. Raises ``ValueError`` where pip-audit could not ask."""
    how = ["--require-hashes", "--disable-pip", "--progress-spinner", "off", "--format", "json"]
    command = [sys.executable, "-m", "pip_audit", *how, "-r", str(requirements)]
    try:
        ran = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=_WITHIN, check=False)  # noqa: S603
    except subprocess.TimeoutExpired as error:
        raise ValueError("PyPI did not answer in time") from error
    try:
        return read(ran.stdout)
    except (ValueError, KeyError) as error:
        why = ran.stderr.strip().splitlines()
        raise ValueError(why[-1] if why else "pip-audit said nothing") from error


def told(name: str, found: Audit) -> str:
    """An audit in words."""
    lines = [f"{name}: {line}" for line in found.vulnerable]
    if found.passed_over:
        of = found.asked + len(found.passed_over)
        lines.append(
            f"{name}: {len(found.passed_over)} of {of} libraries could NOT be audited, since this machine gets no "
            f"answer about them from PyPI: {', '.join(found.passed_over)}"
        )
    if found.status == 0:
        lines.append(f"{name}: {found.asked} libraries, and no vulnerability of theirs is known")
    return "\n".join(lines)


def main(names: list[str]) -> int:
    """Audit requirements files, by their names. Returns the exit status."""
    worst = 0
    for name in names:
        try:
            found = audit(ROOT / "requirements" / f"{name}.txt")
        except ValueError as error:
            print(f"{name}: nothing could be audited: {error}")  # noqa: T201
            worst = worst or _NOT_ASKED
            continue
        print(told(name, found))  # noqa: T201
        worst = _VULNERABLE if found.status == _VULNERABLE else worst or found.status
    return worst


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or list(DEPLOYED)))
