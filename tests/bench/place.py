"""Where the handlers run: compiled as the artifact is, in a Python that sees nothing else of this machine."""

import os
import shutil
import subprocess
import sys
import sysconfig
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from infra.build import contents, python313

ROOT = Path(__file__).resolve().parents[2]
BENCH = Path(__file__).parent
ARTIFACT = ROOT / ".aws-sam" / "build" / "VoiceFunction"


@dataclass(frozen=True)
class Place:
    """An interpreter and the folders that it imports from."""

    name: str
    python: str
    paths: tuple[str, ...]


@contextmanager
def checkout():
    """This checkout's handlers under this Python, with the packages of the virtual environment."""
    with TemporaryDirectory() as folder:
        for pattern in contents.OURS:
            for source in ROOT.glob(pattern):
                _copy(source, Path(folder) / source.relative_to(ROOT))
        _add_handwritten(folder, sys.executable)
        version = ".".join(map(str, sys.version_info[:3]))
        yield Place(f"this checkout, Python {version}", sys.executable, (folder, sysconfig.get_path("purelib")))


@contextmanager
def artifact():
    """What `make build` built, under Lambda's Python, beside the boto3 that the artifact's tests keep in .local."""
    runtimes = sorted((ROOT / ".local").glob("lambda-runtime-*"), key=lambda path: path.stat().st_mtime)
    if not (ARTIFACT / "handlers").is_dir() or not runtimes:
        sys.exit(
            "--artifact needs `make build` first, and `make test ARGS=tests/deploy`, which fetches Lambda's boto3."
        )
    python = str(python313.find())
    with TemporaryDirectory() as folder:
        shutil.copytree(ARTIFACT, folder, dirs_exist_ok=True)
        runtime = Path(folder) / "the-runtime"
        shutil.copytree(runtimes[-1], runtime)
        _add_handwritten(folder, python)
        yield Place(f"the built artifact, Python {python313.WANTED}", python, (folder, str(runtime)))


def artifact_bytes():
    """Size of the built artifact, unzipped; 0 when there is none."""
    return sum(path.stat().st_size for path in ARTIFACT.rglob("*") if path.is_file())


def start(place, module, environment):
    """A fresh process with that handler."""
    # -I -S: no variable, no user folder and no .pth file of this machine has a say.
    command = [place.python, "-I", "-S", str(BENCH / "one_handler.py"), module, *place.paths]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    return subprocess.Popen(command, env={"PATH": os.environ["PATH"], **environment}, text=True, bufsize=1, **pipes)


def _add_handwritten(folder, python):
    _copy(BENCH / "handwritten.py", Path(folder) / "handwritten.py")
    how = ["-q", "--invalidation-mode", "unchecked-hash"]  # as infra.build.artifact compiles
    subprocess.run([python, "-m", "compileall", *how, folder], check=True)


def _copy(source, target):
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
