"""The local DynamoDB and SQS: moto's server on a free port of 127.0.0.1, and clients that can reach nothing else."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Any, cast

import botocore.session
from botocore.config import Config

from infra.local.loopback import LoopbackServer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment
    from mypy_boto3_dynamodb import DynamoDBClient

REGION = "me-central-1"
_CREDENTIALS = "laptop"  # any will do: the stand-in checks none
_NO_ACCOUNT = {  # the stand-in asks boto3 for regions, and must not stumble over a profile of this user's
    "AWS_PROFILE": None,
    "AWS_DEFAULT_PROFILE": None,
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
}


class LocalDatabase:
    """A DynamoDB of this process, and an SQS beside it, empty at each start and gone at their end."""

    def __init__(self) -> None:
        self._environment = {name: os.environ.get(name) for name in _NO_ACCOUNT}
        _set(_NO_ACCOUNT)
        from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

        self._server = LoopbackServer(one_at_a_time(DomainDispatcherApplication(create_backend_app)))

    @property
    def address(self) -> str:
        """Its endpoint, as http://127.0.0.1:PORT."""
        return self._server.address

    def start(self) -> None:
        """Begin to answer, with no table."""
        _forget_everything()
        self._server.start()

    def stop(self) -> None:
        """Answer no more, and forget everything."""
        self._server.stop()
        _forget_everything()
        _set(self._environment)


def _set(environment: Mapping[str, str | None]) -> None:
    """Set variables of this process, or unset them (None)."""
    for name, value in environment.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


def one_at_a_time(app: WSGIApplication) -> WSGIApplication:
    """Let requests take turns: moto looks at a condition and writes in two steps, and DynamoDB in one."""
    turn = threading.Lock()

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        with turn:
            return app(environ, start_response)

    return answer


def _forget_everything() -> None:
    from moto.core.base_backend import BackendDict

    BackendDict.reset()  # the stand-in keeps its data for the process, not for the server


def client(endpoint: str, region: str = REGION) -> DynamoDBClient:
    """A client of the local DynamoDB."""
    return cast("DynamoDBClient", client_of("dynamodb", endpoint, region))


def client_of(service: str, endpoint: str, region: str = REGION, *, attempts: int = 2) -> Any:
    """A client of the stand-in. It reads none of this machine's AWS settings: no real account is within reach."""
    session = _session()
    session.set_credentials(_CREDENTIALS, _CREDENTIALS)
    config: Any = Config(
        connect_timeout=1,
        read_timeout=10,  # the stand-in may have a busy laptop to itself; the deployed client waits 2 s
        retries={"mode": "standard", "total_max_attempts": attempts},
        parameter_validation=False,
        proxies={},
    )
    return session.create_client(service, region_name=region, endpoint_url=endpoint, config=config)


def regions() -> frozenset[str]:
    """The regions that the stand-in knows: AWS's own."""
    session = _session()
    partitions = session.get_available_partitions()
    return frozenset(one for name in partitions for one in session.get_available_regions("dynamodb", name))


def _session() -> botocore.session.Session:
    nothing = (None, None, None, None)
    return botocore.session.Session(
        session_vars={
            "profile": nothing,
            "config_file": (None, None, os.devnull, None),
            "credentials_file": (None, None, os.devnull, None),
            "ca_bundle": nothing,
        }
    )
