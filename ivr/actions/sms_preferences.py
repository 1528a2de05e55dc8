"""SMS preferences: a customer stops and restarts SMS by key on a ring-back. A reply of STOP never reaches us."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from ivr.actions.declared import action
from ivr.flow.engine import ActionCall, ActionResult

if TYPE_CHECKING:
    from ivr.actions.context import Context
    from ivr.telephony.webhook import Webhook


class SmsPreferenceActions:
    """The actions of one deployment on opt-outs from SMS. They have no effect on other legs than a ring-back."""

    def __init__(self, context: Context) -> None:
        self.context = context

    @action("find_texts", "Looks up whether this customer gets text messages.")
    def find(self, _: ActionCall, webhook: Webhook) -> ActionResult[Literal["sent", "stopped"]]:
        """Whether the customer gets text messages."""
        stopped = webhook.is_ring_back and self.context.store.opt_outs.is_opted_out(self._person(webhook))
        return ActionResult("stopped" if stopped else "sent")

    @action("stop_texts", "Sends no more text messages to this customer.")
    def stop(self, _: ActionCall, webhook: Webhook) -> ActionResult[Literal["stopped"]]:
        """Store the customer's opt-out from SMS."""
        if webhook.is_ring_back:
            self.context.store.opt_outs.begin(self._person(webhook), webhook.now)
        return ActionResult("stopped")

    @action("send_texts", "Sends text messages to this customer again.")
    def send(self, _: ActionCall, webhook: Webhook) -> ActionResult[Literal["sent"]]:
        """End the customer's opt-out from SMS."""
        if webhook.is_ring_back:
            kept_days = self.context.settings.retention_decisions_days
            self.context.store.opt_outs.end(self._person(webhook), webhook.now, kept_days=kept_days)
        return ActionResult("sent")

    def _person(self, webhook: Webhook) -> str:
        return self.context.person(webhook)
