"""Fills the generated parts of README.md and docs/, so that what they show is what the product does today.

A part begins with a comment that names its source and ends with ``<!-- end -->``. The source is an ``ivr`` command,
whose output stands between the two, inside the code fence that is there, if any; ``| in English`` leaves out what is
spoken in other languages. Or it is ``runbook of infra/operate/alarms.toml``, or ``rules of ivr/screening/rules.py``.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from click.testing import CliRunner

from infra.cli.main import main as ivr
from infra.operate.runbook import runbook
from ivr.desk.explanation import rules_in_words

ROOT = Path(__file__).resolve().parents[2]
_PART = re.compile(
    r"(<!-- (?P<source>ivr [^\n]+|runbook of infra/operate/alarms\.toml|rules of ivr/screening/rules\.py) -->\n)"
    r"(?P<held>.*?)(<!-- end -->)",
    re.DOTALL,
)
_IN_ENGLISH = " | in English"
_FENCE = re.compile(r"```(\w*)\n")
_SPEECH = re.compile(r"\d\d:\d\d +\w+ +([A-Z]{2}) ")  # the time, the leg and the language
_HAPPENING = re.compile(r"\d\d:\d\d ")


def documents() -> list[Path]:
    """README.md and every page of docs/."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def filled(text: str) -> str:
    """A document's text with every generated part made anew. Raises ``RuntimeError`` for a command that fails."""
    return _PART.sub(_fill, text)


def _fill(part: re.Match[str]) -> str:
    match part["source"].partition(" ")[::2]:
        case "ivr", command:
            printed = _printed(command)
        case "runbook", _:
            printed = runbook()
        case _:
            printed = _rules()
    if fence := _FENCE.match(part["held"]):
        printed = f"```{fence[1]}\n{printed}\n```"
    return f"{part[1]}{printed}\n{part[4]}"


def _printed(command: str) -> str:
    command, english, _ = command.partition(_IN_ENGLISH)
    # No stack of this checkout is asked: the parts are the same on every machine.
    arguments = ["--stack-file", "/nonexistent", *shlex.split(command)]
    result = CliRunner().invoke(ivr, arguments, env={"COLUMNS": "120", "TABLE_NAME": ""})
    if result.exit_code:
        raise RuntimeError(f"ivr {command}: {result.output}")
    lines = [line.rstrip() for line in result.stdout.strip("\n").splitlines()]
    return "\n".join(_in_english(lines) if english else lines)


def _rules() -> str:
    """The verdict table, in its order."""
    rows = [f"| {number} | {rule.words} | {rule.verdict} |" for number, rule in rules_in_words().items()]
    return "\n".join(["| Rule | What it holds for | Verdict |", "|---|---|---|", *rows])


def _in_english(lines: list[str]) -> list[str]:
    """A transcript without what is spoken in other languages, further lines of the same words included."""
    kept, other = list[str](), False
    for line in lines:
        if _HAPPENING.match(line) or not line.startswith(" "):
            speech = _SPEECH.match(line)
            other = speech is not None and speech[1] != "EN"
        if not other:
            kept.append(line)
    return kept


def main() -> None:
    """Rewrite the documents whose generated parts differ."""
    for document in documents():
        text = document.read_text("utf-8")
        if (anew := filled(text)) != text:
            document.write_text(anew, "utf-8")
            print(f"{document.relative_to(ROOT)} is new")  # noqa: T201  # a command prints


if __name__ == "__main__":
    main()
