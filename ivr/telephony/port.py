"""What a telephony provider's folder and the product share, beside inputs, turns and webhooks."""

from __future__ import annotations

from ivr.observability.failures import CodedError


class RefusedWebhookError(CodedError):
    """A request that is not the provider's, or not a request: answered with ``status`` and an empty body.

    It is counted as ``metric``. Its text is a code for why.
    """

    def __init__(self, status: int, metric: str, why: str) -> None:
        super().__init__(why)
        self.status = status
        self.metric = metric
