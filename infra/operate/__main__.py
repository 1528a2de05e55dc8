"""Writes template.yaml's part and docs/runbook.md: `python -m infra.operate`. With --check it says what is stale."""

from __future__ import annotations

import sys

from infra.local.template import TEMPLATE
from infra.operate import runbook, template_part


def main(arguments: list[str]) -> None:
    """Write the two files anew where they differ from the table, or, with --check, say so and fail."""
    texts = {TEMPLATE: template_part.filled, runbook.PATH: runbook.filled}
    old = {path: path.read_text("utf-8") for path in texts}
    stale = {path: anew for path, make in texts.items() if (anew := make(old[path])) != old[path]}
    if stale and "--check" in arguments:
        names = " and ".join(path.name for path in stale)
        sys.exit(f"not as infra/operate/alarms.toml has it: {names}. Run: .venv/bin/python -m infra.operate")
    for path, anew in stale.items():
        path.write_text(anew, "utf-8")
        print(f"{path.name} is new")  # noqa: T201  # a command prints


if __name__ == "__main__":
    main(sys.argv[1:])
