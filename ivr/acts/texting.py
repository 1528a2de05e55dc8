"""Text messages: a customer stops and restarts them by key, on a leg that we dialled. No STOP arrives (FACTS 5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.flow.engine import Effect, Outcome

if TYPE_CHECKING:
    from ivr.acts.means import Acts, Means
    from ivr.store.errands import Errands
    from ivr.webhook import Webhook


class Texting:
    """The effects of one deployment on who gets text messages; on a leg that we did not dial they do nothing."""

    def __init__(self, means: Means) -> None:
        self.means = means

    @property
    def acts(self) -> Acts:
        """Each effect by the name that pages call it."""
        return {"find_texts": self.find, "stop_texts": self.stop, "send_texts": self.send}

    def find(self, _: Effect, webhook: Webhook) -> Outcome:
        """Whether the customer gets text messages."""
        stopped = webhook.is_ring_back and self._errands().opted_out(self._person(webhook))
        return Outcome("stopped" if stopped else "sent")

    def stop(self, _: Effect, webhook: Webhook) -> Outcome:
        """Send the customer none from now on."""
        if webhook.is_ring_back:
            self._errands().opt_out(self._person(webhook), webhook.now)
        return Outcome("stopped")

    def send(self, _: Effect, webhook: Webhook) -> Outcome:
        """Send the customer some again."""
        if webhook.is_ring_back:
            kept_days = self.means.settings.retention_decisions_days
            self._errands().opt_in(self._person(webhook), webhook.now, kept_days=kept_days)
        return Outcome("sent")

    def _person(self, webhook: Webhook) -> str:
        return self.means.person(webhook)

    def _errands(self) -> Errands:
        from ivr.store.errands import Errands  # no screened call needs it

        return Errands.beside(self.means.store)
