"""What the built artifacts hold: `python -m infra.build.sbom`, as `make sbom` does, after `make build`.

Each function's artifact gets a software bill of materials in CycloneDX's JSON, read from the artifact itself: the
libraries that have a file in it, with version and licence as their own metadata say. licences.md lists them all.
"""

from __future__ import annotations

import hashlib
import json
import sys
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.spdx import is_expression, is_supported_id
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

from infra.provenance import commit_of, hashes, version

if TYPE_CHECKING:
    from collections.abc import Iterable
    from email.message import Message

ROOT = Path(__file__).resolve().parents[2]
BUILT = ROOT / ".aws-sam" / "build"
SBOM = ROOT / ".aws-sam" / "sbom"
_CLASSIFIER = "License :: "
_HEAD = """\
# Licences of what is deployed

By each library's own metadata, in the artifacts of this build. boto3 and what it needs are the Lambda runtime's, and
AWS patches them.

| Library | Version | Licence | In |
| --- | --- | --- | --- |
"""


class SbomError(Exception):
    """A bill of materials can't be made. The message says what to do."""


def artifacts(built: Path) -> list[Path]:
    """The folders of the functions. Raises ``SbomError`` where nothing is built."""
    folders = sorted(folder for folder in built.glob("*Function") if folder.is_dir())
    if not folders:
        raise SbomError(f"{built} holds no function: run `make build` first")
    return folders


def libraries(artifact: Path) -> list[Distribution]:
    """The libraries of an artifact, by name. Raises ``SbomError`` where it names none."""
    found = sorted(distributions(path=[str(artifact)]), key=lambda one: one.name.lower())
    if not found:
        raise SbomError(f"{artifact} names no library: it is of an older build; run `make build` again")
    return found


def bill(artifact: Path) -> str:
    """The bill of materials of an artifact, as CycloneDX's JSON. Raises ``SbomError`` if it breaks the schema."""
    bom = Bom()
    commit = commit_of(ROOT)
    bom.metadata.component = Component(
        type=ComponentType.APPLICATION,
        name=f"call-screening-ivr {artifact.name}",
        version=version(),
        bom_ref=artifact.name,
        properties=[Property(name="git:commit", value=commit)] if commit else [],
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=_digest(artifact))],
    )
    parts = [_component(one) for one in libraries(artifact)]
    for part in parts:
        bom.components.add(part)
    bom.register_dependency(bom.metadata.component, parts)
    written: str = JsonV1Dot6(bom).output_as_string(indent=2)
    if wrong := JsonStrictValidator(SchemaVersion.V1_6).validate_str(written):
        raise SbomError(f"the bill of {artifact.name} breaks CycloneDX's schema: {wrong}")
    return written


def licences(built: Iterable[Path]) -> str:
    """A table of all libraries with their licences and the functions that hold them."""
    rows: dict[tuple[str, str, str], list[str]] = {}
    for artifact in built:
        for one in libraries(artifact):
            rows.setdefault((one.name, one.version, _licence(one) or "not said"), []).append(artifact.name)
    lines = (
        f"| {name} | {number} | {licence} | {', '.join(where)} |" for (name, number, licence), where in rows.items()
    )
    return _HEAD + "\n".join(sorted(lines, key=str.lower)) + "\n"


def _component(library: Distribution) -> Component:
    licence = _licence(library)
    return Component(
        type=ComponentType.LIBRARY,
        name=library.name,
        version=library.version,
        bom_ref=f"{library.name}@{library.version}",
        purl=PackageURL("pypi", name=library.name.lower().replace("_", "-"), version=library.version),
        licenses=[LicenseFactory().make_from_string(licence)] if licence else [],
    )


def _licence(library: Distribution) -> str:
    """The licence that a library's metadata name: the first that SPDX knows, else the words of its classifier."""
    told: Message = library.metadata  # type: ignore[assignment]  # as it is in every Python so far
    classified = [one.rpartition(" :: ")[2] for one in told.get_all("Classifier") or () if one.startswith(_CLASSIFIER)]
    own = str(told.get("License") or "").strip().partition("\n")[0]
    said = [str(told.get("License-Expression") or ""), own, " OR ".join(classified)]
    by_spdx = (one for one in said if one and (is_supported_id(one) or is_expression(one)))
    return next(by_spdx, "") or said[2] or own


def _digest(artifact: Path) -> str:
    digest = hashlib.sha256()
    for line in hashes(artifact):
        digest.update(line)
    return digest.hexdigest()


def main(built: Path = BUILT, into: Path = SBOM) -> dict[str, Any]:
    """Write the bills and the licences. Returns how many libraries each function holds."""
    folders = artifacts(built)
    into.mkdir(parents=True, exist_ok=True)
    counted = {}
    for artifact in folders:
        written = bill(artifact)
        (into / f"{artifact.name}.cdx.json").write_text(f"{written}\n", "utf-8")
        counted[artifact.name] = len(json.loads(written)["components"])
    (into / "licences.md").write_text(licences(folders), "utf-8")
    return counted


if __name__ == "__main__":
    try:
        for name, number in main().items():
            print(f"{SBOM.relative_to(ROOT)}/{name}.cdx.json: {number} libraries")  # noqa: T201
        print(f"{SBOM.relative_to(ROOT)}/licences.md")  # noqa: T201
    except SbomError as error:
        sys.exit(str(error))
