"""`python -m infra.deploy ENV [SAM'S OPTIONS]`: check the settings, stamp the release, and let SAM deploy.

With ``--check`` alone it checks the settings, before anything is built.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from infra.deploy.environment import EnvironmentFileError, read
from infra.deploy.release import NotBuiltError, release, stamped

ROOT = Path(__file__).resolve().parents[2]
BUILT = ROOT / ".aws-sam" / "build"
SAM = ROOT / ".venv" / "sam" / "bin" / "sam"
_WRONG_INPUT = 2


def command(name: str, built: Path, *options: str) -> list[str]:
    """SAM's command line for an environment. Writes the template and the parameters beside the build.

    Raises ``EnvironmentFileError`` or ``NotBuiltError``.
    """
    environment = read(name)
    template, answers = built / "release.yaml", built.parent / "parameters.yaml"
    template.unlink(missing_ok=True)  # the last release's template is no part of this one
    stamp = release(built, environment.parameters)
    template.write_text(stamped((built / "template.yaml").read_text("utf-8"), stamp), "utf-8")
    answers.write_text(json.dumps(dict(environment.parameters), ensure_ascii=False), "utf-8")  # JSON is YAML too
    region = ["--region", environment.region] if environment.region else []
    return [
        *(
            str(SAM),
            "deploy",
            "--config-file",
            str(ROOT / "samconfig.toml"),
            "--template-file",
            str(template),
            "--stack-name",
            environment.stack_name,
        ),
        *("--parameter-overrides", f"file://{answers}", "--no-fail-on-empty-changeset", *region, *options),
    ]


def main(arguments: list[str]) -> int:
    """Deploy. Returns the exit status."""
    try:
        if arguments[1:] == ["--check"]:
            read(arguments[0])
            return 0
        asked = command(arguments[0], BUILT, *arguments[1:])
    except (EnvironmentFileError, NotBuiltError) as error:
        print(error, file=sys.stderr)  # noqa: T201  # a command prints
        return _WRONG_INPUT
    return subprocess.run(asked, cwd=ROOT, check=False).returncode  # noqa: S603  # this project's own arguments and SAM's path


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
