"""The settings. Only this module reads the environment. The error for a wrong value names it and the remedy."""

from __future__ import annotations

import os
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ivr.care import ALWAYS
from ivr.locales.codes import MOST_IN_A_ROW
from ivr.locales.offered import standing
from ivr.numbers import phone_number
from ivr.reputation.counting import SpecialNumbers
from ivr.settings import addresses as address
from ivr.settings import values as value
from ivr.settings.fields import LONGEST_RETENTION_DAYS, cap, read, retention, setting, setting_a_language
from ivr.settings.rules import check

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT_LANGUAGES = "ar,en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that a deployment may set. ``from_environment`` reads it."""

    table_name: str = setting("Name of the DynamoDB table.", default=None)
    report_queue_url: str = setting(
        "URL of the SQS queue for reports that DynamoDB refuses. Empty: they are lost, and the customer hears so.",
        read=address.queue_url,
    )
    set_aside_queue_url: str = setting(
        "Queue for dead letters: records that no function can ever process. Empty: they are only logged.",
        read=address.queue_url,
    )
    public_base_url: str = setting(
        "URL at which Twilio reaches the service, without a trailing slash. Twilio signs it.",
        default=None,
        read=address.service_url,
    )
    twilio_account_sid: str = setting(
        "The Twilio account. Without it nobody is rung back and no message is sent.", read=value.written
    )
    twilio_auth_token: str = setting(
        "The account's auth token, which signs webhooks (on a laptop). During a rotation: both, separated by a blank; "
        "and shared keys, webhooks_sharedkey_...=SECRET.",
        secret=True,
    )
    twilio_auth_token_parameter: str = setting("Name of the SSM SecureString that holds the same (deployed).")
    twilio_edge: str = setting("Twilio's edge location for its REST API, such as dublin.", read=value.location)
    twilio_region: str = setting("Twilio's region for its REST API, such as ie1.", read=value.location)
    twilio_api_base_url: str = setting(
        "URL of a stand-in for Twilio's REST API on this machine (on a laptop).", read=address.loopback_url
    )
    sms_from: str = setting(
        "Sender of the SMS about a report: a number, a messaging service (MG...) or a sender id. Empty: none is sent.",
        read=value.sms_sender,
    )
    hmac_key: str = setting(
        "Key of the pseudonyms (on a laptop). It can never be changed once data exists.", secret=True
    )
    hmac_key_parameter: str = setting("Name of the SSM SecureString that holds the HMAC key (deployed).")
    languages: tuple[str, ...] = setting(
        "The languages that are offered, by the names of their folders in ivr/locales, with commas between. Before a "
        "language is chosen the first two are spoken.",
        default=DEFAULT_LANGUAGES,
        read=value.language_codes,
    )
    brands: Mapping[str, str] = setting(
        "The operator's name in languages that have no BRAND_... of their own: ur=NAME, with ; between languages.",
        read=value.by_language,
    )
    voices: Mapping[str, str] = setting(
        "The same for VOICE_... and VOICE_LANGUAGE_...: ur=VOICE LANGUAGE-TAG, with ; between languages.",
        read=value.by_language,
    )
    brand: Mapping[str, str] = setting_a_language(
        "The operator's name as {language} prompts say it; more than two words take too long to say first.",
        read=value.spoken,
    )
    care_number: str = setting(
        "Customer care, E.164: a person who presses 1, no IVR. Empty: no transfer is offered.",
        read=value.telephone_number,
    )
    care_fallback_number: str = setting(
        "Number that rings when customer care does not answer, E.164.", read=value.telephone_number
    )
    care_ring_seconds: int = setting("How long CARE_NUMBER rings, in seconds.", default="25", read=value.whole(5, 600))
    care_fallback_ring_seconds: int = setting(
        "How long CARE_FALLBACK_NUMBER rings, in seconds.", default="25", read=value.whole(5, 600)
    )
    care_hours: str = setting(
        "When customer care is open, in TIMEZONE: days and hours, separated by ; (ivr care hours explains them).",
        default=ALWAYS,
        read=value.opening_hours,
    )
    care_languages: str = setting(
        "In which languages an agent of customer care is told who is coming, the customer waiting meanwhile: one of "
        "those offered, or two with a hyphen between. Empty: the first.",
        read=value.languages_in_a_row,
    )
    care_workflow_sid: str = setting(
        "TaskRouter workflow (WW...) in whose queue customers wait, instead of ringing CARE_NUMBER. Empty: none.",
        read=value.workflow_sid,
    )
    care_queue_seconds: int = setting(
        "How long a customer waits in that queue before a call-back is offered, in seconds.",
        default="300",
        read=value.whole(20, 3600),
    )
    call_back_within_hours: int = setting(
        "Within how many of its open hours customer care calls a customer back who asked for it.",
        default="4",
        read=value.whole(1, 72),
    )
    report_number: str = setting(
        "The public report line, read out to callers who may dispute a flag.", read=value.telephone_number
    )
    own_numbers: tuple[str, ...] = setting(
        "The operator's own numbers and short codes, separated by commas. A caller who shows one impersonates it.",
        read=value.listed_numbers,
    )
    always_ring: tuple[str, ...] = setting(
        "Numbers (hospital, police) that skip the human check in every mode, separated by commas. "
        "No report blocks them; a customer's own block does.",
        read=value.listed_numbers,
    )
    home_region: str = setting("Country of numbers written without a country code.", default="OM", read=value.country)
    extra_number_ranges: tuple[str, ...] = setting(
        "Number ranges that libphonenumber does not know yet, separated by commas: +9686xxxxxxx (x: any digit).",
        read=value.number_ranges,
    )
    timezone: str = setting(
        "Time zone in which times are spoken and printed.", default="Asia/Muscat", read=value.time_zone
    )
    caller_id_shown: str = setting(
        "What the customer's telephone shows: the line's own number or the caller's (some countries refuse that).",
        default="line",
        read=value.choice("line", "caller"),
    )
    sip_caller_id: str = setting(
        "What the customer's telephone shows of a call that came to Twilio over SIP, E.164: a number of the Twilio "
        "account or a verified one, for neither of the call's own may be shown. Empty: the line's own number.",
        read=value.telephone_number,
    )
    ring_seconds: int = setting("How long a telephone rings, in seconds.", default="25", read=value.whole(5, 600))
    ring_back_after_seconds: int = setting(
        "How many seconds after the request a ring-back is placed. The customer still hears that they should hang up.",
        default="10",
        read=value.whole(0, 20),
    )
    ring_backs_a_day: int = cap(
        "How many ring-backs a day are placed to one number; one that is accepted with a key is the last of the day. "
        "This limits how often somebody who shows another's number can have that telephone rung.",
        default="3",
    )
    sms_a_day: int = cap(
        "How many SMS about their reports one person gets a day. Each costs money, and no customer needs more.",
        default="10",
    )
    disputes_a_day: int = cap(
        "How many disputes about one number are opened a day. The next opens when the desk has decided the last.",
        default="2",
    )
    call_backs_a_day: int = cap(
        "How many call-backs by customer care one number gets a day. The number that a call shows proves nothing.",
        default="1",
    )
    messages_a_day: int = cap(
        "How many messages one caller may leave on one line a day. Callers who hide their number share this limit.",
        default="3",
    )
    message_shortest_seconds: int = setting(
        "The shortest message that is kept, in seconds. A shorter one can't say who calls and why.",
        default="2",
        read=value.whole(1, 10),
    )
    failed_checks_an_hour: int = setting(
        "How many failed checks within an hour flag a number, for an hour. A person fails once or twice; a robot that "
        "presses a digit at random fails five times in six.",
        default="5",
        read=value.whole(2, 50),
    )
    voice: Mapping[str, str] = setting_a_language("Twilio voice of the {language} prompts.", read=value.written)
    voice_language: Mapping[str, str] = setting_a_language(
        "Language tag that goes with VOICE_{code}.", read=value.written
    )
    audio_base_url: str = setting(
        "URL under which Twilio finds the prompts' audio files (ivr prompts render). Empty: voices say every prompt.",
        read=address.audio_url,
    )
    message_seconds: int = setting(
        "The longest message that an unknown caller may leave, in seconds. 0: none may be left.",
        default="60",
        read=value.whole(0, 120),
    )
    recordings_base_url: str = setting(
        "Where Twilio plays such messages from: https://api.twilio.com, if its HTTP authentication of media is off. "
        "Empty: from this service, which fetches them with the account's credentials.",
        read=address.media_url,
    )
    personal_block_days: int = setting(
        "For how many days a report blocks its caller on the customer's own line. 0: it does not.",
        default="30",
        read=value.whole(0, LONGEST_RETENTION_DAYS),
    )
    retention_messages_days: int = retention(
        "How long a message that a caller left is kept, and its recording at Twilio, in days.", default="30"
    )
    retention_calls_days: int = retention("How long a call record is kept, in days.", default="90")
    retention_reports_days: int = retention(
        "How long a report is kept, as evidence too, with the message about it, in days.", default="400"
    )
    retention_reputation_days: int = retention(
        "How long a caller's reputation is kept after the newest report, in days.", default="400"
    )
    retention_familiar_days: int = retention(
        "How long it is kept that a customer talked with a caller or reported them, in days.", default="400"
    )
    retention_disputes_days: int = retention("How long a dispute about a number is kept, in days.", default="400")
    retention_call_backs_days: int = retention(
        "How long a call-back is kept, done or not; the number in it only until it is done, in days.", default="30"
    )
    retention_decisions_days: int = retention(
        "How long what has ended is kept (a decision on a number, an opt-out that was withdrawn), in days.",
        default="90",
    )
    retention_audit_days: int = retention(
        "How long it is kept who changed or looked at what at the desk, in days.", default="730"
    )
    desk_oidc_issuer: str = setting(
        "The OpenID Connect issuer that signs people in at the desk's pages, as its metadata names it. Empty: the "
        "pages are not served.",
        read=address.issuer_url,
    )
    desk_oidc_client_id: str = setting("The desk's client at that issuer.", read=value.written)
    desk_oidc_client_secret: str = setting(
        "That client's secret (on a laptop). Empty: it is a public client, which PKCE protects.", secret=True
    )
    desk_oidc_client_secret_parameter: str = setting("Name of the SSM SecureString that holds the same (deployed).")
    desk_role_claim: str = setting(
        "The claim that names a person's roles: reader, agent (call-backs), decider.", default="cognito:groups"
    )
    desk_queue_urls: Mapping[str, str] = setting(
        "The queues whose lengths the desk shows, such as reports=URL, with ; between: reports (that wait), "
        "report_dead_letters, unfollowed and undone (set aside by the stream's functions).",
        read=address.watched_queues,
    )
    desk_idle_minutes: int = setting(
        "After how many minutes without a page a person is signed out.", default="30", read=value.whole(1, 480)
    )
    desk_session_hours: int = setting(
        "After how many hours a person is signed out in any case.", default="8", read=value.whole(1, 24)
    )
    metrics_namespace: str = setting("CloudWatch namespace of the metrics.", default="CallScreening")
    release: str = setting(
        "Which release this is, for the log: `make deploy` writes a hash of it, and the commit that was built.",
        default="unreleased",
    )
    log_level: str = setting(
        "The lowest level that the log shows. Events are counted at every level.",
        default="INFO",
        read=value.choice("DEBUG", "INFO", "WARN", "ERROR"),
    )

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Read and check every setting. Raises ``SettingsError`` for the first one that is missing or wrong."""
        environment = os.environ if environment is None else environment
        values: dict[str, Any] = {}
        for one in fields(cls):
            name, default = one.name.upper(), one.metadata["default"]
            if "a_language" in one.metadata:
                values[one.name] = {
                    code: read(one, f"{name}_{code.upper()}", environment, standing(code, one.name, values))
                    for code in values["languages"]
                }
            else:
                values[one.name] = read(one, name, environment, default)
        values["care_languages"] = values["care_languages"] or values["languages"][0]
        check(values)
        return cls(**values)

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


@lru_cache(maxsize=1)
def current() -> Settings:
    """The settings of this process, read at the first call."""
    return Settings.from_environment()
