"""The fraud desk's pages: apig-wsgi turns API Gateway's events into WSGI for the Flask application of ``ivr.web``.

apig-wsgi is the smallest way to what the pages need: Flask's sessions, Authlib and Flask-WTF are made for Flask, and
Powertools' resolver has none of them.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from apig_wsgi import make_lambda_handler

from ivr import settings, store
from ivr.desk import Context
from ivr.observability.log import Log, write_to
from ivr.outbox.queue import Queue
from ivr.secrets.source import Secrets
from ivr.store.desk import Desk
from ivr.web.app import create_app
from ivr.web.site import Site

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ivr.settings import Settings

Answer = dict[str, Any]


def desk(
    settings: Settings, store: Desk, secrets: Secrets, queue: Callable[[str], Queue] = Queue
) -> Callable[[Mapping[str, Any], Any], Answer]:
    """The pages of one deployment, as a Lambda handler. Raises ``ivr.secrets.SecretUnavailableError``."""
    context = Context(store, settings, queue=queue)
    site = Site(context, secrets.hmac_key(), Log.of(settings), secrets.client_secret())
    return make_lambda_handler(create_app(site))  # type: ignore[return-value]


@lru_cache(maxsize=1)
def _deployed() -> Callable[[Mapping[str, Any], Any], Answer]:
    """The container's pages, built at the first request: a snapshot holds no key."""
    write_to()
    current = settings.current()
    log = Log.of(current)
    secrets = Secrets(current, lambda name, remedy: log.note("secret_problem", name=name, remedy=remedy))
    secrets.expect_sign_in()
    return desk(current, Desk(current.table_name, store.client()), secrets)


def handler(event: dict[str, Any], context: Any) -> Answer:
    """Answer one request."""
    return _deployed()(event, context)
