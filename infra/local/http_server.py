"""A web server on 127.0.0.1. After its stop no thread runs and the port is free."""

from __future__ import annotations

import errno
import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from werkzeug.serving import WSGIRequestHandler, make_server

from infra.local.service import Service

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

LOOPBACK = "127.0.0.1"
_BACKLOG = 1024  # connections that wait to be accepted: some hundred callers may ring at the same moment


class PortError(Exception):
    """A port that can't be opened; the message says why and what to do."""


class _Quiet(WSGIRequestHandler):
    """Logs nothing: the gateway logs each request, without its query string."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Log nothing."""


class LoopbackServer(Service):
    """A threaded server of ``app``. The constructor opens the port, so that a wrong one stops the start at once.

    ``port`` 0 takes any free one. Raises ``PortError``.
    """

    def __init__(self, app: WSGIApplication, port: int = 0) -> None:
        with listening(port) as opened:
            self._server = make_server(LOOPBACK, 0, app, threaded=True, request_handler=_Quiet, fd=opened.fileno())
        self.port = self._server.port
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name=f"port {self.port}")

    @property
    def address(self) -> str:
        """Where the server listens, as http://127.0.0.1:PORT."""
        return f"http://{LOOPBACK}:{self.port}"

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Answer no more and give the port back. Safe to repeat, and before the start."""
        if self._thread.is_alive():
            with suppress(OSError):  # on Linux it wakes the thread, which would else look up at the end of its poll
                self._server.socket.shutdown(socket.SHUT_RDWR)
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()


def listening(port: int) -> socket.socket:
    """A listening socket on 127.0.0.1; port 0 is any free one. Raises ``PortError``.

    werkzeug's own binding would end the process.
    """
    opened = socket.socket()
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        opened.bind((LOOPBACK, port))
        opened.listen(_BACKLOG)
    except (OSError, OverflowError) as error:
        opened.close()
        raise PortError(f"Port {port} of {LOOPBACK} {_why(error)}; choose another one") from error
    return opened


def _why(error: OSError | OverflowError) -> str:
    match getattr(error, "errno", None):
        case errno.EADDRINUSE:
            return "is in use: end what uses it"
        case errno.EACCES:
            return "needs rights that you don't have"
        case _:
            return f"can't be opened ({error})"
