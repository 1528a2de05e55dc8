"""The values of a call script: how each is read from its text, and what a wrong one is told."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias, get_args

import click
from pydantic import AfterValidator, BeforeValidator, InstanceOf

from infra.carrier.transcript import Kind
from infra.cli.keys import Keys
from infra.cli.pick_up import PickingUp, PicksUp
from infra.local.documented import documented
from ivr.desk import DeskError
from ivr.desk.numbers import caller_id, full_number
from ivr.jobs.job import STATES
from ivr.locales import catalog, folder

if TYPE_CHECKING:
    from collections.abc import Iterable

_ELSEWHERE = "TWILIO_API_BASE_URL"  # where the service would send requests; a script's go to its own carrier
_HOME_REGION = "OM"  # of the demo's settings: what a number without its country would be read by
_HAPPENINGS = tuple(kind for kind in get_args(Kind) if kind not in {"said", "error", "webhook", "texted"})
_SPAN = re.compile(r"(\d{1,4}) ?(seconds?|minutes?|hours?|days?)", re.ASCII)
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}
_ATTESTATION = re.compile(r"TN-Validation-(Passed-[A-C]|Failed(-[A-C])?)(-Diverted|-Passthrough)*|No-TN-Validation")


def among(words: Iterable[str]) -> AfterValidator:
    """The condition that a word is one of these."""
    known = tuple(words)

    def one_of(word: str) -> str:
        if word not in known:
            raise ValueError(none_of(word, known))
        return word

    return AfterValidator(one_of)


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


def _setting(name: str) -> str:
    if name == _ELSEWHERE:
        raise ValueError(f"a script reaches no other service than its own carrier: leave {name} out")
    return name


def none_is_empty(value: Any) -> Any:
    """The list that the word none stands for."""
    return [] if value == "none" else value


SettingName: TypeAlias = Annotated[str, AfterValidator(_setting), among(documented())]
Number: TypeAlias = Annotated[str, AfterValidator(_asking(_number))]
Span: TypeAlias = Annotated[float, BeforeValidator(_span)]
OwnKeys: TypeAlias = Annotated[str, AfterValidator(_asking(_own_keys))]
Phone: TypeAlias = Annotated[InstanceOf[PicksUp], BeforeValidator(_asking(_phone))]
Happening: TypeAlias = Annotated[str, AfterValidator(_happening)]
JobState: TypeAlias = Annotated[str, among((*STATES, "none"))]
CallerId: TypeAlias = Annotated[str, AfterValidator(_asking(_from))]
SharedKeys: TypeAlias = Annotated[str, AfterValidator(_asking(_keys))]
Attestation: TypeAlias = Annotated[str, AfterValidator(_attestation)]
PromptKey: TypeAlias = Annotated[str, AfterValidator(_prompt)]
Goal: TypeAlias = Annotated[str, AfterValidator(_goal)]
Languages: TypeAlias = Annotated[tuple[str, ...], BeforeValidator(_languages)]
