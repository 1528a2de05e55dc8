"""One request to DynamoDB that fails, in each of the ways in which that happens to a client on a network."""

from __future__ import annotations

import time

import botocore.endpoint
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError
from moto.core.models import botocore_stubber

WAYS = {
    "refused": {"done": False, "tries": 9},  # never reached, however often the SDK tries
    "late": {"done": True, "tries": 1},  # done, but the answer is lost: the SDK sends it again
    "lost": {"done": True, "tries": 9},  # done again and again, and no answer ever comes
}


class NetworkFaults:
    """Lets the ``nth`` operation from now on fail, in one of the ways; counts them."""

    def __init__(self, client):
        self.arm(0, "refused")
        client.meta.events.register("before-call.dynamodb", self._begins)
        client.meta.events.register_first("before-send.dynamodb", self._sends)

    def arm(self, nth, way):
        """From now on, the operation with this number fails; 0: none."""
        self.count, self._nth, self._way, self._tries = 0, nth, WAYS[way], 0
        self.failed = ""

    def _begins(self, model, **_):
        self.count += 1
        self._tries = 0
        if self.count == self._nth:
            self.failed = model.name

    def _sends(self, request, event_name, **more):
        if self.count != self._nth:
            return
        self._tries += 1
        if self._tries > self._way["tries"]:
            return
        if self._way["done"]:
            botocore_stubber(event_name, request, **more)
            raise ReadTimeoutError(endpoint_url=request.url)
        raise EndpointConnectionError(endpoint_url=request.url)


def failing_at_once(client, monkeypatch):
    """``NetworkFaults`` of a client whose SDK does not wait for up to a second before it sends something again."""

    class Impatient:
        def __getattr__(self, name):
            return getattr(time, name)

        def sleep(self, _):
            pass

    monkeypatch.setattr(botocore.endpoint, "time", Impatient())
    return NetworkFaults(client)
