"""The context of an action: the deployment's settings, key, store, API and log."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ivr.calls.call_record import CallRecord
from ivr.numbers import phone_number
from ivr.outbox.outbox import unreached
from ivr.pseudonym import pseudonym
from ivr.records.base import expiry
from ivr.screening.line import Line

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.observability.log import Log
    from ivr.outbox.outbox import Outbox
    from ivr.screening.line import Line
    from ivr.settings import Settings
    from ivr.store import Store, StoreUnavailableError
    from ivr.telephony.api import Api
    from ivr.telephony.webhook import Webhook


class CallRecords:
    """The record of a webhook's screened call, read once for all actions of the webhook.

    It is as this webhook read it, or as a write of this webhook returned it, and not changed by later writes.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._of: Webhook | None = None
        self._record: CallRecord | None = None

    def of(self, webhook: Webhook) -> CallRecord | None:
        """The record. May raise ``StoreUnavailableError``."""
        if self._of is not webhook:
            self.keep(webhook, self._store.calls.get(webhook.screened_sid))
        return self._record

    def seen(self, webhook: Webhook) -> CallRecord | None:
        """The record, if this webhook has read it. No request."""
        return self._record if self._of is webhook else None

    def keep(self, webhook: Webhook, record: CallRecord | None) -> None:
        """Keep the record that a write of this webhook returned: nothing has to read it again."""
        self._of, self._record = webhook, record


class Context(NamedTuple):
    """The settings and services of one deployment, for its actions."""

    settings: Settings
    hmac_key: Callable[[], str]
    store: Store
    log: Log
    outbox: Outbox
    calls: CallRecords
    api: Api

    def read(self, raw: str) -> phone_number.Number:
        """Read a number from a webhook and normalise it for the home region."""
        return self.settings.number(raw)

    def pseudonym(self, number: str) -> str:
        """A customer's pseudonym. Raises ``ivr.secrets.SecretUnavailableError``."""
        return pseudonym(number, self.hmac_key())

    def person(self, webhook: Webhook) -> str:
        """The pseudonym of the person on this leg, from the normalised number; empty for a withheld one.

        Raises ``ivr.secrets.SecretUnavailableError``.
        """
        number = self.read(webhook.person).text
        return self.pseudonym(number) if number else ""

    def line_of(self, number: str, webhook: Webhook) -> Line | None:
        """The line that rings a person's number: the one they dialled, or the one of the last call to them.

        Raises ``ivr.secrets.SecretUnavailableError`` and ``StoreUnavailableError``.
        """
        if not number:
            return None
        line = self.store.lines.recent(self.read(webhook.called).text, webhook.now)
        if line is None or line.ring_to != number:
            last = self.store.latest.call(self.pseudonym(number))
            line = self.store.lines.recent(last.line, webhook.now) if last else None
        return line if line and line.ring_to == number else None

    def local_day(self, at: int) -> str:
        """The day of a moment in the deployment's time zone, as 2026-11-24."""
        from datetime import datetime  # only ring-backs and call-backs need it
        from zoneinfo import ZoneInfo

        return f"{datetime.fromtimestamp(at, ZoneInfo(self.settings.timezone)):%Y-%m-%d}"

    def call_record(self, webhook: Webhook, line: Line, *, verdict: str, reason: str) -> CallRecord:
        """The record of a call to a line, as it comes in. Raises ``ivr.secrets.SecretUnavailableError``."""
        return CallRecord(
            call_sid=webhook.call_sid,
            line=line.number,
            customer=self.pseudonym(line.ring_to),
            verdict=verdict,
            reason=reason,
            rang_at=webhook.now,
            expires=expiry(webhook.now, self.settings.retention_calls_days),
            caller=self.read(webhook.caller).text,
        )

    def caller_id(self, webhook: Webhook) -> str:
        """The caller id that the next dialled telephone shows: the service's number or, by setting, the person's.

        Twilio's page of Dial (callerId) allows numbers of the account, verified ones and, unless the call came over
        SIP, this leg's To and From. On a leg that the service dialled, its own number is the From. Empty: Twilio's
        default.
        """
        ours, theirs = webhook.called, webhook.caller
        if webhook.is_outbound:
            ours, theirs = theirs, ours
        shown = [self.settings.sip_caller_id if webhook.is_over_sip else "", ours, self.settings.report_number]
        if self.settings.caller_id_shown == "caller" and not webhook.is_over_sip:
            shown.insert(0, theirs)
        numbers_ = (self.read(raw) for raw in shown)
        return next((number.text for number in numbers_ if number.kind is phone_number.Kind.E164), "")

    def unreached(self, error: StoreUnavailableError) -> None:
        """Count a read or write that failed."""
        unreached(self.log, error)
