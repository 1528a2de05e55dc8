"""The settings. Only this module reads the environment. The error for a wrong value names it and the remedy."""

from __future__ import annotations

import os
import re
from dataclasses import Field, dataclass, field, fields
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ivr.care import ALWAYS
from ivr.locales import language
from ivr.locales.codes import MOST_IN_A_ROW
from ivr.locales.offered import fault, standing
from ivr.numbers import phone_number
from ivr.reputation.counting import SpecialNumbers
from ivr.setting_values import (
    LOOPBACK,
    by_language,
    choice,
    country,
    language_codes,
    languages_in_a_row,
    listed_numbers,
    location,
    loopback_url,
    media_url,
    number_ranges,
    opening_hours,
    queue_url,
    service_url,
    sms_sender,
    spoken,
    telephone_number,
    time_zone,
    whole,
    workflow_sid,
    written,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DEFAULT_LANGUAGES = "ar,en"
LONGEST_RETENTION_DAYS = 3650  # the upper limit of every retention setting: data about a person


class SettingsError(ValueError):
    """A setting is missing or wrong. The message names the setting, its value and the remedy."""


def _setting(doc: str, *, default: str | None = "", read: Callable[[str], Any] = str, secret: bool = False) -> Any:
    """A field that is read from the environment variable with its name in capitals.

    ``default`` is the text for an empty or missing variable; None: the variable must be set.
    """
    return field(repr=not secret, metadata={"doc": doc, "default": default, "read": read})


def _setting_a_language(doc: str, *, read: Callable[[str], Any]) -> Any:
    """Settings that each offered language has one of, as a mapping by its code: BRAND_AR, BRAND_EN and so on.

    ``doc`` is of one of them, and may speak of its ``{language}`` and ``{code}``. The language's folder holds the
    default, under the setting's name.
    """
    return field(metadata={"doc": doc, "default": "", "read": read, "a_language": True})


def _without_password(text: str) -> str:
    """A text for an error message, without the user name and password of a URL in it."""
    return re.sub(r"//[^/]*@", "//***@", text)


def _retention(doc: str, *, default: str) -> Any:
    """A number of days for which something is kept. A change holds for what is stored from then on."""
    return _setting(doc, default=default, read=whole(1, LONGEST_RETENTION_DAYS))


def _cap(doc: str, *, default: str) -> Any:
    """A limit on what one person may ask for in a day. The default is more than anybody needs."""
    return _setting(doc, default=default, read=whole(1, 100))


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that a deployment may set. ``from_environment`` reads it."""

    table_name: str = _setting("Name of the DynamoDB table.", default=None)
    report_queue_url: str = _setting(
        "URL of the SQS queue for reports that DynamoDB refuses. Empty: they are lost, and the customer hears so.",
        read=queue_url,
    )
    set_aside_queue_url: str = _setting(
        "Queue for dead letters: records that no function can ever process. Empty: they are only logged.",
        read=queue_url,
    )
    public_base_url: str = _setting(
        "URL at which Twilio reaches the service, without a trailing slash. Twilio signs it.",
        default=None,
        read=service_url,
    )
    twilio_account_sid: str = _setting(
        "The Twilio account. Without it nobody is rung back and no message is sent.", read=written
    )
    twilio_auth_token: str = _setting(
        "The account's auth token, which signs webhooks (on a laptop). During a rotation: both, separated by a blank; "
        "and shared keys, webhooks_sharedkey_...=SECRET.",
        secret=True,
    )
    twilio_auth_token_parameter: str = _setting("Name of the SSM SecureString that holds the same (deployed).")
    twilio_edge: str = _setting("Twilio's edge location for its REST API, such as dublin.", read=location)
    twilio_region: str = _setting("Twilio's region for its REST API, such as ie1.", read=location)
    twilio_api_base_url: str = _setting(
        "URL of a stand-in for Twilio's REST API on this machine (on a laptop).", read=loopback_url
    )
    sms_from: str = _setting(
        "Sender of the SMS about a report: a number, a messaging service (MG...) or a sender id. Empty: none is sent.",
        read=sms_sender,
    )
    hmac_key: str = _setting(
        "Key of the pseudonyms (on a laptop). It can never be changed once data exists.", secret=True
    )
    hmac_key_parameter: str = _setting("Name of the SSM SecureString that holds the HMAC key (deployed).")
    languages: tuple[str, ...] = _setting(
        "The languages that are offered, by the names of their folders in ivr/locales, with commas between. Before a "
        "language is chosen the first two are spoken.",
        default=DEFAULT_LANGUAGES,
        read=language_codes,
    )
    brands: Mapping[str, str] = _setting(
        "The operator's name in languages that have no BRAND_... of their own: ur=NAME, with ; between languages.",
        read=by_language,
    )
    voices: Mapping[str, str] = _setting(
        "The same for VOICE_... and VOICE_LANGUAGE_...: ur=VOICE LANGUAGE-TAG, with ; between languages.",
        read=by_language,
    )
    brand: Mapping[str, str] = _setting_a_language(
        "The operator's name as {language} prompts say it; more than two words take too long to say first.",
        read=spoken,
    )
    care_number: str = _setting(
        "Customer care, E.164: a person who presses 1, no IVR. Empty: no transfer is offered.", read=telephone_number
    )
    care_fallback_number: str = _setting(
        "Number that rings when customer care does not answer, E.164.", read=telephone_number
    )
    care_ring_seconds: int = _setting("How long CARE_NUMBER rings, in seconds.", default="25", read=whole(5, 600))
    care_fallback_ring_seconds: int = _setting(
        "How long CARE_FALLBACK_NUMBER rings, in seconds.", default="25", read=whole(5, 600)
    )
    care_hours: str = _setting(
        "When customer care is open, in TIMEZONE: days and hours, separated by ; (ivr care hours explains them).",
        default=ALWAYS,
        read=opening_hours,
    )
    care_languages: str = _setting(
        "In which languages an agent of customer care is told who is coming, the customer waiting meanwhile: one of "
        "those offered, or two with a hyphen between. Empty: the first.",
        read=languages_in_a_row,
    )
    care_workflow_sid: str = _setting(
        "TaskRouter workflow (WW...) in whose queue customers wait, instead of ringing CARE_NUMBER. Empty: none.",
        read=workflow_sid,
    )
    care_queue_seconds: int = _setting(
        "How long a customer waits in that queue before a call-back is offered, in seconds.",
        default="300",
        read=whole(20, 3600),
    )
    call_back_within_hours: int = _setting(
        "Within how many of its open hours customer care calls a customer back who asked for it.",
        default="4",
        read=whole(1, 72),
    )
    report_number: str = _setting(
        "The public report line, read out to callers who may dispute a flag.", read=telephone_number
    )
    own_numbers: tuple[str, ...] = _setting(
        "The operator's own numbers and short codes, separated by commas. A caller who shows one impersonates it.",
        read=listed_numbers,
    )
    always_ring: tuple[str, ...] = _setting(
        "Numbers (hospital, police) that skip the human check in every mode, separated by commas. "
        "No report blocks them; a customer's own block does.",
        read=listed_numbers,
    )
    home_region: str = _setting("Country of numbers written without a country code.", default="OM", read=country)
    extra_number_ranges: tuple[str, ...] = _setting(
        "Number ranges that libphonenumber does not know yet, separated by commas: +9686xxxxxxx (x: any digit).",
        read=number_ranges,
    )
    timezone: str = _setting("Time zone in which times are spoken and printed.", default="Asia/Muscat", read=time_zone)
    caller_id_shown: str = _setting(
        "What the customer's telephone shows: the line's own number or the caller's (some countries refuse that).",
        default="line",
        read=choice("line", "caller"),
    )
    sip_caller_id: str = _setting(
        "What the customer's telephone shows of a call that came to Twilio over SIP, E.164: a number of the Twilio "
        "account or a verified one, for neither of the call's own may be shown. Empty: the line's own number.",
        read=telephone_number,
    )
    ring_seconds: int = _setting("How long a telephone rings, in seconds.", default="25", read=whole(5, 600))
    ring_back_after_seconds: int = _setting(
        "How many seconds after the request a ring-back is placed. The customer still hears that they should hang up.",
        default="10",
        read=whole(0, 20),
    )
    ring_backs_a_day: int = _cap(
        "How many ring-backs a day are placed to one number; one that is accepted with a key is the last of the day. "
        "This limits how often somebody who shows another's number can have that telephone rung.",
        default="3",
    )
    sms_a_day: int = _cap(
        "How many SMS about their reports one person gets a day. Each costs money, and no customer needs more.",
        default="10",
    )
    disputes_a_day: int = _cap(
        "How many disputes about one number are opened a day. The next opens when the desk has decided the last.",
        default="2",
    )
    call_backs_a_day: int = _cap(
        "How many call-backs by customer care one number gets a day. The number that a call shows proves nothing.",
        default="1",
    )
    messages_a_day: int = _cap(
        "How many messages one caller may leave on one line a day. Callers who hide their number share this limit.",
        default="3",
    )
    message_shortest_seconds: int = _setting(
        "The shortest message that is kept, in seconds. A shorter one can't say who calls and why.",
        default="2",
        read=whole(1, 10),
    )
    failed_checks_an_hour: int = _setting(
        "How many failed checks within an hour flag a number, for an hour. A person fails once or twice; a robot that "
        "presses a digit at random fails five times in six.",
        default="5",
        read=whole(2, 50),
    )
    voice: Mapping[str, str] = _setting_a_language("Twilio voice of the {language} prompts.", read=written)
    voice_language: Mapping[str, str] = _setting_a_language("Language tag that goes with VOICE_{code}.", read=written)
    audio_base_url: str = _setting(
        "Where recorded prompts lie; empty: every prompt is spoken by the voices.", read=written
    )
    message_seconds: int = _setting(
        "The longest message that an unknown caller may leave, in seconds. 0: none may be left.",
        default="60",
        read=whole(0, 120),
    )
    recordings_base_url: str = _setting(
        "Where Twilio plays such messages from: https://api.twilio.com, if its HTTP authentication of media is off. "
        "Empty: from this service, which fetches them with the account's credentials.",
        read=media_url,
    )
    personal_block_days: int = _setting(
        "For how many days a report blocks its caller on the customer's own line. 0: it does not.",
        default="30",
        read=whole(0, LONGEST_RETENTION_DAYS),
    )
    retention_messages_days: int = _retention(
        "How long a message that a caller left is kept, and its recording at Twilio, in days.", default="30"
    )
    retention_calls_days: int = _retention("How long a call record is kept, in days.", default="90")
    retention_reports_days: int = _retention(
        "How long a report is kept, as evidence too, with the message about it, in days.", default="400"
    )
    retention_reputation_days: int = _retention(
        "How long a caller's reputation is kept after the newest report, in days.", default="400"
    )
    retention_familiar_days: int = _retention(
        "How long it is kept that a customer talked with a caller or reported them, in days.", default="400"
    )
    retention_disputes_days: int = _retention("How long a dispute about a number is kept, in days.", default="400")
    retention_call_backs_days: int = _retention(
        "How long a call-back is kept, done or not; the number in it only until it is done, in days.", default="30"
    )
    retention_decisions_days: int = _retention(
        "How long what has ended is kept (a decision on a number, an opt-out that was withdrawn), in days.",
        default="90",
    )
    metrics_namespace: str = _setting("CloudWatch namespace of the metrics.", default="CallScreening")
    release: str = _setting("Which release this is, for the log: `make deploy` writes it.", default="unreleased")
    log_level: str = _setting(
        "The lowest level that the log shows. Events are counted at every level.",
        default="INFO",
        read=choice("DEBUG", "INFO", "WARN", "ERROR"),
    )

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Read and check every setting. Raises ``SettingsError`` for the first one that is missing or wrong."""
        environment = os.environ if environment is None else environment
        values: dict[str, Any] = {}
        for setting in fields(cls):
            name, default = setting.name.upper(), setting.metadata["default"]
            if "a_language" in setting.metadata:
                values[setting.name] = {
                    code: _read(setting, f"{name}_{code.upper()}", environment, standing(code, setting.name, values))
                    for code in values["languages"]
                }
            else:
                values[setting.name] = _read(setting, name, environment, default)
        values["care_languages"] = values["care_languages"] or values["languages"][0]
        settings = cls(**values)
        settings.check()
        return settings

    def check(self) -> None:
        """Check the rules about several settings. Raises ``SettingsError``."""
        if wrong := fault(self.languages, self.brand, self.care_languages, {*self.brands, *self.voices}):
            raise SettingsError(wrong)
        if self.twilio_auth_token_parameter and not self.twilio_auth_token:
            address = urlsplit(self.public_base_url)
            if address.scheme != "https" or address.hostname in LOOPBACK:
                raise SettingsError(
                    f"PUBLIC_BASE_URL is {self.public_base_url!r}: a deployment must be reached by https from outside, "
                    "such as https://ivr.example.com"
                )
        for secret in ("twilio_auth_token", "hmac_key"):
            if not getattr(self, secret) and not getattr(self, f"{secret}_parameter"):
                name = secret.upper()
                raise SettingsError(
                    f"{name} is not set: set it, or {name}_PARAMETER to the name of an SSM SecureString"
                )
        for name in ("own_numbers", "always_ring"):
            for text in getattr(self, name):
                if not self.number(text).text:
                    raise SettingsError(
                        f"{name.upper()} holds {text!r}, which is no number of region {self.home_region}"
                    )

    def spoken(self, languages: str) -> str:
        """Languages in the order of a record (``ur-ar``), without any that is no longer offered; else the first two."""
        offered = [code for code in languages.split("-") if code in self.languages]
        return "-".join(offered or self.languages[:MOST_IN_A_ROW])

    def number(self, text: str) -> phone_number.Number:
        """Normalise a number for this deployment."""
        return phone_number.read(text, *self.numbering)

    @property
    def numbering(self) -> tuple[str, tuple[str, ...]]:
        """The home region and the extra ranges, with which numbers are normalised."""
        return self.home_region, self.extra_number_ranges

    def normalised(self, texts: tuple[str, ...]) -> frozenset[str]:
        """Numbers and short codes as ``ivr.numbers.phone_number`` writes them."""
        return frozenset(self.number(text).text for text in texts)

    @property
    def special_numbers(self) -> SpecialNumbers:
        """The numbers whose reports count and block by stricter rules."""
        return SpecialNumbers(self.numbers_of_our_own, self.normalised(self.always_ring))

    @property
    def numbers_of_our_own(self) -> frozenset[str]:
        """Numbers that no other caller may show: the operator's, and customer care, which never calls a line."""
        return self.normalised(self.own_numbers) | {n for n in (self.care_number, self.care_fallback_number) if n}


def _read(setting: Field[Any], name: str, environment: Mapping[str, str], default: str | None) -> Any:
    text = environment.get(name, "").strip() or default
    if text is None:
        raise SettingsError(f"{name} is not set. {setting.metadata['doc']}")
    try:
        return setting.metadata["read"](text)
    except ValueError as error:
        raise SettingsError(f"{name} is {_without_password(text)!r}: {error}") from error


def documented() -> dict[str, tuple[str, str | None]]:
    """Each setting's name with its description and default (None: must be set), for docs/settings.md and its test.

    What each language has one of is shown for the languages that are offered by default.
    """
    shown: dict[str, tuple[str, str | None]] = {}
    nothing: dict[str, Any] = {"brands": {}, "voices": {}}
    for setting in fields(Settings):
        name, doc, default = setting.name.upper(), setting.metadata["doc"], setting.metadata["default"]
        if "a_language" not in setting.metadata:
            shown[name] = doc, default
            continue
        for code in DEFAULT_LANGUAGES.split(","):
            words = doc.format(language=language.load(code).english_name, code=code.upper())
            shown[f"{name}_{code.upper()}"] = words, standing(code, setting.name, nothing)
    return shown


@lru_cache(maxsize=1)
def current() -> Settings:
    """The settings of this process, read at the first call."""
    return Settings.from_environment()
