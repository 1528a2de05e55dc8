"""Builds the voice function's folder: `python -m infra.build.artifact FOLDER`, as `sam build` does by the Makefile."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from infra.build import contents, python313

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = ROOT / "requirements" / "voice.txt"
IN_LAMBDA = "/var/task"


class KeepListError(RuntimeError):
    """The keep-list names something that the pinned requirements don't install."""


def build(target: Path) -> None:
    """Fill `target` with our code, the kept part of the pinned requirements, and bytecode for both.

    Raises PythonNotFoundError without a Python 3.13, KeepListError when infra/build/contents.py is out of date.
    """
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as staging:
        python313.install(REQUIREMENTS, Path(staging))
        _copy_theirs(Path(staging), target)
    _copy_ours(target)
    _compile(target)


def _copy_ours(target: Path) -> None:
    for pattern in contents.OURS:
        for source in sorted(ROOT.glob(pattern)):
            _copy(source, target / source.relative_to(ROOT))


def _copy_theirs(staging: Path, target: Path) -> None:
    for kept in contents.THEIRS:
        source = staging / kept
        if not source.exists():
            raise KeepListError(f"infra/build/contents.py keeps {kept}, which requirements/voice.txt doesn't install.")
        files = [source] if source.is_file() else sorted(source.rglob("*"))
        for file in files:
            if file.suffix in contents.SUFFIXES or (file.is_file() and contents.DATA in file.as_posix()):
                _copy(file, target / file.relative_to(staging))


def _copy(source: Path, destination: Path) -> None:
    destination.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, destination)


def _compile(target: Path) -> None:
    """Compile for Lambda: /var/task is read-only, so what isn't compiled here is compiled anew in every cold start.

    Unchecked hashes: no source is looked at, nor its date, which the zip changes. Tracebacks name Lambda's paths.
    """
    how = ["-q", "--invalidation-mode", "unchecked-hash", "-s", str(target), "-p", IN_LAMBDA]
    subprocess.run([str(python313.find()), "-m", "compileall", *how, str(target)], check=True)  # noqa: S603 our own words


def main() -> None:
    """Build into the folder that the command line names; a failure ends with its reason, not with a traceback."""
    if len(sys.argv) != 2:
        sys.exit("usage: python -m infra.build.artifact FOLDER")
    try:
        build(Path(sys.argv[1]))
    except (python313.PythonNotFoundError, KeepListError) as error:
        sys.exit(str(error))
    except subprocess.CalledProcessError as error:
        sys.exit(f"The build stopped, since this failed: {' '.join(map(str, error.cmd))}")


if __name__ == "__main__":
    main()
