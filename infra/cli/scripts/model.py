"""What a call script may say: its words, their values and what they mean where they are left out."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from infra.cli.pick_up import PicksUp
from infra.cli.scripts.before import Before
from infra.cli.scripts.part import Part
from infra.cli.scripts.values import (
    Attestation,
    CallerId,
    Goal,
    Happening,
    JobState,
    Languages,
    Number,
    OwnKeys,
    Phone,
    PromptKey,
    SettingName,
    SharedKeys,
    Span,
    among,
    none_is_empty,
)
from ivr.calls.outcome import Outcome
from ivr.calls.verdict import Reason, VerdictKind
from ivr.reports import CATEGORIES

LEGS = ("caller", "customer", "care", "second_care")


class Heard(Part):
    """Something that is spoken on a leg: a prompt by its key, a key's option, or words as they are heard."""

    prompt: PromptKey = ""
    """A prompt by its key, in any of its wordings; `- why.unknown` alone says the same."""
    words: str = ""
    """Words as they are heard, spaces and line breaks alike."""
    key: Annotated[str, among("0123456789*#")] = ""
    """A key that is offered, with `to`: {key: 9, to: report}."""
    to: Goal = ""
    """What the key is offered for, as the catalogs' key.… prompts name it."""

    @model_validator(mode="before")
    @classmethod
    def _of_text(cls, value: Any) -> Any:
        return {"prompt": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _is_one(self) -> Heard:
        if bool(self.key) != bool(self.to) or [self.prompt, self.words, self.key].count("") != 2:
            raise ValueError("it is one of: a prompt's key, {words: ...}, or {key: 9, to: report}")
        return self

    def __str__(self) -> str:
        if self.key:
            return f"the key {self.key} to {self.to}"
        return self.prompt or f"{self.words!r}"


class Leg(Part):
    """One person in a call: what they do, and what is to happen on their telephone."""

    keys: OwnKeys | None = None
    """What this person presses, in the words of `ivr call --list-keys`; without it, from the call's keys."""
    phone: Phone = PicksUp("answers")
    """What the telephone does if rung: answers, answers@12, no-answer, busy, voicemail, declines, screening@8."""
    languages: Languages = ()
    """Each prompt below is heard in each of these; without it, in any language."""
    hears: list[Heard] = []
    """What is heard, each after the one before."""
    never_hears: list[Heard] = []
    """What is never heard, in any language."""
    hears_nothing: bool = False
    """yes: nothing is spoken on this telephone."""
    happens: list[Happening] = []
    """What happens, each after the one before: how the brackets of a transcript begin."""
    never_happens: list[Happening] = []
    """What never happens."""


class StoredReport(Part):
    """A report that is stored after a call."""

    caller: str | None = None
    """The reported number; empty: withheld."""
    category: Annotated[str, among((*CATEGORIES, "none"))] | None = None
    """What the caller wanted; none: not said."""
    loss: Literal["yes", "no", "none"] | None = None
    """Whether something is lost; none: not said."""
    verified: bool | None = None
    """Whether a call shows that this number rang this person."""
    counted: bool | None = None
    """Whether reputation counts it."""
    withdrawn: bool | None = None
    """Whether it was taken back."""


class Jobs(Part):
    """What was to be done after a call, and what became of it."""

    ring_back: JobState | None = None
    """The ring-back that was asked for in the call."""
    sms: JobState | None = None
    """The SMS about the last report of the call."""


class Stored(Part):
    """What stands in the table after a call."""

    reports: Annotated[list[StoredReport] | None, BeforeValidator(none_is_empty)] = None
    """Each report that was made or changed in the call, or none."""
    own_list: Literal["trusted", "blocked", "nothing"] | None = None
    """What the customer's own list says of the caller afterwards."""
    jobs: Jobs = Jobs()
    """What was to be done afterwards."""
    message: Annotated[str, among(("kept", "none"))] | None = None
    """Whether a message of this call is kept for the customer."""


class SentSms(Part):
    """An SMS that is sent."""

    to: Number
    """Whom it is sent to."""
    words: Annotated[list[str], BeforeValidator(lambda value: [value] if isinstance(value, str) else value)] = []
    """Words that stand in it, one text or a list."""


class ScriptedCall(Part):
    """One call: who calls, what each person does, and what is to come of it."""

    title: str = ""
    """What is printed above its transcript."""
    after: Span = 0.0
    """How long after the end of the call before, such as 2 minutes."""
    from_: Annotated[CallerId, Field(alias="from")]
    """Who calls: a number, a short code, a sip: address or anonymous."""
    to: Number
    """The line that is called."""
    attestation: Attestation = ""
    """Twilio's StirVerstat, such as TN-Validation-Passed-A."""
    forwarded_from: Number | None = None
    """The number that forwarded the call here."""
    parameters: dict[str, str] = {}
    """Further parameters of Twilio's webhooks, each with its value."""
    keys: SharedKeys = ""
    """What everybody presses who has no keys of their own, in the order in which they are asked."""
    talk: Span = 30.0
    """How long two people talk, unless somebody ends it."""
    caller: Leg = Leg()
    """The person who calls."""
    customer: Leg = Leg()
    """The person whom the line rings, and who is rung back."""
    care: Leg = Leg()
    """Customer care."""
    second_care: Leg = Leg()
    """Customer care's second number, with the keys of the first."""
    verdict: VerdictKind | None = None
    """How the call is judged."""
    reason: Reason | None = None
    """The rule that judges it."""
    outcome: Outcome | None = None
    """How the call ends, as `ivr calls list` shows it."""
    status: Literal["completed", "rejected", "busy", "no-answer", "failed"] | None = None
    """How Twilio says that the caller's leg ended."""
    billed: bool | None = None
    """Whether the call is answered, and so costs money."""
    talked: bool | None = None
    """Whether the caller talks with somebody."""
    rings_back: Number | Literal["nobody"] | None = None
    """Who is rung back, or nobody."""
    stored: Stored = Stored()
    """What stands in the table afterwards."""
    sms: Annotated[list[SentSms] | None, BeforeValidator(none_is_empty)] = None
    """Each SMS that is sent, or none."""
    keys_left: str = ""
    """The keys that nothing asks for; without it, none may be left."""

    @model_validator(mode="after")
    def _keys_of_care(self) -> ScriptedCall:
        if self.second_care.keys is not None:
            raise ValueError("customer care presses its keys on both its numbers: write them under care")
        if self.caller.phone != PicksUp("answers"):
            raise ValueError("the caller's telephone is not rung: phone stands under customer, care or second_care")
        return self

    @property
    def legs(self) -> dict[str, Leg]:
        """Each person by the word that the script names them by."""
        return {word: getattr(self, word) for word in LEGS}


class Script(Part):
    """A call script."""

    title: str = Field(min_length=1)
    """What the script shows, in one sentence."""
    settings: dict[SettingName, str] = {}
    """Settings that differ from the demo's, as `ivr settings` names them."""
    before: Before = Before()
    """What stands in the table before."""
    calls: list[ScriptedCall] = Field(min_length=1)
    """The calls, one after the other."""

    @property
    def numbers(self) -> set[str]:
        """Every number that a call or a record of this script is about."""
        before = self.before
        return {
            *(call.from_ for call in self.calls),
            *(call.to for call in self.calls),
            *(number for line in before.lines for number in (line.number, line.rings) if number),
            *(decision.caller for decision in before.decisions),
            *(listed.caller for listed in before.lists),
            *(reports.caller for reports in before.reports),
        }
