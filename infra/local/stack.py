"""The local stack of `make run`: the local DynamoDB with the demo data, the gateway, and the background work."""

from __future__ import annotations

import base64
import logging
import os
import secrets
from contextlib import ExitStack, suppress
from functools import cached_property, partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from botocore.exceptions import BotoCoreError, ClientError

from handlers.desk import desk
from handlers.voice import Voice
from infra.local import demo, issuer
from infra.local.background import Background
from infra.local.database import REGION, DatabaseError, LocalDatabase, client, regions
from infra.local.documented import documented
from infra.local.exchange import REST_HEADER, Exchange
from infra.local.gateway import create_app
from infra.local.http_server import LOOPBACK, LoopbackServer
from infra.local.phone import routes
from infra.local.phone.phones import Phones
from infra.local.queues import queue_url, watched_queues
from infra.local.service import Service
from infra.local.stackfile import Running
from infra.local.table import create_table
from ivr.observability import log
from ivr.outbox.queue import Queue
from ivr.settings import Settings
from ivr.store.desk import Desk

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TextIO

_NEVER_EMPTY = frozenset({"TABLE_NAME", "PUBLIC_BASE_URL", "TWILIO_AUTH_TOKEN", "HMAC_KEY"})
# A laptop has no SSM, and queues of its own.
_NEVER_READ = frozenset(
    {
        "TWILIO_AUTH_TOKEN_PARAMETER",
        "HMAC_KEY_PARAMETER",
        "REPORT_QUEUE_URL",
        "SET_ASIDE_QUEUE_URL",
        "DESK_QUEUE_URLS",
    }
)
_SETTLES_WITHIN = 5.0  # seconds; usually a hundredth of one, but the first request to Twilio on a busy laptop is slow


def environment_of(environment: Mapping[str, str], **own: str) -> dict[str, str]:
    """The handlers' settings: what ``environment`` sets, else the stack's ``own``, else the demo's and a new token."""
    given = {
        name: environment[name].strip()
        for name in documented()
        if name in environment and name not in _NEVER_READ and (environment[name].strip() or name not in _NEVER_EMPTY)
    }
    return {**demo.SETTINGS, "TWILIO_AUTH_TOKEN": secrets.token_hex(16), **own, **given}


class StackError(Exception):
    """The stack can't start with these settings. The message says what to change."""


class Stack(Service):
    """A stack on 127.0.0.1. After ``stop`` no process, thread or port of it is left.

    Args:
        environment: settings of the handlers (see ``environment_of``).
        port: of the gateway; 0 is any free one.
        host: the name of this machine in the address of the stack.
        log: gets the handlers' log lines and one line for each request, as JSON.
        database: a local DynamoDB that starts and stops with the stack; a new process if None.

    Raises:
        infra.local.http_server.PortError: the port can't be opened.
        ivr.settings.SettingsError: a setting is wrong.
        StackError: the local DynamoDB has no such region, or (from ``start``) can't start, or refuses the table.

    """

    def __init__(
        self,
        environment: Mapping[str, str],
        *,
        log: TextIO,
        port: int = 0,
        host: str = LOOPBACK,
        database: LocalDatabase | None = None,
    ) -> None:
        self._log = log
        self._stop_logging: Callable[[], None] = lambda: None
        with ExitStack() as undo:  # closes what is open if a later step fails
            phone = routes.phone(lambda: self.phones)
            app = create_app(self._answer, self._write_request, self._settle, desk=self._desk, phone=phone)
            self._gateway = LoopbackServer(app, port)
            undo.callback(self._gateway.stop)
            self.address = f"http://{host}:{self._gateway.port}"
            self.exchange = Exchange()
            undo.callback(self.exchange.stop)
            self._issuer = issuer.create_issuer()
            undo.callback(self._issuer.stop)
            self.region = _region_of(environment)
            self.database = database or LocalDatabase()
            undo.callback(self.database.stop)
            self.environment = environment_of(
                environment,
                PUBLIC_BASE_URL=self.address,
                REPORT_QUEUE_URL=queue_url(self.database.address),
                DESK_QUEUE_URLS=watched_queues(self.database.address),
                TWILIO_API_BASE_URL=self.exchange.address,
                **self._signing_in(environment),
            )
            self.settings = Settings.from_environment(self.environment)
            self.store = Desk(self.settings.table_name, client(self.database.address, self.region))
            self.voice = Voice(self.settings, self.store)
            self.background = Background(self.settings, self.store, self.database.address, self.region)
            self.phones = Phones(self)
            # Without this client the queue would make one with this user's AWS credentials.
            self.voice.actions.context.outbox.queue = Queue(self.settings.report_queue_url, self.background.sqs)
            undo.pop_all()

    @property
    def running(self) -> Running:
        """The addresses and settings, for the stack file."""
        return Running(
            pid=os.getpid(),
            gateway=self.address,
            dynamodb=self.database.address,
            region=self.region,
            settings=self.environment,
            exchange=self.exchange.address,
        )

    def start(self) -> None:
        """Create the table, store the demo data and begin to answer."""
        logging.getLogger("werkzeug").setLevel(logging.ERROR)  # the gateway logs each request itself
        self._stop_logging = log.write_to(self._log)
        try:
            self.database.start()
            create_table(self.store.table.client, self.store.table.name)
            demo.seed(self.store)
            self.background.start()
        except DatabaseError as error:
            self.stop()
            raise StackError(str(error)) from error
        except (BotoCoreError, ClientError) as error:
            self.stop()
            raise StackError(
                f"The local DynamoDB takes no table {self.store.table.name!r} (TABLE_NAME): {error}"
            ) from error
        except BaseException:
            self.stop()
            raise
        self.exchange.start()
        self._issuer.start()
        self._gateway.start()

    def stop(self) -> None:
        """Stop every part. Safe to repeat."""
        self.phones.stop()
        self._gateway.stop()
        self._issuer.stop()
        self.background.stop()
        self.exchange.stop()
        self.database.stop()
        self._stop_logging()
        self._stop_logging = lambda: None

    def _answer(self, event: Mapping[str, Any]) -> dict[str, Any]:
        try:
            answer = self.voice.answer(event)
        finally:
            self.background.wake()
        carrier = event["headers"].get(REST_HEADER)
        if carrier and answer["statusCode"] < HTTPStatus.BAD_REQUEST:  # the signature was valid
            form = base64.b64decode(event.get("body", "")).decode("utf-8", "replace")
            self.exchange.note(carrier, dict(parse_qsl(form)))
        return answer

    def _signing_in(self, environment: Mapping[str, str]) -> dict[str, str]:
        """The desk's settings. None behind a tunnel: nobody there could reach the issuer, which asks no password."""
        if environment.get("PUBLIC_BASE_URL", "").strip().startswith("https://"):
            return {}
        return {
            "DESK_OIDC_ISSUER": self._issuer.address,
            "DESK_OIDC_CLIENT_ID": issuer.CLIENT_ID,
            "DESK_OIDC_CLIENT_SECRET": "any",  # the stand-in wants one and knows none
            "DESK_ROLE_CLAIM": issuer.ROLE_CLAIM,
        }

    def _desk(self, event: Mapping[str, Any]) -> dict[str, Any]:
        try:
            return self._pages(event, None)
        finally:
            self.background.wake()

    @cached_property
    def _pages(self) -> Callable[[Mapping[str, Any], Any], dict[str, Any]]:
        """The desk's pages, built when they are first asked for."""
        queue = partial(Queue, client=self.background.sqs)
        return desk(self.settings, self.store, self.voice.secrets, queue)

    def _settle(self) -> dict[str, Any]:
        settled = self.background.settle(_SETTLES_WITHIN)
        return {"settled": settled, "put_off": self.background.put_off}

    def _write_request(self, line: str) -> None:
        if self.settings.log_level in {"DEBUG", "INFO"}:
            with suppress(OSError, ValueError):  # nobody reads the log any more; calls go on
                print(line, file=self._log, flush=True)


def _region_of(environment: Mapping[str, str]) -> str:
    region = environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION") or REGION
    if region not in regions():
        raise StackError(f"AWS_REGION is {region!r}, which is no region of AWS: change it or leave it out")
    return region
