"""The stack file: the addresses and the token of a running stack, for `ivr` in a second terminal."""

from __future__ import annotations

import json
import os
import socket
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

PATH = Path(__file__).resolve().parents[2] / ".local" / "stack.json"
_PATIENCE = 1.0  # seconds for a connection on loopback


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A running stack. ``settings`` are those of its handlers, with the auth token."""

    pid: int
    gateway: str  # where it listens; webhooks are signed over settings["PUBLIC_BASE_URL"]
    dynamodb: str
    region: str
    settings: dict[str, str]
    log: str = ""  # the file that it writes its log to; empty: none
    exchange: str = ""  # base URL of its REST API in place of Twilio's: see infra/local/exchange.py

    @property
    def table(self) -> str:
        """Name of the table."""
        return self.settings["TABLE_NAME"]

    def is_alive(self) -> bool:
        """Whether its process runs and its gateway accepts connections. A killed stack leaves its file behind."""
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        except (PermissionError, OverflowError):
            pass
        gateway = urlsplit(self.gateway)
        try:
            socket.create_connection((gateway.hostname or "", gateway.port or 0), _PATIENCE).close()
        except OSError:
            return False
        return True


def write(running: Running, path: Path = PATH) -> None:
    """Write the file atomically, readable by this user alone, and a second one under the process id: see ``remove``."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    for place in (_own(path, running.pid), path):
        draft = place.with_name(f"{place.name}.{os.getpid()}")
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            json.dump(asdict(running), file, ensure_ascii=False, indent=2)
        draft.replace(place)


def read(path: Path = PATH) -> Running | None:
    """The stack in the file, running or not. None: there is no file, or no stack wrote it."""
    try:
        written: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        running = Running(**written)
    except (OSError, ValueError, TypeError):
        return None
    return running if isinstance(running.pid, int) and "TABLE_NAME" in running.settings else None


def remove(pid: int, path: Path = PATH) -> None:
    """Delete a stack's files. If it was the newest, the file names the newest running stack from now on."""
    _own(path, pid).unlink(missing_ok=True)
    written = read(path)
    if written is not None and written.pid != pid:
        return
    path.unlink(missing_ok=True)
    others = sorted(path.parent.glob(f"{path.stem}-*{path.suffix}"), key=lambda file: file.stat().st_mtime_ns)
    while others:
        other = read(file := others.pop())
        if other and other.is_alive():
            write(other, path)
            return
        file.unlink(missing_ok=True)  # its stack was killed
        if other and other.log:
            Path(other.log).unlink(missing_ok=True)


def _own(path: Path, pid: int) -> Path:
    return path.with_name(f"{path.stem}-{pid}{path.suffix}")
