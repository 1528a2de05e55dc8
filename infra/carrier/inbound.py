"""The life of a caller's leg: the application's first document, and those that follow it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urljoin

from infra.carrier.callbacks import report_status
from infra.carrier.execution import Player
from infra.carrier.fetching import send_last_requests
from infra.carrier.leg import HungUpError, Leg
from infra.carrier.moving import perform_and_move
from infra.carrier.request import Request
from infra.carrier.speaking import end_of_document

if TYPE_CHECKING:
    from infra.carrier.network import Steps
    from infra.carrier.switch import Switch


def live(switch: Switch, leg: Leg) -> Steps[None]:
    """Run the leg: wait until it is placed, play, end, and send its status callback."""
    network = leg.network
    options = network.options
    try:
        yield from leg.sleep(leg.placed_at - network.env.now)
        leg.note("dialled", leg.to)
        first = Request(urljoin(options.base_url, options.ring_url_path))
        yield from perform_and_move(Player(switch).perform, leg, first)
        end_of_document(leg)
        departure = leg.leaves("document", "the document ended", leg.unanswered_status)
    except HungUpError as left:
        departure = left
    leg.end(departure)
    network.callbacks_under_way += 1
    yield network.env.timeout(options.hangup_delay)
    network.callbacks_under_way -= 1
    send_last_requests(leg)
    report_status(leg, urljoin(options.base_url, options.status_path), 0)
