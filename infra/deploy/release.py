"""The release: a hash of what is deployed and of its settings, which makes SAM publish a version.

SAM publishes a version of a function when the function's own text in the template changes. A changed parameter changes
no text: it stands behind a Ref. So the release, which changes with every parameter, is written into that text.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING

from infra.deploy.template import RELEASE, UNRELEASED

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_DIGITS = 12  # of 64; a collision of two releases in a row is all that matters
_LINE = re.compile(rf"^(\s+{RELEASE}:) {UNRELEASED}$", re.MULTILINE)


class NotBuiltError(Exception):
    """There is nothing to deploy. The message says what to do."""


def release(built: Path, parameters: Mapping[str, str]) -> str:
    """Twelve hex digits that change with the template, any file of the artifacts, or any parameter that is set.

    ``built`` is the folder that ``sam build`` fills. Bytecode does not count: it is made from the sources beside it,
    and not the same twice. Raises ``NotBuiltError``.
    """
    if not (built / "template.yaml").is_file():
        raise NotBuiltError(f"{built} holds no template.yaml: run `make build` first")
    digest = hashlib.sha256(json.dumps(dict(parameters), sort_keys=True).encode())
    for file in sorted(built.rglob("*")):
        if file.is_file() and file.suffix != ".pyc":
            contents = hashlib.sha256(file.read_bytes()).hexdigest()
            digest.update(f"{file.relative_to(built).as_posix()} {contents}\n".encode())
    return digest.hexdigest()[:_DIGITS]


def stamped(template: str, name: str) -> str:
    """A built template's text with the release in it. Raises ``ValueError`` where the template has no place for it."""
    text, times = _LINE.subn(rf"\1 r-{name}", template)  # a word of digits alone would be read as a number
    if not times:
        raise ValueError(
            f"the built template has no line `{RELEASE}: {UNRELEASED}`: the next call would not see changes"
        )
    return text
