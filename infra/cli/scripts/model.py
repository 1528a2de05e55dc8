"""What a call script may say: its words, their values and what they mean where they are left out."""

from __future__ import annotations

import re
from collections.abc import Iterable  # noqa: TC003  # likewise
from difflib import get_close_matches
from typing import Annotated, Any, Literal, TypeAlias, get_args

import click
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, InstanceOf, model_validator

from infra.carrier.transcript import Kind
from infra.cli.keys import Keys
from infra.cli.pick_up import PickingUp, PicksUp
from ivr.calls.outcome import Outcome  # noqa: TC001  # pydantic reads the annotations
from ivr.desk import DeskError
from ivr.desk.numbers import caller_id, full_number
from ivr.jobs.job import STATES
from ivr.locales import catalog, folder
from ivr.reports.report import CATEGORIES
from ivr.screening.desk_decision import VERDICTS
from ivr.screening.line import Line
from ivr.screening.verdict import Reason, VerdictKind  # noqa: TC001  # likewise
from ivr.settings import documented

LEGS = ("caller", "customer", "care", "second_care")
_HOME_REGION = "OM"  # of the demo's settings: what a number without its country would be read by
_HAPPENINGS = tuple(kind for kind in get_args(Kind) if kind not in {"said", "error", "webhook", "texted"})
_SPAN = re.compile(r"(\d{1,4}) ?(seconds?|minutes?|hours?|days?)", re.ASCII)
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}
_ATTESTATION = re.compile(r"TN-Validation-(Passed-[A-C]|Failed(-[A-C])?)(-Diverted|-Passthrough)*|No-TN-Validation")


def _among(words: Iterable[str]) -> AfterValidator:
    """The condition that a word is one of these."""
    known = tuple(words)

    def among(word: str) -> str:
        if word not in known:
            raise ValueError(none_of(word, known))
        return word

    return AfterValidator(among)


def none_of(word: str, words: tuple[str, ...]) -> str:
    """What is wrong with a word that is none of these."""
    close = get_close_matches(word, words, n=1)
    meant = f" Did you mean {close[0]}?" if close else ""
    return f"{word!r} is none of these: {', '.join(words)}.{meant}"


def _asking(read: Any) -> Any:
    """A reader of the command line's, whose refusal becomes a value's."""

    def asked(text: str) -> Any:
        try:
            return read(text)
        except (click.ClickException, DeskError) as error:
            raise ValueError(str(error)) from error

    return asked


def _number(text: str) -> str:
    return full_number(text, _HOME_REGION, "the number")


def _from(text: str) -> str:
    caller_id(text, _HOME_REGION)
    return text.strip()


def _keys(text: str) -> str:
    Keys.read({"keys": text, "caller_keys": None, "customer_keys": None, "care_keys": None})
    return text


def _own_keys(text: str) -> str:
    Keys.read({"keys": None, "caller_keys": text, "customer_keys": None, "care_keys": None})
    return text


def _phone(text: str) -> PicksUp:
    return PickingUp().convert(text, None, None)


def _span(text: str) -> float:
    if found := _SPAN.fullmatch(text.strip()):
        return float(found[1]) * _SECONDS[found[2].removesuffix("s")]
    raise ValueError(f"{text!r} is no length of time. Write it as 30 seconds, 2 minutes, 3 hours or 1 day")


def _attestation(text: str) -> str:
    if not _ATTESTATION.fullmatch(text):
        raise ValueError(
            f"{text!r} is no value of Twilio's StirVerstat. Write TN-Validation-Passed-A, -B or -C, "
            "TN-Validation-Failed-A, -B or -C, or No-TN-Validation"
        )
    return text


def _prompt(key: str) -> str:
    known = tuple(catalog.load(folder.known()[0]).prompts)
    if key in known:
        return key
    said = "a sentence that is heard is written as {words: ...}. " if " " in key else ""
    raise ValueError(f"{said}{_closest(key, known)}")


def _closest(key: str, known: tuple[str, ...]) -> str:
    near = get_close_matches(key, known, n=4, cutoff=0.4)
    those = f" Near it are {', '.join(near)}." if near else ""
    return f"no prompt is called {key!r}.{those} `ivr prompts show` lists all of them"


def _goal(word: str) -> str:
    known = tuple(key.removeprefix("key.") for key in catalog.load(folder.known()[0]).prompts if key.startswith("key."))
    if word not in known:
        raise ValueError(none_of(word, known))
    return word


def _happening(text: str) -> str:
    if not any(text == kind or text.startswith(f"{kind} ") for kind in _HAPPENINGS):
        raise ValueError(
            f"{text!r} begins with none of these: {', '.join(_HAPPENINGS)}. It is what stands in brackets in a "
            "transcript, or its beginning"
        )
    return text


def _languages(text: str) -> tuple[str, ...]:
    languages = tuple(text.replace(",", " ").split())
    if not languages or set(languages) - set(folder.known()):
        raise ValueError(f"{text!r} is none of, or several of: {', '.join(folder.known())}")
    return languages


def _none_is_empty(value: Any) -> Any:
    return [] if value == "none" else value


Number: TypeAlias = Annotated[str, AfterValidator(_asking(_number))]
Span: TypeAlias = Annotated[float, BeforeValidator(_span)]
OwnKeys: TypeAlias = Annotated[str, AfterValidator(_asking(_own_keys))]
Phone: TypeAlias = Annotated[InstanceOf[PicksUp], BeforeValidator(_asking(_phone))]
Happening: TypeAlias = Annotated[str, AfterValidator(_happening)]
JobState: TypeAlias = Annotated[str, _among((*STATES, "none"))]


class Part(BaseModel):
    """A mapping of a script: no other words than its fields may stand there."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


def part_in(annotation: Any) -> type[Part] | None:
    """The part that a field's type holds, as a list of such parts does, or None."""
    if isinstance(annotation, type) and issubclass(annotation, Part):
        return annotation
    return next((found for one in get_args(annotation) if (found := part_in(one))), None)


class Heard(Part):
    """Something that is spoken on a leg: a prompt by its key, a key's option, or words as they are heard."""

    prompt: Annotated[str, AfterValidator(_prompt)] = ""
    """A prompt by its key, in any of its wordings; `- why.unknown` alone says the same."""
    words: str = ""
    """Words as they are heard, spaces and line breaks alike."""
    key: Annotated[str, _among("0123456789*#")] = ""
    """A key that is offered, with `to`: {key: 9, to: report}."""
    to: Annotated[str, AfterValidator(_goal)] = ""
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
    """What the telephone does when it is rung: answers, no-answer, busy, voicemail, declines, screening@8."""
    languages: Annotated[tuple[str, ...], BeforeValidator(_languages)] = ()
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
    category: Annotated[str, _among((*CATEGORIES, "none"))] | None = None
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

    reports: Annotated[list[StoredReport] | None, BeforeValidator(_none_is_empty)] = None
    """Each report that was made or changed in the call, or none."""
    own_list: Literal["trusted", "blocked", "nothing"] | None = None
    """What the customer's own list says of the caller afterwards."""
    jobs: Jobs = Jobs()
    """What was to be done afterwards."""
    message: Annotated[str, _among(("kept", "none"))] | None = None
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
    from_: Annotated[str, AfterValidator(_asking(_from)), Field(alias="from")]
    """Who calls: a number, a short code, a sip: address or anonymous."""
    to: Number
    """The line that is called."""
    attestation: Annotated[str, AfterValidator(_attestation)] = ""
    """Twilio's StirVerstat, such as TN-Validation-Passed-A."""
    forwarded_from: Number | None = None
    """The number that forwarded the call here."""
    parameters: dict[str, str] = {}
    """Further parameters of Twilio's webhooks, each with its value."""
    keys: Annotated[str, AfterValidator(_asking(_keys))] = ""
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
    sms: Annotated[list[SentSms] | None, BeforeValidator(_none_is_empty)] = None
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


class LineBefore(Part):
    """A line that is registered."""

    number: Number
    """The line."""
    kind: Annotated[str, _among(Line.KINDS)] = "protected"
    """What answers there."""
    rings: Number | None = None
    """Whose telephone it rings."""
    languages: Annotated[tuple[str, ...], BeforeValidator(_languages)] = ()
    """In the order in which the customer hears them; left out: the first two that are offered."""
    mode: Annotated[str, _among(Line.MODES)] = "standard"
    """How strictly it screens."""

    @model_validator(mode="after")
    def _rings_somebody(self) -> LineBefore:
        if self.kind == "protected" and not self.rings:
            raise ValueError("a protected line rings somebody: rings is missing")
        return self


class DecisionBefore(Part):
    """A decision of the fraud desk."""

    caller: Number
    """The number."""
    verdict: Annotated[str, _among(VERDICTS)]
    """What the desk decided."""


class PrefixBefore(Part):
    """A rule of the fraud desk for all numbers that begin alike."""

    prefix: str = Field(pattern=r"^\+[0-9]{1,14}$")
    """How the numbers begin, such as +968."""
    verdict: Annotated[str, _among(VERDICTS)]
    """What the desk decided."""


class ListedBefore(Part):
    """A caller on a customer's own list."""

    line: Number
    """Whose line."""
    caller: Number
    """The number."""
    word: Literal["trusted", "blocked"]
    """What the customer said of it."""


class ReportsBefore(Part):
    """Reports that count, each made by another person on another line."""

    caller: Number
    """The reported number."""
    people: int = Field(ge=1, le=200)
    """How many people reported it."""
    category: Annotated[str, _among(CATEGORIES)] = "prize"
    """What the caller wanted."""
    ago: Span = 86_400.0
    """How long before the first call."""


class Before(Part):
    """What stands in the table before the first call, besides the demo's lines and decisions."""

    lines: list[LineBefore] = []
    """Lines besides the demo's, or in place of them."""
    decisions: list[DecisionBefore] = []
    """Decisions on single numbers."""
    prefixes: list[PrefixBefore] = []
    """Rules for numbers that begin alike."""
    lists: list[ListedBefore] = []
    """Customers' own words on callers."""
    reports: list[ReportsBefore] = []
    """Reports of other people."""


class Script(Part):
    """A call script."""

    title: str = Field(min_length=1)
    """What the script shows, in one sentence."""
    settings: dict[Annotated[str, _among(documented())], str] = {}
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
