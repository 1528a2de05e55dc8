"""Status callbacks: Twilio posts what happened to a leg and ignores the answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from infra.carrier.network import Fault
from infra.carrier.webhooks import WebhookFailedError

if TYPE_CHECKING:
    from infra.carrier.leg import Leg
    from infra.carrier.network import Steps
    from infra.carrier.posting import Form

EVENTS = frozenset({"initiated", "ringing", "answered", "completed"})
"""The events of a call. Without statusCallbackEvent it is completed, which stands for any end of the call."""
LATEST_SECONDS = 8.0
"""Under disorder a callback arrives this late at most."""
TWICE = 0.3
"""Under disorder this share of the callbacks arrives twice."""


@dataclass
class Progress:
    """The status callbacks of a leg that the network rings: the `events` are posted to `url`."""

    leg: Leg
    url: str | None
    events: frozenset[str]
    _sequence: int = field(default=0, init=False)

    def report(self, event: str) -> None:
        """Send the status callback of this event if the application asked for it."""
        if self.url and event in self.events:
            report_status(self.leg, self.url, self._sequence)
        self._sequence += 1


def report_status(leg: Leg, url: str, sequence: int) -> None:
    """Send the leg's present status to `url`."""
    network = leg.network
    form = leg.form(
        SequenceNumber=str(sequence),
        Timestamp=format_datetime(datetime.fromtimestamp(network.epoch, UTC)),
        CallbackSource="call-progress-events",
    )
    if not leg.is_alive:
        form |= {"CallDuration": str(leg.duration), "Duration": str(-(-leg.duration // 60))}
    send_callback(leg, url, form, form["CallStatus"])


def send_callback(leg: Leg, url: str, form: Form, what: str) -> None:
    """Post a callback; with a disorder seed, late, out of order and sometimes twice. `what` is for the transcript."""
    network = leg.network
    if network.disorder is None:
        _deliver(leg, url, form, what)
        return
    for _ in range(2 if network.disorder.random() < TWICE else 1):
        network.callbacks_under_way += 1
        network.env.process(_deliver_late(leg, url, form, what, network.disorder.uniform(0, LATEST_SECONDS)))


def _deliver_late(leg: Leg, url: str, form: Form, what: str, seconds: float) -> Steps[None]:
    yield leg.network.env.timeout(seconds)
    _deliver(leg, url, form, what)
    leg.network.callbacks_under_way -= 1


def _deliver(leg: Leg, url: str, form: Form, what: str) -> None:
    try:
        answer = leg.network.webhooks.send(url, form)
    except WebhookFailedError as failure:
        leg.network.failures.append(Fault(failure.code, leg.name, str(failure)))
        leg.note("webhook", f"{urlsplit(url).path} {what}: {failure}")
    else:
        leg.note("webhook", f"{urlsplit(url).path} {what}: {answer.status}")
