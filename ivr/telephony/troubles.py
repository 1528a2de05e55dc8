"""The provider's own troubles, as lines of the log: the fallback was asked for, or a Dial has ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.telephony import routes

if TYPE_CHECKING:
    from ivr.numbers.phone_number import Number
    from ivr.observability.log import Log
    from ivr.telephony.webhook import Webhook


def note(webhook: Webhook, line: Number, log: Log) -> None:
    """Tell what a webhook says of the provider's troubles. ``line`` is the number that was called."""
    dial, failure = webhook.dial, webhook.failure
    if webhook.path == routes.FALLBACK:
        log.count("fallback_asked", why=failure.code, step=failure.step)
    elif dial.status:
        told = {"step": routes.name_of(webhook.path), "status": dial.status, "why": dial.error, "line": line}
        if dial.status == "failed":  # a number that can't be reached: it never rings, from any caller
            log.count("dial_failed", **told)
        else:
            log.note("dial_ended", seconds=dial.seconds, **told)
