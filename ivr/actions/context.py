"""What every action works with: the deployment's settings, its key, its table and its log."""

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
    """The record of the screened call that a webhook is about, read once however many actions ask for it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._read: tuple[Webhook | None, CallRecord | None] = None, None

    def of(self, webhook: Webhook, *, anew: bool = False) -> CallRecord | None:
        """The record as it was when this webhook first asked for it; ``anew``: as it is now.

        What the webhook wrote since is not in it. Raises ``StoreUnavailableError``.
        """
        of, record = self._read
        if anew or of is not webhook:
            record = self._store.calls.get(webhook.screened_sid)
            self._read = webhook, record
        return record


class Context(NamedTuple):
    """What the actions of one deployment work with."""

    settings: Settings
    hmac_key: Callable[[], str]
    store: Store
    log: Log
    outbox: Outbox
    calls: CallRecords
    api: Api

    def read(self, raw: str) -> phone_number.Number:
        """A number as it came, normalised for the home region."""
        return self.settings.number(raw)

    def pseudonym(self, number: str) -> str:
        """A customer's pseudonym. Raises ``ivr.secrets.SecretUnavailableError``."""
        return pseudonym(number, self.hmac_key())

    def person(self, webhook: Webhook) -> str:
        """The pseudonym of the person on this leg, however their number is written; empty where they show none.

        Raises ``ivr.secrets.SecretUnavailableError``.
        """
        number = self.read(webhook.person).text
        return self.pseudonym(number) if number else ""

    def line_of(self, number: str, webhook: Webhook) -> Line | None:
        """The line that is registered for a person's number: the one they dialled, or that of the last call to them.

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
        from datetime import datetime  # only a ring-back and a call-back ask for it
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
        """What a telephone that we ring for this leg shows: our own number, or the person's if the setting says so.

        Twilio allows this leg's To and From, a number of the account and a verified one; of a call that came over SIP
        neither of the first two, for nobody has proved them (its page of Dial, callerId). Where we dialled this leg,
        our own is its From. Empty where there is no number to show: then Twilio shows what it would without us.
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
        """Count a read or a write that the table did not answer."""
        unreached(self.log, error)
