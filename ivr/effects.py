"""Performs what the pages ask to be done in the world, by its name, and says which way it went.

What a store that can't be reached means for a call is the page's to say, except where a call goes on regardless.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.acts.arriving import Arriving
from ivr.acts.caring import Caring
from ivr.acts.ending import Closing
from ivr.acts.guarding import Guarding
from ivr.acts.lists import Lists
from ivr.acts.means import Means
from ivr.acts.messages import Messages
from ivr.acts.moving import Moving
from ivr.acts.own_calls import OwnCalls
from ivr.acts.reporting import Reporting
from ivr.acts.ringing import Ringing
from ivr.acts.texting import Texting
from ivr.endings import Outcome as EndedAs
from ivr.flow.engine import STORE_DOWN, Effect, Outcome
from ivr.recording import Recorder
from ivr.secrets import SecretUnavailableError
from ivr.store import StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.acts.means import Act
    from ivr.journal import Journal
    from ivr.secrets import Secrets
    from ivr.settings import Settings
    from ivr.store import Store
    from ivr.webhook import Webhook

# Lead to a confirmation: what none of them recorded raises an alarm.
_RECORDING = frozenset(
    {"record_report", "report_last_call", "report_message", "keep_number", "recall_number", "record_number"}
)


class Effects:
    """The effects of one deployment."""

    def __init__(
        self,
        settings: Settings,
        hmac_key: Callable[[], str],
        secrets: Secrets,
        store: Store,
        journal: Journal,
    ) -> None:
        self.means = Means(settings, hmac_key, store, journal, Recorder(store, settings.report_queue_url, journal))
        self.arriving, self.ringing = Arriving(self.means), Ringing(self.means)
        self.closing = Closing(self.means, self.arriving)
        self.moving = Moving(self.means, secrets)
        self.guarding = Guarding(self.means, self.moving, self.ringing)
        self.messages = Messages(self.means, secrets)
        own_calls = OwnCalls(self.means)
        reporting = Reporting(self.means, own_calls, self.messages)
        self.acts: dict[str, Act] = {
            **self.arriving.acts,
            **self.closing.acts,
            **self.ringing.acts,
            **self.moving.acts,
            **self.guarding.acts,
            **reporting.acts,
            **own_calls.acts,
            **self.messages.acts,
            **Lists(self.means).acts,
            **Texting(self.means).acts,
            **Caring(self.means, reporting).acts,
        }

    def perform(self, effect: Effect, webhook: Webhook) -> Outcome:
        """Perform an effect. A store that can't be reached is an outcome too, for which the page has a way."""
        try:
            outcome = self.acts[effect.name](effect, webhook)
        except StoreUnavailableError as error:
            self.means.unreached(error)
            outcome = Outcome(STORE_DOWN)
        except SecretUnavailableError as error:  # without pseudonyms nothing is recorded, and so nothing is said to be
            self.means.journal.failed("secret_unavailable", error)
            outcome = Outcome(STORE_DOWN)
        if effect.name == "open_ring" and outcome.way == "engaged":
            verdict, reason = effect.state.verdict, effect.state.why
            self.closing.begin(EndedAs.ENGAGED, webhook, verdict=verdict, reason=reason)
        if effect.name in _RECORDING and outcome.way in {STORE_DOWN, "unknown_call"}:
            self.means.journal.count("report_not_recorded")
        return outcome

    def end_call(self, webhook: Webhook) -> None:
        """A status callback came: do what follows from the end of a leg."""
        if not webhook.leg_ended:
            return
        if webhook.is_dialled:
            self.guarding.customer_left(webhook)
            self.closing.customer_ended(webhook)
            return
        self.guarding.caller_left(webhook)
        self.ringing.free_line(webhook)
        self.arriving.call_ended(webhook)
        self.closing.caller_ended(webhook)
