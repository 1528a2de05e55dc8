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

import certifi

from infra.build import artifact as builder
from infra.build import contents, python313

ROOT = Path(__file__).resolve().parents[2]
BENCH = Path(__file__).parent


@dataclass(frozen=True)
class Place:
    """An interpreter and the folders that it imports from."""

    name: str
    python: str
    paths: tuple[str, ...]
    of_peers: tuple[str, ...] = ()  # further folders, for the peers alone
    size: int = 0  # of the artifact, in bytes

    def paths_of(self, module):
        """The folders that a module imports from."""
        return self.paths + (self.of_peers if module.startswith("peers.") else ())


@contextmanager
def checkout(authority=b""):
    """This checkout's handlers under this Python, with the packages of the virtual environment.

    ``authority`` (PEM) is trusted beside all others, by every handler alike.
    """
    with TemporaryDirectory() as folder:
        for pattern in contents.OURS:
            for source in ROOT.glob(pattern):
                _copy(source, Path(folder) / source.relative_to(ROOT))
        shutil.copytree(Path(certifi.__file__).parent, Path(folder) / "certifi")
        _trust(folder, authority)
        _add_peers(folder, sys.executable)
        version = ".".join(map(str, sys.version_info[:3]))
        yield Place(f"this checkout, Python {version}", sys.executable, (folder, sysconfig.get_path("purelib")))


@contextmanager
def artifact(authority=b""):
    """What `make build` builds of this checkout, under Lambda's Python, beside the boto3 that Lambda brings.

    The peers' frameworks are those of the virtual environment, which the product does not see.
    """
    from tests.deploy.conftest import installed  # what was downloaded is kept in .local

    python = str(python313.find())
    with TemporaryDirectory() as folder:
        builder.fill("voice", Path(folder), installed(builder.requirements_of("voice")))
        size = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
        runtime = Path(folder) / "the-runtime"
        shutil.copytree(installed(ROOT / "requirements" / "runtime.txt", "lambda-runtime"), runtime)
        _trust(folder, authority)
        _add_peers(folder, python)
        name = f"the artifact of this checkout, Python {python313.WANTED}"
        yield Place(name, python, (folder, str(runtime)), (sysconfig.get_path("purelib"),), size)


def start(place, module, environment):
    """A fresh process with that handler."""
    # -I -S: no variable, no user folder and no .pth file of this machine has a say.
    command = [place.python, "-I", "-S", str(BENCH / "one_handler.py"), module, *place.paths_of(module)]
    # In a group of its own: Ctrl-C is for the bench, which ends its handlers.
    apart = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "process_group": 0}
    return subprocess.Popen(command, env={"PATH": os.environ["PATH"], **environment}, text=True, bufsize=1, **apart)


def _trust(folder, authority):
    """Add the authority to those that came with the libraries, so that they cost what they cost in Lambda."""
    for file in Path(folder).rglob("cacert.pem"):
        file.write_bytes(file.read_bytes() + authority)


def _add_peers(folder, python):
    shutil.copytree(BENCH / "peers", Path(folder) / "peers", ignore=shutil.ignore_patterns("__pycache__"))
    how = ["-q", "--invalidation-mode", "unchecked-hash"]  # as infra.build.artifact compiles
    subprocess.run([python, "-m", "compileall", *how, folder], check=True)


def _copy(source, target):
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
