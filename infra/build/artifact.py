"""Builds a function's folder: `python -m infra.build.artifact voice FOLDER`, as `sam build` does by the Makefile."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from importlib.metadata import distributions
from pathlib import Path, PurePath

from infra.build import contents, python313
from infra.build.reached import reached

ROOT = Path(__file__).resolve().parents[2]
IN_LAMBDA = "/var/task"
_OURS = ("handlers", "ivr")
_LICENCE = re.compile(r"LICEN[CS]E|NOTICE|COPYING|AUTHORS", re.IGNORECASE)


class KeepListError(RuntimeError):
    """The keep-list names a path that the pinned requirements don't install."""


def requirements_of(function: str) -> Path:
    """The pinned requirements of a function."""
    return ROOT / "requirements" / f"{contents.REQUIREMENTS.get(function, 'voice')}.txt"


def build(function: str, target: Path) -> None:
    """Fill `target` with the modules that a function needs, of this project and of its pinned requirements, compiled.

    `function` is the name of its module in handlers.

    Raises PythonNotFoundError without a Python 3.13, KeepListError when infra/build/contents.py is out of date.
    """
    with tempfile.TemporaryDirectory() as installed:
        python313.install(requirements_of(function), Path(installed), for_lambda=True)
        fill(function, target, Path(installed))


def fill(function: str, target: Path, installed: Path) -> None:
    """As `build`, from the folder `installed`, which holds the pinned requirements already."""
    target.mkdir(parents=True, exist_ok=True)
    _copy_theirs(contents.THEIRS[function], installed, target)
    for module in contents.COMPILED.get(function, ()):
        for file in installed.glob(f"{module}.*.so"):
            _copy(file, target / file.name)
    _copy_whose_they_are(installed, target)
    _copy_ours(function, target)
    _compile(target)


def _copy_ours(function: str, target: Path) -> None:
    data = [file.relative_to(ROOT) for pattern in contents.DATA_OF_OURS[function] for file in ROOT.glob(pattern)]
    for file in (*reached(ROOT, f"handlers.{function}"), *data):
        _copy(ROOT / file, target / file)


def _copy_theirs(keep: tuple[str, ...], installed: Path, target: Path) -> None:
    for kept in keep:
        source = installed / kept
        if not source.exists():
            raise KeepListError(f"infra/build/contents.py keeps {kept}, which its requirements don't install.")
        files = [source] if source.is_file() else sorted(source.rglob("*"))
        for file in files:
            if file.suffix in contents.SUFFIXES or (file.is_file() and _is_data(file.relative_to(installed))):
                _copy(file, target / file.relative_to(installed))


def _copy_whose_they_are(installed: Path, target: Path) -> None:
    """Name, version and licence of each library that has a file here.

    Scanners find vulnerable libraries by these folders, and `make sbom` reads them from the artifact.
    """
    for library in distributions(path=[str(installed)]):
        files = [file for file in library.files or () if ".." not in file.parts]
        if any((target / file).exists() for file in files if not _is_about(file)):
            for file in filter(_is_about, files):
                if file.name == "METADATA" or _LICENCE.match(file.name):
                    _copy(installed / file, target / file)


def _is_about(file: PurePath) -> bool:
    return file.parts[0].endswith(".dist-info")


def _is_data(file: Path) -> bool:
    return file.as_posix().startswith(contents.DATA) and file.suffix not in contents.NO_DATA


def _copy(source: Path, destination: Path) -> None:
    destination.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, destination)


def _compile(target: Path) -> None:
    """Compile for Lambda: /var/task is read-only, so a module without bytecode is compiled in every cold start.

    With unchecked hashes Python looks neither at the source nor at its date, which the zip changes. Tracebacks name
    Lambda's paths.

    Libraries come as bytecode alone: a traceback and the log still name file, line and function, and nothing reads
    more; what the source was, the pinned version says. This project's own code has its source beside it, for people
    who look at a function in AWS's console. Docstrings stay, since Python can leave them out only together with
    assertions, by which some libraries check what they are given.
    """
    how = ["-q", "--invalidation-mode", "unchecked-hash", "-s", str(target), "-p", IN_LAMBDA]
    compileall = [str(python313.find()), "-m", "compileall", *how]
    subprocess.run([*compileall, *(str(target / name) for name in _OURS)], check=True)  # noqa: S603 our own words
    theirs = [source for source in sorted(target.rglob("*.py")) if source.relative_to(target).parts[0] not in _OURS]
    parts = sorted({str(target / source.relative_to(target).parts[0]) for source in theirs})
    # -b puts the bytecode beside the source: only there does Python accept it without the source.
    subprocess.run([*compileall, "-b", *parts], check=True)  # noqa: S603 our own words
    for source in theirs:
        source.unlink()


def main() -> None:
    """Build into the folder of the command line. A failure prints its reason, not a traceback."""
    if len(sys.argv) != 3 or sys.argv[1] not in contents.THEIRS:
        sys.exit(f"usage: python -m infra.build.artifact {'|'.join(contents.THEIRS)} FOLDER")
    try:
        build(sys.argv[1], Path(sys.argv[2]))
    except (python313.PythonNotFoundError, KeepListError) as error:
        sys.exit(str(error))
    except subprocess.CalledProcessError as error:
        sys.exit(f"The build stopped: this command failed: {' '.join(map(str, error.cmd))}")


if __name__ == "__main__":
    main()
