"""Performs what the pages ask to be done in the world, by its name, and says what came of it.

What a store that can't be reached means for a call is the page's to say, except where a call goes on regardless.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr import pseudonym
from ivr.actions.call_history import CallHistoryActions
from ivr.actions.call_outcome import CallOutcomeActions
from ivr.actions.caller_list import CallerListActions
from ivr.actions.care import CareActions
from ivr.actions.conference import ConferenceActions
from ivr.actions.context import CallRecords, Context
from ivr.actions.declared import DECLARED, bound
from ivr.actions.moves import MoveActions
from ivr.actions.reports import ReportActions
from ivr.actions.ringing import RingingActions
from ivr.actions.screening import ScreeningActions
from ivr.actions.sms_preferences import SmsPreferenceActions
from ivr.actions.voicemail import VoicemailActions
from ivr.flow.engine import STORE_DOWN, ActionCall, ActionResult
from ivr.outbox.outbox import Outbox
from ivr.secrets import SecretUnavailableError
from ivr.store import StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.observability.log import Log
    from ivr.settings import Settings
    from ivr.store import Store
    from ivr.telephony.api import Api
    from ivr.telephony.webhook import Webhook


def results() -> dict[str, tuple[str, ...]]:
    """The results of every action that there is, by its name, to compare the book of pages with."""
    return {name: declaration.results for name, declaration in DECLARED.items()}


class Actions:
    """The actions of one deployment."""

    def __init__(
        self,
        settings: Settings,
        hmac_key: Callable[[], str],
        api: Api,
        store: Store,
        log: Log,
    ) -> None:
        outbox = Outbox(store, settings.report_queue_url, log)
        self.context = Context(settings, hmac_key, store, log, outbox, CallRecords(store), api)
        self.screening = ScreeningActions(self.context)
        self.outcomes = CallOutcomeActions(self.context, self.screening)
        self.ringing = RingingActions(self.context, self.outcomes)
        self.moves = MoveActions(self.context)
        self.conference = ConferenceActions(self.context, self.moves, self.ringing)
        self.voicemail = VoicemailActions(self.context)
        call_history = CallHistoryActions(self.context)
        reports = ReportActions(self.context, call_history, self.voicemail)
        self._by_name = bound(
            self.screening,
            self.outcomes,
            self.ringing,
            self.moves,
            self.conference,
            self.voicemail,
            call_history,
            reports,
            CallerListActions(self.context),
            SmsPreferenceActions(self.context),
            CareActions(self.context, reports),
        )
        if unbound := sorted(set(DECLARED) - set(self._by_name)):
            raise TypeError(f"no object here performs the declared actions {', '.join(unbound)}")

    def prepare(self) -> None:
        """Import what the actions of a screened call need, for a snapshot. Asks nothing."""
        self.context.store.prepare()
        pseudonym.prepare()

    def perform(self, action: ActionCall, webhook: Webhook) -> ActionResult[str]:
        """Perform an action. A store that can't be reached is a result too, for which the page has an exit."""
        try:
            return self._by_name[action.name](action, webhook)
        except StoreUnavailableError as error:
            self.context.unreached(error)
        except SecretUnavailableError as error:  # without pseudonyms nothing can be stored or confirmed
            self.context.log.failed("secret_unavailable", error)
        if alarm := DECLARED[action.name].alarm:
            self.context.log.count(alarm)
        return ActionResult(STORE_DOWN)

    def rehearse(self, action: ActionCall, webhook: Webhook) -> ActionResult[str]:
        """What the one action of a test results in: it looks up, and writes nothing.

        Raises ``StoreUnavailableError``, and ``LookupError`` for any other action.
        """
        if action.name != "screen":
            raise LookupError(action.name)
        return self.screening.rehearse(webhook)

    def end_call(self, webhook: Webhook) -> None:
        """Handle a status callback: the end of a leg."""
        if not webhook.leg_ended or webhook.is_ring_back:
            return
        if webhook.is_dialled:
            self.outcomes.customer_ended(self.conference.customer_left(webhook), webhook)
            return
        known = self.outcomes.known(webhook)
        if known is None or known.has_record:  # a call without a record has locked no line and rung nobody
            call = self.conference.caller_left(known and known.call, webhook)
            if not (call and call.freed_at):
                self.ringing.free_line(webhook)
            known = known and known._replace(call=call)
        if known:
            self.outcomes.caller_ended(known, webhook)
