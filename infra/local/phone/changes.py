"""The table's changes, as its stream tells them, for the calls that they are about."""

from __future__ import annotations

import json
import threading
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from infra.local.database import client, client_of
from infra.local.stream_source import Stream
from infra.local.worker import Worker
from ivr.records.decoding import masked
from ivr.store.attributes import untyped

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TypeAlias

    from infra.local.stackfile import Running

    Told: TypeAlias = "Callable[[str, dict[str, Any]], None]"

_CHANGES = {"INSERT": "new", "MODIFY": "changed", "REMOVE": "gone"}
_KEYS = frozenset({"pk", "sk"})
_TIMES = range(1_500_000_000, 4_000_000_000)  # epoch seconds of this product's life; nothing else is as great
_READS_WITHIN = 3.0  # real seconds


class Changes:
    """Reads the stream of a running stack's table from the first listener on. Its own clients know no faults.

    A listener gets each change as its text, to find its own words in, and as the page reads it.
    """

    def __init__(self, running: Running, timezone: str) -> None:
        self._running = running
        self._zone = ZoneInfo(timezone)
        self._listeners: list[Told] = []
        self._lock = threading.Lock()
        self._worker: Worker | None = None
        self._stream: Stream | None = None

    def listen(self, tell: Told) -> None:
        """Have each change told from now on."""
        with self._lock:
            if self._worker is None:
                self._stream = self._at_its_end()
                self._worker = Worker("phone", self._work)
                self._worker.start()
            self._listeners.append(tell)

    def leave(self, tell: Told) -> None:
        """Have no further change told."""
        with self._lock:
            self._listeners.remove(tell)

    def wake(self) -> None:
        """Something may have been written: read at once."""
        if self._worker:
            self._worker.wake()

    def catch_up(self) -> None:
        """Wait until everything was told that was written before."""
        if self._worker:
            self._worker.settle(_READS_WITHIN)

    def stop(self) -> None:
        """Tell nothing any more. Safe to repeat."""
        if self._worker:
            self._worker.stop()
            self._worker.join()

    def _at_its_end(self) -> Stream:
        streams = client_of("dynamodbstreams", self._running.dynamodb, self._running.region, attempts=1)
        stream = Stream(self._running.table, client(self._running.dynamodb, self._running.region), streams)
        while stream.read():
            pass
        return stream

    def _work(self) -> bool:
        assert self._stream is not None, "the worker starts with the stream"
        records = self._stream.read()
        for record in records:
            changed = record["dynamodb"]
            text, told = json.dumps(changed, default=str), self._told(record["eventName"], changed)
            with self._lock:
                listeners = list(self._listeners)
            for tell in listeners:
                tell(text, told)
        return bool(records)

    def _told(self, event: str, changed: Mapping[str, Any]) -> dict[str, Any]:
        now, before = self._readable(changed.get("NewImage", {})), self._readable(changed.get("OldImage", {}))
        keys = {name: str(value["S"]) for name, value in changed["Keys"].items()}
        return {
            "change": _CHANGES[event],
            "kind": _kind(keys["pk"], keys["sk"]),
            "key": [masked(keys["pk"]), masked(keys["sk"])],
            "attributes": now or before,
            "was": {
                name: before.get(name)
                for name in sorted({*now, *before})
                if now and before and now.get(name) != before.get(name)
            },
        }

    def _readable(self, image: Mapping[str, Any]) -> dict[str, Any]:
        return {name: self._value(untyped(value)) for name, value in sorted(image.items()) if name not in _KEYS}

    def _value(self, value: Any) -> Any:
        match value:
            case set() | frozenset():
                return sorted(map(str, value))
            case bool():
                return value
            case int() if value in _TIMES:
                return f"{datetime.fromtimestamp(value, self._zone):%Y-%m-%d %H:%M:%S}"
            case int() | float() | str():
                return value
            case _:
                return str(value)


def _kind(pk: str, sk: str) -> str:
    """What an item is, in a word: that of its sort key, else of its partition key."""
    word = sk.partition("#")[0]
    return (word if word.isalpha() else pk.partition("#")[0]).lower()
