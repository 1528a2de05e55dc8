"""How simulated time goes along with a real one while live telephones are held."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from infra.carrier.network import Network

FORGOTTEN_SECONDS = 900.0
"""After so many real seconds without any act, time goes on although somebody is asked."""
ACT_SECONDS = 1.0
"""As fast as it goes, an act takes so many simulated seconds, as long as a scripted person's: so acts have an order."""
_MOST = 3600.0  # real seconds of one wait: a thread can't wait for ever


class Clock(Protocol):
    """Tells how far simulated time may go."""

    def reach(self, network: Network, moment: float) -> float:
        """Wait for `moment`, in simulated seconds; infinite: nothing is planned.

        Returns the moment that is reached: `moment` itself, or an earlier one if something was ordered meanwhile.
        """
        ...


class RealTime:
    """A simulated second takes a real one. The time that a webhook takes is not counted: the legs wait for it."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic

    def reach(self, network: Network, moment: float) -> float:
        """Let real time pass until the moment."""
        now, began = network.env.now, self._monotonic()
        with network.ordered:
            network.ordered.wait_for(lambda: network.has_orders, min(moment - now, _MOST))
        passed = self._monotonic() - began
        return float(min(moment, now + passed))


class AsFastAsItGoes:
    """No real time passes while nobody is asked for anything; while a live telephone is, time stands still."""

    def __init__(self, forgotten_after: float = FORGOTTEN_SECONDS) -> None:
        self._forgotten_after = forgotten_after

    def reach(self, network: Network, moment: float) -> float:
        """Go to the moment at once, or wait for somebody's act."""
        endless = moment == float("inf")
        with network.ordered:
            if network.goes_on and not network.has_orders:
                network.goes_on = False
                network.waited_for.clear()
            if network.waited_for or endless:
                network.ordered.wait_for(lambda: network.has_orders, self._forgotten_after)
            if network.has_orders:
                return float(min(moment, network.env.now + (ACT_SECONDS if network.waited_for else 0.0)))
            if endless:
                return float(network.env.now)
        network.waited_for.clear()
        return moment


def let_time_go_on(network: Network) -> None:
    """Where time stands still, let it go on until somebody is asked again. Any thread may call this.

    What was ordered before is done first: a key that was just pressed asks for the next one, which is waited out too.
    """

    def go_on() -> None:
        network.goes_on = True

    network.act(go_on)
