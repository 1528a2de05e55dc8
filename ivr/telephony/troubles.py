"""The provider's own troubles, as lines of the log: the fallback was asked for, or a Dial has ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.telephony import routes

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.numbers.phone_number import Number
    from ivr.observability.log import Log
    from ivr.telephony.webhook import Webhook


def note(webhook: Webhook, read: Callable[[str], Number], log: Log) -> None:
    """Tell what a webhook says of the provider's troubles. ``read`` normalises a number."""
    dial, failure = webhook.dial, webhook.failure
    if webhook.path == routes.FALLBACK:
        log.count("fallback_asked", why=failure.code, step=failure.step)
    elif dial.status:
        step, line = routes.name_of(webhook.path), read(webhook.called)
        told = {"step": step, "status": dial.status, "why": dial.error, "line": line}
        if dial.status == "failed":  # a number that can't be reached: it never rings, from any caller
            log.count("dial_failed", **told)
        else:
            log.note("dial_ended", seconds=dial.seconds, **told)
