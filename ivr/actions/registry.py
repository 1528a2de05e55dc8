"""Performs what the pages ask to be done in the world, by its name, and says which way it went.

What a store that can't be reached means for a call is the page's to say, except where a call goes on regardless.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.actions.call_history import CallHistoryActions
from ivr.actions.call_outcome import CallOutcomeActions
from ivr.actions.caller_list import CallerListActions
from ivr.actions.care import CareActions
from ivr.actions.conference import ConferenceActions
from ivr.actions.context import Context
from ivr.actions.moves import MoveActions
from ivr.actions.reports import ReportActions
from ivr.actions.ringing import RingingActions
from ivr.actions.screening import ScreeningActions
from ivr.actions.sms_preferences import SmsPreferenceActions
from ivr.actions.voicemail import VoicemailActions
from ivr.calls.outcome import Outcome as EndedAs
from ivr.flow.engine import STORE_DOWN, ActionCall, ActionResult
from ivr.reports.outbox import Outbox
from ivr.secrets.secrets import SecretUnavailableError
from ivr.store import StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.actions.context import Action
    from ivr.observability.log import Log
    from ivr.secrets.secrets import Secrets
    from ivr.settings import Settings
    from ivr.store import Store
    from ivr.telephony.twilio.webhook import Webhook

# Lead to a confirmation: what none of them recorded raises an alarm.
_RECORDING = frozenset(
    {"record_report", "report_last_call", "report_message", "keep_number", "recall_number", "record_number"}
)


class Actions:
    """The actions of one deployment."""

    def __init__(
        self,
        settings: Settings,
        hmac_key: Callable[[], str],
        secrets: Secrets,
        store: Store,
        log: Log,
    ) -> None:
        self.context = Context(settings, hmac_key, store, log, Outbox(store, settings.report_queue_url, log))
        self.arriving, self.ringing = ScreeningActions(self.context), RingingActions(self.context)
        self.closing = CallOutcomeActions(self.context, self.arriving)
        self.moving = MoveActions(self.context, secrets)
        self.guarding = ConferenceActions(self.context, self.moving, self.ringing)
        self.messages = VoicemailActions(self.context, secrets)
        own_calls = CallHistoryActions(self.context)
        reporting = ReportActions(self.context, own_calls, self.messages)
        self.by_name: dict[str, Action] = {
            **self.arriving.actions,
            **self.closing.actions,
            **self.ringing.actions,
            **self.moving.actions,
            **self.guarding.actions,
            **reporting.actions,
            **own_calls.actions,
            **self.messages.actions,
            **CallerListActions(self.context).actions,
            **SmsPreferenceActions(self.context).actions,
            **CareActions(self.context, reporting).actions,
        }

    def perform(self, action: ActionCall, webhook: Webhook) -> ActionResult:
        """Perform an action. A store that can't be reached is an outcome too, for which the page has a way."""
        try:
            result = self.by_name[action.name](action, webhook)
        except StoreUnavailableError as error:
            self.context.unreached(error)
            result = ActionResult(STORE_DOWN)
        except SecretUnavailableError as error:  # without pseudonyms nothing is recorded, and so nothing is said to be
            self.context.log.failed("secret_unavailable", error)
            result = ActionResult(STORE_DOWN)
        if action.name == "open_ring" and result.way == "engaged":
            verdict, reason = action.state.verdict, action.state.why
            self.closing.begin(EndedAs.ENGAGED, webhook, verdict=verdict, reason=reason)
        if action.name in _RECORDING and result.way in {STORE_DOWN, "unknown_call"}:
            self.context.log.count("report_not_recorded")
        return result

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
