"""A call as a test looks at it afterwards: its legs, and what was heard on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from infra.carrier.leg import Leg
    from infra.carrier.switch import Switch
    from infra.carrier.transcript import Transcript


class Call:
    """A call that somebody placed to the application, or the application over REST, with all its legs."""

    def __init__(self, leg: Leg, switch: Switch) -> None:
        self._switch = switch
        self.leg = leg
        """The caller's leg, or the one that REST placed."""

    @property
    def transcript(self) -> Transcript:
        """What happened on all legs of this call."""
        return self.leg.transcript

    @property
    def sid(self) -> str:
        """The CallSid of the caller's leg."""
        return self.leg.sid

    @property
    def status(self) -> str:
        """completed, busy, no-answer, failed or rejected; before the end ringing or in-progress."""
        return self.leg.state

    @property
    def billed(self) -> bool:
        """Whether the call was answered, and so costs money."""
        return self.leg.answered_at is not None

    @property
    def legs(self) -> list[Leg]:
        """The caller's leg and those dialled from it."""
        return [leg for leg in self._switch.legs if leg.root is self.leg]

    def hang_up_at(self, seconds: float) -> None:
        """Let the caller hang up this many seconds after placing the call."""
        self.leg.hang_up_in(self.leg.placed_at + seconds - self.leg.network.env.now)
