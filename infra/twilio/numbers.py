"""The account's numbers at Twilio, by twilio's own client."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from ivr.telephony import routes
from ivr.telephony.number_settings import NumberSettings
from ivr.telephony.port import NotSentError, RefusedError, UnknownOutcomeError
from ivr.telephony.twilio.rest import TwilioAccount

if TYPE_CHECKING:
    from ivr.secrets.source import Secrets
    from ivr.settings import Settings

TROUBLES = (NotSentError, RefusedError, UnknownOutcomeError)
_WORDS = {
    "20003": "it refuses the credentials: the auth token is not the account's, or the account is suspended",
    "401": "it refuses the credentials: the auth token is not the account's, or the account is suspended",
    "20404": "it knows no such number or account",
    "429": "it has too many requests: try again in a minute",
    "no_connection": "no connection can be made: look at this machine's network",
    "connection_lost": "it broke the connection: try again",
    "timed_out": "it does not answer in time: try again",
}


class Delivery(NamedTuple):
    """How Twilio delivers webhooks to a URL, by a Rule of its Webhooks configuration API."""

    rule: str  # its id
    shared_key: str  # the id of the key that signs; empty: the auth token does
    scheme: str  # how Twilio authenticates itself beside the signature; empty: it does not
    waits_ms: int  # for an answer; 0: as long as always


class OwnNumber(NamedTuple):
    """A number of the account."""

    sid: str
    number: str  # E.164
    settings: NumberSettings


class Account(NamedTuple):
    """The account, as far as a deployment depends on it."""

    status: str  # active, suspended or closed
    kind: str  # Trial or Full


class Numbers:
    """The numbers of a deployment's account.

    Every method may raise one of ``TROUBLES``, or ``ivr.secrets.SecretUnavailableError``.
    """

    def __init__(self, settings: Settings, secrets: Secrets) -> None:
        self._sid = settings.twilio_account_sid
        self._twilio = TwilioAccount(settings, secrets)

    def account(self) -> Account:
        """The account's state."""
        found = self._twilio.heard(lambda client: client.api.accounts(self._sid).fetch())
        return Account(str(found.status), str(found.type))

    def find(self, number: str) -> OwnNumber | None:
        """A number (E.164). None: the account has no such number."""
        found = self._twilio.heard(lambda client: client.incoming_phone_numbers.list(phone_number=number, limit=20))
        return next((_read(one) for one in found if one.phone_number == number), None)

    def all(self, most: int) -> list[OwnNumber]:
        """The numbers, at most so many."""
        found = self._twilio.heard(lambda client: client.incoming_phone_numbers.list(limit=most, page_size=100))
        return [_read(one) for one in found]

    def deliveries(self, url: str) -> list[Delivery]:
        """How webhooks to a URL are delivered. Empty: as always, signed with the auth token.

        Of the Rules that match, the first counts: the exact ones, then the prefixes from the longest, then the default.
        It may name two Settings, between which the webhooks are divided.
        """
        rules = self._twilio.heard(lambda client: client.webhooks.v1.rules.list(limit=_MOST_RULES))
        matching = [one for one in rules if _matches(one, url)]
        if not matching:
            return []
        rule = max(matching, key=lambda one: (one.match_type == "EXACT_MATCH", len(one.prefix or "")))
        return [self._delivery(str(rule.id), one["settingId"]) for one in rule.settings or []]

    def _delivery(self, rule: str, setting: str) -> Delivery:
        found = self._twilio.heard(lambda client: client.webhooks.v1.settings(setting).fetch())
        signature, connection = found.signature or {}, found.connection or {}
        scheme = ((found.auth or {}).get("value") or {}).get("scheme") or ""
        waits = connection.get("readTimeoutMs") or 0
        return Delivery(rule, str(signature.get("sharedKeyId") or ""), str(scheme).replace("NONE", ""), int(waits))

    def change(self, sid: str, settings: NumberSettings) -> NumberSettings:
        """Give a number these settings, all of them. Returns what Twilio has of it then."""
        asked = settings._asdict()
        changed = self._twilio.heard(lambda client: client.incoming_phone_numbers(sid).update(**asked))
        return _read(changed).settings


def wanted(settings: Settings) -> NumberSettings:
    """What a number of this deployment asks for."""
    base = settings.public_base_url
    return NumberSettings(
        voice_url=f"{base}{routes.INCOMING}",
        voice_method="POST",
        voice_fallback_url=f"{base}{routes.FALLBACK}",
        voice_fallback_method="POST",
        status_callback=f"{base}{routes.STATUS}",
        status_callback_method="POST",
    )


def differences(one: NumberSettings, other: NumberSettings) -> list[str]:
    """The names of the settings in which two differ."""
    return [name for name in NumberSettings._fields if getattr(one, name) != getattr(other, name)]


def is_here(number: OwnNumber, settings: Settings) -> bool:
    """Whether calls to a number come to this deployment, however well."""
    asked = number.settings
    overruled = asked.voice_application_sid or asked.trunk_sid
    return not overruled and urlsplit(asked.voice_url).netloc == urlsplit(settings.public_base_url).netloc


def is_elsewhere(number: OwnNumber, settings: Settings) -> bool:
    """Whether nothing that a number asks for is of this deployment."""
    here, asked = urlsplit(settings.public_base_url).netloc, number.settings
    urls = (asked.voice_url, asked.voice_fallback_url, asked.status_callback)
    return all(urlsplit(url).netloc != here for url in urls)


def shown(url: str) -> str:
    """A URL without the password that may be in it, or the token in place of a name."""
    parts = urlsplit(url)
    who, at, host = parts.netloc.rpartition("@")
    if not at:
        return url
    name, _, password = who.partition(":")
    return parts._replace(netloc=f"{name}:***@{host}" if name and password else f"***@{host}").geturl()


def in_words(trouble: Exception) -> str:
    """Why Twilio did not do what it was asked, for a person."""
    code = str(trouble)
    known = _WORDS.get(code)
    if known is None and code.isdigit() and len(code) == _CODE_DIGITS:
        known = f"it refuses this with error {code}, which https://www.twilio.com/docs/errors/{code} explains"
    return f"Twilio: {known or f'it failed ({code}): look at https://status.twilio.com'}"


_CODE_DIGITS = 5
_MOST_RULES = 500


def _read(found: Any) -> OwnNumber:
    settings = NumberSettings(*(str(getattr(found, name) or "") for name in NumberSettings._fields))
    return OwnNumber(str(found.sid), str(found.phone_number), settings)


def _matches(rule: Any, url: str) -> bool:
    match rule.match_type:
        case "EXACT_MATCH":
            return bool(rule.value == url)
        case "PREFIX_MATCH":
            return url.startswith(str(rule.prefix))
        case _:
            return bool(rule.match_type == "DEFAULT")
