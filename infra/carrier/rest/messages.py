"""The Messages resource: an SMS is stored, never sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.carrier.rest.answers import VERSION, RefusedError, Reply, when
from infra.carrier.rest.parameters import NUMBER
from infra.carrier.rest.sms import Message

if TYPE_CHECKING:
    from infra.carrier.rest.account import Account
    from infra.carrier.rest.parameters import Parameters

MAX_BODY = 1600
NO_BODY, NO_SENDER, NO_TO, TOO_LONG = 21602, 21603, 21604, 21617
INVALID_TO, INVALID_FROM, NOT_OURS = 21211, 21212, 21606
_KNOWN = frozenset({"To", "From", "MessagingServiceSid", "Body"})


def create(account: Account, form: Parameters) -> Reply:
    """Accept a message."""
    form.check_names(_KNOWN)
    to, from_, service, body = (form.get(name) for name in ("To", "From", "MessagingServiceSid", "Body"))
    if not to:
        raise form.mistake(NO_TO, "A 'To' phone number is required.")
    if not body:
        raise form.mistake(NO_BODY, "Message body is required.")
    if not from_ and not service:
        raise form.mistake(NO_SENDER, "A 'From' phone number is required.")
    if len(body) > MAX_BODY:
        raise form.mistake(TOO_LONG, f"The body has {len(body)} characters: {MAX_BODY} are allowed.")
    if not NUMBER.fullmatch(to):
        raise RefusedError(INVALID_TO, f"The 'To' number {to} is not a valid phone number.")
    if from_ == "+15005550001":
        raise RefusedError(INVALID_FROM, f"The 'From' number {from_} is not a valid phone number.")
    if from_.startswith("+") and not account.may_show(from_):
        raise RefusedError(NOT_OURS, f"The 'From' phone number {from_} is not valid for this account.")
    message = Message(account.new_sid("SM"), to, from_, service, body, account.network.epoch)
    account.messages.append(message)
    account.network.order(lambda: account.network.watch(message.sid, None))
    sid, account_sid = message.sid, account.network.options.account_sid
    return Reply(
        201,
        {
            "sid": sid,
            "account_sid": account_sid,
            "messaging_service_sid": service or None,
            "from": from_ or None,
            "to": to,
            "body": body,
            "status": "accepted" if service else "queued",
            "direction": "outbound-api",
            "num_segments": "0" if service else str(message.segments),
            "num_media": "0",
            "error_code": None,
            "error_message": None,
            "price": None,
            "price_unit": "USD",
            "api_version": VERSION,
            "date_created": when(message.at),
            "date_updated": when(message.at),
            "date_sent": None,
            "uri": f"/{VERSION}/Accounts/{account_sid}/Messages/{sid}.json",
            "subresource_uris": {},
        },
    )
