"""One process of the local DynamoDB for the stacks of many tests, each of which finds it empty."""

from __future__ import annotations

from urllib.request import ProxyHandler, Request, build_opener

from infra.local.database import LocalDatabase


class SharedDatabase(LocalDatabase):
    """A local DynamoDB that is emptied where another one would start, and goes on where another one would stop."""

    def start(self):
        if not self.is_alive:
            super().start()
            return
        empty = Request(f"{self.address}/_ministack/reset", method="POST")
        build_opener(ProxyHandler({})).open(empty, timeout=30).close()

    def stop(self):
        """The stack that used it has stopped; ``end`` ends the process."""

    def end(self):
        super().stop()


class SharedDatabases:
    """Gives one database again and again, and a new one when a test has ended it."""

    def __init__(self):
        self._present = None

    def one(self):
        if self._present is None or not self._present.is_alive:
            self.end()
            self._present = SharedDatabase()
        return self._present

    def end(self):
        if self._present:
            self._present.end()
