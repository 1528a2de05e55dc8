"""Fills the README's generated parts, so that what it shows is what the commands print today.

A part begins with a comment that holds an ``ivr`` command and ends with ``<!-- end -->``. What the command prints
stands between them, inside the code fence that is there, if any.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from click.testing import CliRunner

from infra.cli.main import main as ivr

README = Path(__file__).resolve().parents[2] / "README.md"
_PART = re.compile(r"(<!-- ivr (?P<command>[^\n]+) -->\n)(?P<held>.*?)(<!-- end -->)", re.DOTALL)
_FENCE = re.compile(r"```(\w*)\n")


def filled(text: str) -> str:
    """The README's text with every generated part made anew. Raises ``RuntimeError`` for a command that fails."""
    return _PART.sub(_fill, text)


def _fill(part: re.Match[str]) -> str:
    # No stack of this checkout is asked: the parts are the same on every machine.
    arguments = ["--stack-file", "/nonexistent", *shlex.split(part["command"])]
    result = CliRunner().invoke(ivr, arguments, env={"COLUMNS": "120", "TABLE_NAME": ""})
    if result.exit_code:
        raise RuntimeError(f"ivr {part['command']}: {result.output}")
    printed = "\n".join(line.rstrip() for line in result.stdout.strip("\n").splitlines())
    if fence := _FENCE.match(part["held"]):
        printed = f"```{fence[1]}\n{printed}\n```"
    return f"{part[1]}{printed}\n{part[4]}"


def main() -> None:
    """Rewrite README.md."""
    README.write_text(filled(README.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
