"""The IncomingPhoneNumbers resource: the account's numbers, and what each of them asks for when it is called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infra.carrier.rest.answers import VERSION, RefusedError, Reply, when
from infra.carrier.rest.own_number import OwnNumber
from infra.carrier.rest.parameters import NUMBER
from infra.carrier.shapes import is_absolute

if TYPE_CHECKING:
    from infra.carrier.rest.account import Account
    from infra.carrier.rest.parameters import Parameters

NOT_FOUND, INVALID_URL, INVALID_METHOD, NO_URL_FOR_FALLBACK, UNKNOWN_PARAMETER = 20404, 21402, 21403, 21405, 20001
_URLS = {"VoiceUrl": "voice_url", "VoiceFallbackUrl": "voice_fallback_url", "StatusCallback": "status_callback"}
_METHODS = {
    "VoiceMethod": "voice_method",
    "VoiceFallbackMethod": "voice_fallback_method",
    "StatusCallbackMethod": "status_callback_method",
}
_SIDS = {"VoiceApplicationSid": "voice_application_sid", "TrunkSid": "trunk_sid"}
_SETTINGS = {**_URLS, **_METHODS, **_SIDS}
_PAGE = {"PageSize", "Page", "PageToken"}
_MOST_ON_A_PAGE = 1000


def own(account: Account, number: str, **settings: str) -> OwnNumber:
    """Give the account a number, with the ``settings`` that differ from a new number's."""
    new = dict.fromkeys(_SETTINGS.values(), "") | dict.fromkeys(_METHODS.values(), "POST")
    one = OwnNumber(account.new_sid("PN"), number, {**new, **settings})
    account.numbers[one.sid] = one
    return one


def listing(account: Account, query: Parameters) -> Reply:
    """The numbers, a page at a time; with PhoneNumber, that number alone."""
    known = {"PhoneNumber", *_PAGE}
    for name, _ in query.pairs:
        if name not in known:
            raise query.mistake(UNKNOWN_PARAMETER, f"{name}: this stand-in does not simulate it")
    number = query.get("PhoneNumber")
    if number and not NUMBER.fullmatch(number):
        raise query.mistake(UNKNOWN_PARAMETER, f"PhoneNumber={number}: this stand-in looks for whole numbers alone")
    size, page = query.whole("PageSize", 50, 1, _MOST_ON_A_PAGE, UNKNOWN_PARAMETER), int(query.get("Page", "0"))
    found = [one for one in account.numbers.values() if number in {"", one.number}]
    shown = found[page * size : (page + 1) * size]
    uri = f"/{VERSION}/Accounts/{account.network.options.account_sid}/IncomingPhoneNumbers.json?PageSize={size}"
    more = (page + 1) * size < len(found)
    return Reply(
        200,
        {
            "incoming_phone_numbers": [described(account, one) for one in shown],
            "page": page,
            "page_size": size,
            "start": page * size,
            "end": page * size + max(0, len(shown) - 1),
            "uri": f"{uri}&Page={page}",
            "first_page_uri": f"{uri}&Page=0",
            "previous_page_uri": f"{uri}&Page={page - 1}" if page else None,
            "next_page_uri": f"{uri}&Page={page + 1}" if more else None,
        },
    )


def fetch(account: Account, sid: str) -> Reply:
    """Describe one number."""
    return Reply(200, described(account, _known(account, sid)))


def update(account: Account, sid: str, form: Parameters) -> Reply:
    """Change what is given of a number's settings, and nothing else."""
    one = _known(account, sid)
    for name, value in form.pairs:
        if name not in _SETTINGS:
            raise form.mistake(UNKNOWN_PARAMETER, f"{name}: this stand-in does not simulate it")
        if name in _URLS and value and not is_absolute(value):
            raise RefusedError(INVALID_URL, f"{name} is not valid.")
        if name in _METHODS and value not in {"GET", "POST"}:
            raise RefusedError(INVALID_METHOD, f"{name} is not valid.")
    changed = one.settings | {_SETTINGS[name]: value for name, value in form.pairs}
    if changed["voice_fallback_url"] and not changed["voice_url"]:
        raise RefusedError(NO_URL_FOR_FALLBACK, "Cannot set VoiceFallbackUrl without setting Url")
    one.settings = changed
    return fetch(account, sid)


def described(account: Account, one: OwnNumber) -> dict[str, Any]:
    """A number as Twilio describes it."""
    account_sid, began = account.network.options.account_sid, when(account.network.clock_start)
    sids = {name: one.settings[name] or None for name in _SIDS.values()}
    return {
        "sid": one.sid,
        "account_sid": account_sid,
        "phone_number": one.number,
        "friendly_name": one.number,
        "origin": "twilio",
        "beta": False,
        "capabilities": {"voice": True, "sms": True, "mms": False, "fax": False},
        "status": "in-use",
        "voice_receive_mode": "voice",
        "voice_caller_id_lookup": False,
        **one.settings,
        **sids,
        "api_version": VERSION,
        "date_created": began,
        "date_updated": began,
        "uri": f"/{VERSION}/Accounts/{account_sid}/IncomingPhoneNumbers/{one.sid}.json",
        "subresource_uris": {},
    }


def _known(account: Account, sid: str) -> OwnNumber:
    if sid not in account.numbers:
        raise RefusedError(NOT_FOUND, f"The requested resource /IncomingPhoneNumbers/{sid} was not found", 404)
    return account.numbers[sid]
