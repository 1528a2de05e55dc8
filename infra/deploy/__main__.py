"""`python -m infra.deploy ENV [--check | --look] [--yes] [SAM'S OPTIONS]`: check, stamp, and let SAM deploy.

``--check`` checks the settings alone; without a file, it asks for what has no default. ``--look`` looks for what the
stack needs in the AWS account. ``make deploy`` does both before anything is built. ``--yes`` asks no question.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from infra.deploy.account import Account, AccountError, ready, sign_in
from infra.deploy.alone import NotAloneError, alone
from infra.deploy.asking import ask
from infra.deploy.environment import FOLDER, read
from infra.deploy.environment_error import EnvironmentFileError
from infra.deploy.release import NotBuiltError, release, stamped
from infra.deploy.versions import prune

if TYPE_CHECKING:
    from infra.deploy.environment import Environment

ROOT = Path(__file__).resolve().parents[2]
BUILT = ROOT / ".aws-sam" / "build"
SAM = ROOT / ".venv" / "sam" / "bin" / "python"  # not its script, whose first line can't name a path with a space
_WRONG_INPUT, _INTERRUPTED = 2, 130
_STOPPED = "\nStopped. What CloudFormation had begun goes on: the next make deploy says how it stands."
_NOBODY_ASKED = "There is no terminal to ask at. To deploy without the question, type: make deploy ENV={} ARGS=--yes"


def command(environment: Environment, built: Path, *options: str) -> list[str]:
    """SAM's command line for an environment. Writes the template and the parameters beside the build.

    Raises ``NotBuiltError``.
    """
    template, answers = built / "release.yaml", built.parent / "parameters.yaml"
    template.unlink(missing_ok=True)  # the last release's template is no part of this one
    stamp = release(built, environment.parameters)
    template.write_text(stamped((built / "template.yaml").read_text("utf-8"), stamp), "utf-8")
    answers.write_text(json.dumps(dict(environment.parameters), ensure_ascii=False), "utf-8")  # JSON is YAML too
    region = ["--region", environment.region] if environment.region else []
    tags = [f"{key}={value}" for key, value in environment.tags.items()]
    return [
        *(str(SAM), "-m", "samcli", "deploy"),
        *("--config-file", str(ROOT / "samconfig.toml"), "--template-file", str(template)),
        *("--stack-name", environment.stack_name, "--parameter-overrides", f"file://{answers}"),
        *(["--tags", *tags] if tags else []),
        *("--no-fail-on-empty-changeset", *region, *options),
    ]


def check(name: str, folder: Path = FOLDER) -> None:
    """Check the settings. Raises ``EnvironmentFileError``."""
    if not (folder / f"{name}.toml").exists() and sys.stdin.isatty():
        try:
            ask(name, input, print, folder)
        except (EOFError, KeyboardInterrupt):
            raise EnvironmentFileError(f"environments/{name}.toml was not written") from None
    read(name, folder)


def deploy(environment: Environment, options: list[str], built: Path = BUILT) -> int:
    """Deploy what is built. Returns SAM's exit status.

    Raises ``AccountError``, ``NotBuiltError`` or ``NotAloneError``.
    """
    account = sign_in(environment)
    whole = ready(account, environment)
    tell_pruned(account, environment)  # a version that was taken back would keep its own correction out
    with alone(built.parent) as held:
        asked = command(whole, built, *options)
        # SAM holds it too: it goes on if this process is killed.
        ran = subprocess.run(asked, cwd=ROOT, check=False, pass_fds=[held])  # noqa: S603  # our own arguments and SAM's path
    tell_pruned(account, environment)
    return ran.returncode


def tell_pruned(account: Account, environment: Environment) -> None:
    """Delete the versions that nobody needs, and say which. If AWS refuses, say so: the deployment itself is done.

    While somebody deploys, nothing is deleted: the newest version may be the one that is about to answer calls.
    """
    try:
        formation = account.client("cloudformation")
        try:
            told = formation.describe_stack_resource(
                StackName=environment.stack_name, LogicalResourceId="VoiceFunction"
            )
        except ClientError:
            return  # not deployed yet
        [stack] = formation.describe_stacks(StackName=environment.stack_name)["Stacks"]
        if stack["StackStatus"].endswith("_IN_PROGRESS"):
            return
        functions = account.client("lambda")
        function = told["StackResourceDetail"]["PhysicalResourceId"]
        deleted = prune(functions, function, environment.keep_versions)
    except (BotoCoreError, ClientError) as error:
        print(f"Old versions were not deleted: {error}", file=sys.stderr)  # noqa: T201
        return
    if deleted:
        print(f"Deleted versions of the voice function: {', '.join(map(str, deleted))}")  # noqa: T201


def main(arguments: list[str]) -> int:
    """Deploy. Returns the exit status."""
    name, *options = arguments or [""]
    yes = "--yes" in options
    options = [one for one in options if one != "--yes"]
    try:
        if options == ["--check"]:
            check(name)
            return 0
        environment = read(name)
        if not yes and not sys.stdin.isatty() and "--no-confirm-changeset" not in options:
            print(_NOBODY_ASKED.format(name), file=sys.stderr)  # noqa: T201
            return _WRONG_INPUT
        if "--look" in options:
            with alone(BUILT.parent):  # before anything is built
                account = sign_in(environment)
                ready(account, environment)
            where = f"account {account.number}, {account.region}"
            print(f"Deploying {environment.stack_name} to {where}, as {account.who}")  # noqa: T201
            return 0
        return deploy(environment, [*options, *(["--no-confirm-changeset"] if yes else [])])
    except (EnvironmentFileError, NotBuiltError, NotAloneError, AccountError) as error:
        print(error, file=sys.stderr)  # noqa: T201  # a command prints
        return _WRONG_INPUT
    except KeyboardInterrupt:
        print(_STOPPED, file=sys.stderr)  # noqa: T201
        return _INTERRUPTED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
