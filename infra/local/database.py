"""The local DynamoDB and SQS: ministack, in a process of its own on 127.0.0.1, and clients that reach nothing else.

The development requirements hold two stand-ins. This one keeps its speed: a request takes about a millisecond however
many items are stored, a cancelled transaction copies nothing, and it runs in a process beside the handlers. (moto,
which most tests use in their own process, copies the table for each transaction.)
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, cast
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, build_opener

import botocore.session
from botocore.config import Config

from infra.local.http_server import listening
from infra.local.service import Service

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

REGION = "me-central-1"
ACCOUNT = "000000000000"  # the stand-in's own
_CREDENTIALS = "laptop"  # the stand-in checks no credentials
_ROOT = Path(__file__).resolve().parents[2]
_STARTS_WITHIN = 60.0  # seconds, on a busy machine; usually half a second
_ENDS_WITHIN = 10.0


class DatabaseError(Exception):
    """The stand-in can't start, or ended. The message holds its last line of output."""


class LocalDatabase(Service):
    """A DynamoDB with streams, and an SQS. It is empty at each start and keeps nothing at its end.

    The constructor opens the port; requests wait there until the stand-in is ready. ``services`` are AWS services by
    the stand-in's own names; none: all of them.
    """

    module = "infra.local.aws_process"  # of the stand-in's process

    def __init__(self, services: str = "dynamodb,dynamodbstreams,sqs") -> None:
        self._services = services
        self._socket = listening(0)
        self.address = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._folder: TemporaryDirectory[str] | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._watch: threading.Thread | None = None
        self._stopping = False

    @property
    def pid(self) -> int:
        """The process that holds the data; 0 before the start."""
        return self._process.pid if self._process else 0

    @property
    def is_alive(self) -> bool:
        """Whether it answers."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Begin to answer, with no table. Raises ``DatabaseError``."""
        self._folder = TemporaryDirectory(prefix="call-screening-")
        folder = self._folder.name
        with Path(folder, "log").open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603  # this Python, and a module of this project
                [sys.executable, "-m", self.module, str(self._socket.fileno())],
                env=_environment(folder, self._services) | self.further_environment(Path(folder)),
                cwd=folder,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                pass_fds=[self._socket.fileno()],
                start_new_session=True,  # Ctrl-C in the terminal goes to the parent alone, which stops this process
            )
        self._socket.close()
        self._watch = threading.Thread(
            target=self._warn_at_its_end, args=(self._process,), name="database", daemon=True
        )
        self._watch.start()
        self._wait_until_it_answers()

    def stop(self) -> None:
        """Answer no more, and forget everything. Safe to repeat, and before the start."""
        self._stopping = True
        self._socket.close()
        if self._process is None or self._watch is None:
            return
        if self._process.stdin:
            self._process.stdin.close()
        self._process.terminate()  # it has nothing to save
        try:
            self._process.wait(_ENDS_WITHIN)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._watch.join()
        if self._folder:
            self._folder.cleanup()

    def log(self) -> str:
        """Its output so far."""
        if not self._folder:
            return ""
        with suppress(OSError):
            return Path(self._folder.name, "log").read_text(encoding="utf-8", errors="replace")
        return ""

    def further_environment(self, folder: Path) -> dict[str, str]:  # noqa: ARG002
        """Variables that the process gets besides; ``folder`` is its own."""
        return {}

    def _wait_until_it_answers(self) -> None:
        opener = build_opener(ProxyHandler({}))
        until = time.monotonic() + _STARTS_WITHIN
        while self.is_alive and time.monotonic() < until:
            try:
                opener.open(f"{self.address}/_ministack/health", timeout=5).close()
            except (HTTPError, URLError, OSError):
                time.sleep(0.05)
            else:
                return
        said = self.log().strip().splitlines()
        self.stop()
        raise DatabaseError(f"the local DynamoDB does not answer; it said last: {said[-1] if said else 'nothing'}")

    def _warn_at_its_end(self, process: subprocess.Popen[bytes]) -> None:
        status = process.wait()
        if not self._stopping:
            sys.stderr.write(
                f"ivr: the local DynamoDB has ended by itself (status {status}). Calls go on as with a table that is "
                "down, and nothing is stored: end this stack and start it anew.\n"
            )
            sys.stderr.flush()


def _environment(folder: str, services: str) -> dict[str, str]:
    """The stand-in's environment: nothing of this user's, and its further servers switched off."""
    return {
        "PATH": os.environ.get("PATH", ""),
        "PYTHONPATH": str(_ROOT),
        "HOME": folder,
        "TMPDIR": folder,
        "STATE_DIR": folder,
        "SERVICES": services,
        "MINISTACK_REGION": REGION,
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "DOCKER_HOST": f"unix://{folder}/no-docker",  # else it would stop containers of other programs
        "LOG_LEVEL": "ERROR",
    }


def client(endpoint: str, region: str = REGION) -> DynamoDBClient:
    """A client of the local DynamoDB."""
    return cast("DynamoDBClient", client_of("dynamodb", endpoint, region))


def client_of(service: str, endpoint: str, region: str = REGION, *, attempts: int = 2) -> Any:
    """A client of the stand-in. It reads no AWS settings of this machine, so it can't reach a real account."""
    session = _session()
    config: Any = Config(
        connect_timeout=1,
        read_timeout=10,  # a busy laptop may be slow; the deployed client waits 2 s
        retries={"mode": "standard", "total_max_attempts": attempts},
        max_pool_connections=_MOST_AT_ONCE,
        parameter_validation=False,
        proxies={},
    )
    return session.create_client(service, region_name=region, endpoint_url=endpoint, config=config)


def regions() -> frozenset[str]:
    """The regions that the stand-in knows: AWS's own."""
    session = _session()
    partitions = session.get_available_partitions()
    return frozenset(one for name in partitions for one in session.get_available_regions("dynamodb", name))


@lru_cache(maxsize=1)
def _session() -> botocore.session.Session:
    """One for all clients: a session takes as long to make as two clients do."""
    nothing = (None, None, None, None)
    session = botocore.session.Session(
        session_vars={
            "profile": nothing,
            "config_file": (None, None, os.devnull, None),
            "credentials_file": (None, None, os.devnull, None),
            "ca_bundle": nothing,
        }
    )
    session.set_credentials(_CREDENTIALS, _CREDENTIALS)
    return session


_MOST_AT_ONCE = 64  # connections that a client keeps: one for each thread of the gateway
