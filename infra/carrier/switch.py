"""The switch: the register of the legs, and of the conferences and queues that they are in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from infra.carrier.room import Room

if TYPE_CHECKING:
    from infra.carrier.leg import Leg
    from infra.carrier.network import Network
    from infra.carrier.room import Alone


@dataclass
class Switch:
    """All legs of a carrier, in the order in which they began, and where they wait or talk."""

    network: Network
    legs: list[Leg] = field(default_factory=list)
    queues: dict[str, list[Leg]] = field(default_factory=dict)
    """The legs that wait for a workflow, by its Sid, the longest waiting first."""
    alone: list[Alone] = field(default_factory=list)
    """The stretches of time that a leg spent alone in a conference, in the order in which they ended."""
    _rooms: dict[str, Room] = field(default_factory=dict)
    """The last conference of each name. One that has ended makes way for a new one."""

    @property
    def is_busy(self) -> bool:
        """Whether a leg has not ended, or a callback is still to come."""
        return self.network.callbacks_under_way > 0 or any(leg.is_alive for leg in reversed(self.legs))

    def leg(self, sid: str) -> Leg | None:
        """Find a leg by its CallSid. The REST server's threads ask while the simulation adds legs."""
        return next((leg for leg in tuple(self.legs) if leg.sid == sid), None)

    def room(self, name: str) -> Room:
        """Find the conference of this name, or begin one."""
        room = self._rooms.get(name)
        if room is None or room.has_ended:
            network = self.network
            room = self._rooms[name] = Room(
                network, name, sid=network.new_sid("CF"), started=network.env.event(), alone=self.alone
            )
        return room

    @property
    def rooms(self) -> list[Room]:
        """The conferences that have not ended."""
        return [room for room in self._rooms.values() if not room.has_ended]
