"""The release: a hash of the artifacts and the parameters, and the commit; it makes SAM publish a new version.

SAM publishes a version of a function when the function's own text in the template changes. A changed parameter does not
change that text, which holds only a Ref. So the release, which changes with every parameter, is written into the text.
"""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

from infra.deploy.template import RELEASE, UNRELEASED
from infra.provenance import commit_of, hashes

if TYPE_CHECKING:
    from collections.abc import Mapping

_DIGITS = 12  # of 64: enough, since only two successive releases must differ
_LINE = re.compile(rf"^(\s+(?:{RELEASE}|VersionDescription):) {UNRELEASED}$", re.MULTILINE)
_ROOT = Path(__file__).resolve().parents[2]


class NotBuiltError(Exception):
    """There is nothing to deploy. The message says what to do."""


def release(built: Path, parameters: Mapping[str, str]) -> str:
    """Twelve hex digits that change with the template, with any file of the artifacts and with any parameter.

    After them, where this is a git checkout, the commit that was built: ``4f3a90bb71c2-9d7c65912ab0``.

    ``built`` is the folder that ``sam build`` fills. Raises ``NotBuiltError``.
    """
    if not (built / "template.yaml").is_file():
        raise NotBuiltError(f"{built} holds no template.yaml: run `make build` first")
    digest = hashlib.sha256(json.dumps(dict(parameters), sort_keys=True).encode())
    for line in hashes(built):
        digest.update(line)
    return "-".join(filter(None, (digest.hexdigest()[:_DIGITS], commit_of(_ROOT))))


def stamped(template: str, name: str) -> str:
    """The built template with the release in it. Raises ``ValueError`` if the template has no place for it."""
    text, times = _LINE.subn(rf"\1 r-{name}", template)  # r-: YAML would read digits alone as a number
    if not times:
        raise ValueError(
            f"the built template has no line `{RELEASE}: {UNRELEASED}`: the next call would not see changes"
        )
    return text
