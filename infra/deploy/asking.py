"""Makes an environment file at the first deployment: asks for the parameters without a default, and for no other."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from infra.deploy.environment import FOLDER, checked_answer
from infra.deploy.environment_error import EnvironmentFileError
from infra.local import template

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_HEAD = """\
# Parameters of `make deploy ENV={name}`. What is not here has its default: environments/prod.example.toml describes
# every parameter. Keep no secret here: secrets stay in Parameter Store.

# region = "me-central-1"  # left out: the region of your AWS profile

[parameters]
"""


def ask(name: str, answer: Callable[[str], str], say: Callable[[str], None], folder: Path = FOLDER) -> Path:
    """Write the file of an environment from answers. ``answer`` asks for one; a wrong one is asked again.

    Raises ``EOFError`` from ``answer`` if nobody answers any more; then nothing is written.
    """
    path = folder / f"{name}.toml"
    say(f"environments/{name}.toml does not exist yet. It needs what has no default:")
    lines = [_HEAD.format(name=name)]
    for parameter, one in template.parameters().items():
        if "Default" not in one:
            say(f"\n{' '.join(str(one['Description']).split())}")
            lines.append(f"{parameter} = {json.dumps(_right(parameter, answer, say), ensure_ascii=False)}\n")
    path.write_text("".join(lines), "utf-8")
    say(f"\nWritten to environments/{name}.toml. Set there too what must differ from its default.")
    return path


def _right(parameter: str, answer: Callable[[str], str], say: Callable[[str], None]) -> str:
    while True:
        given = answer(f"{parameter}: ").strip()
        try:
            checked_answer(parameter, given)
        except EnvironmentFileError as error:
            say(str(error))
        else:
            return given
