"""The transcript of a call and its further calls: all legs and all SMS, in the order of time."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from infra.carrier import Entry

if TYPE_CHECKING:
    from collections.abc import Mapping

    from infra.carrier import Call, Carrier, Phone


class Transcript:
    """All that ``carrier`` did since its first ``call``, whose start is time 0."""

    def __init__(self, carrier: Carrier, call: Call, phones: Mapping[str, Phone]) -> None:
        self._carrier = carrier
        self._call = call
        self._phones = phones
        self._told: Counter[str] = Counter()

    def whole(self) -> list[Entry]:
        """All entries."""
        return _in_order(self._threads())

    def news(self) -> list[Entry]:
        """The entries since the last call of this method."""
        threads = self._threads()
        fresh = {name: entries[self._told[name] :] for name, entries in threads.items()}
        self._told.update({name: len(entries) for name, entries in fresh.items()})
        return _in_order(fresh)

    def _threads(self) -> dict[str, list[Entry]]:
        """Each call's own entries by its CallSid, and the messages."""
        threads = {call.sid: self._of(call) for call in self._carrier.calls}
        threads["messages"] = [self._texted(nth) for nth in range(len(self._carrier.messages))]
        return threads

    def _of(self, call: Call) -> list[Entry]:
        later = call.leg.placed_at - self._call.leg.placed_at
        return [replace(entry, at=entry.at + later) for entry in call.transcript] if later else list(call.transcript)

    def _texted(self, nth: int) -> Entry:
        message = self._carrier.messages[nth]
        began = self._carrier.network.clock_start + self._call.leg.placed_at
        at = round(message.at - began, 3)  # a float of epoch seconds is no more precise
        size = "1 segment" if message.segments == 1 else f"{message.segments} segments"
        phone = self._phones.get(message.to)
        text = f"{message.to}, {size}: {message.body}"
        return Entry(at, phone.name if phone else message.to, "texted", text, sid=message.sid)


def _in_order(threads: dict[str, list[Entry]]) -> list[Entry]:
    return sorted((entry for entries in threads.values() for entry in entries), key=lambda entry: round(entry.at, 3))
