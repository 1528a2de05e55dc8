"""Links this checkout's packages and commands (`ivr`) into the virtual environment that runs this file.

This is what `pip install --editable .` does, but without its build tools, which no requirements file pins.
"""

from __future__ import annotations

import shlex
import sys
import sysconfig
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# A #! line allows no space in the path, and limits its length. So /bin/sh runs the second line, which Python skips.
COMMAND = """\
#!/bin/sh
'''exec' {python} "$0" "$@"
' '''
import sys

from {module} import {function}

sys.exit({function}())
"""


def link() -> None:
    """Write the .pth file and one script for each of pyproject.toml's [project.scripts]."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (Path(sysconfig.get_path("purelib")) / f"{project['name']}.pth").write_text(f"{ROOT}\n", encoding="utf-8")
    for name, entry in project["scripts"].items():
        module, _, function = entry.partition(":")
        script = Path(sysconfig.get_path("scripts")) / name
        script.write_text(
            COMMAND.format(python=shlex.quote(sys.executable), module=module, function=function), encoding="utf-8"
        )
        script.chmod(0o755)


if __name__ == "__main__":
    link()
