"""Compares what a script expects of a call with what happened."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from infra.cli.scripts.stage import NAMES
from infra.local import stored
from ivr.locales import catalog, folder
from ivr.pseudonym import pseudonym

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from infra.cli.scripts.model import Heard, Leg, SentSms, StoredReport
    from infra.cli.scripts.reading import Place
    from infra.cli.scripts.stage import Held, Stage
    from ivr.reports import Report

_MOST_TOLD = 400  # letters of what was heard instead


class Failure(NamedTuple):
    """An expectation that was not met: where it stands in the script, and what happened instead."""

    place: Place
    what: str


def failures(held: Held, stage: Stage, nth: int) -> list[Failure]:
    """What did not happen as the script's call number ``nth`` (from 0) expects. Raises ``StoreUnavailableError``."""
    found = [*_of_call(held), *_of_ending(held, stage), *_of_stored(held, stage), *_of_sms(held)]
    for word, leg in held.scripted.legs.items():
        found += [Failure((word, *place), what) for place, what in _of_leg(leg, NAMES[word], held)]
    return [Failure(("calls", nth, *place), what) for place, what in found]


def _of_call(held: Held) -> Iterator[Failure]:
    scripted, call = held.scripted, held.call
    yield from (Failure((), f"the service did something wrong: {fault}") for fault in held.faults)
    talked = any(entry.kind == "bridged" for entry in call.transcript.of("caller"))
    for word, wanted, got in (
        ("status", scripted.status, call.status),
        ("billed", scripted.billed, call.billed),
        ("talked", scripted.talked, talked),
    ):
        yield from _differs((word,), wanted, got)
    rung = [one.leg.to for one in held.calls[1:]]
    if scripted.rings_back is not None:
        to_ring = [] if scripted.rings_back == "nobody" else [scripted.rings_back]
        if rung != to_ring:
            yield Failure(("rings_back",), f"rung back: {', '.join(rung) or 'nobody'}")
    if " ".join(held.keys_left) != " ".join(scripted.keys_left.replace(",", " ").split()):
        left = " ".join(held.keys_left) or "none"
        yield Failure(("keys_left",) if scripted.keys_left else ("keys",), f"keys that nothing asked for: {left}")


def _of_ending(held: Held, stage: Stage) -> Iterator[Failure]:
    scripted, ended = held.scripted, stored.ending_of(stage.store, held.call.sid)
    for word, wanted, got in (
        ("verdict", scripted.verdict, ended.verdict),
        ("reason", scripted.reason, ended.reason),
        ("outcome", scripted.outcome, ended.outcome),
    ):
        yield from _differs((word,), wanted and wanted.value, got)


def _of_stored(held: Held, stage: Stage) -> Iterator[Failure]:
    wanted = held.scripted.stored
    if wanted.own_list:
        caller = stage.settings.number(held.scripted.from_)
        listed = stored.own_list_of(stage.store, held.scripted.to, caller, stage.now)
        yield from _differs(("stored", "own_list"), wanted.own_list, listed)
    if wanted.message:
        person = pseudonym(stage.customer_of(held.scripted.to), stage.settings.hmac_key)
        kept = stored.message_of(stage.store, person, held.call.sid, stage.now)
        yield from _differs(("stored", "message"), wanted.message, kept)
    if wanted.jobs.ring_back:
        state = stored.ring_back_state(stage.store, held.call.sid, stage.now)
        yield from _differs(("stored", "jobs", "ring_back"), wanted.jobs.ring_back, state)
    if wanted.jobs.sms:
        state = stored.sms_state(stage.store, held.reports, stage.now)
        yield from _differs(("stored", "jobs", "sms"), wanted.jobs.sms, state)
    if wanted.reports is None:
        return
    if len(wanted.reports) != len(held.reports):
        yield Failure(("stored", "reports"), f"{len(held.reports)} reports were made or changed in this call")
        return
    for nth, (report, got) in enumerate(zip(wanted.reports, held.reports, strict=True)):
        yield from _of_report(report, got, ("stored", "reports", nth))


def _of_report(wanted: StoredReport, got: Report, place: Place) -> Iterator[Failure]:
    for word in wanted.model_fields_set:
        stands: Any = getattr(got, word)
        if word in {"verified", "counted", "withdrawn"}:
            stands = bool(stands)
        elif word in {"category", "loss"}:
            stands = stands or "none"
        yield from _differs((*place, word), getattr(wanted, word), stands)


def _of_sms(held: Held) -> Iterator[Failure]:
    wanted: Sequence[SentSms] | None = held.scripted.sms
    if wanted is None:
        return
    if len(wanted) != len(held.sms):
        yield Failure(("sms",), f"{len(held.sms)} SMS were sent")
        return
    for nth, (one, sent) in enumerate(zip(wanted, held.sms, strict=True)):
        yield from _differs(("sms", nth, "to"), one.to, sent.to)
        for words in one.words:
            if not _words(words).search(sent.body):
                yield Failure(("sms", nth, "words"), f"{words!r} is not in the SMS: {sent.body}")


def _of_leg(leg: Leg, name: str, held: Held) -> Iterator[Failure]:
    said = [(entry.language, entry.text) for entry in held.entries if entry.leg == name and entry.kind == "said"]
    happened = [
        f"{entry.kind} {entry.text}".strip()
        for entry in held.entries
        if entry.leg == name and entry.kind not in {"said", "webhook"}
    ]
    yield from _not_heard(leg, name, said)
    for nth, item in enumerate(leg.never_hears):
        for language, text in said:
            if _pattern(item, (language,)).search(text):
                yield Failure(("never_hears", nth), f"the {name} heard {item}: {text}")
                break
    whole = "\n".join(text for _, text in said)
    if leg.hears_nothing and said:
        yield Failure(("hears_nothing",), f"the {name} heard: {_told(whole)}")
    yield from _not_happened(leg, name, happened)
    for nth, event in enumerate(leg.never_happens):
        if any(one.startswith(event) for one in happened):
            yield Failure(("never_happens", nth), f"it happened on the {name}'s telephone: {event}")


def _not_heard(leg: Leg, name: str, said: list[tuple[str, str]]) -> Iterator[Failure]:
    """What is to be heard in an order, in each of the leg's languages where those are given."""
    heard = {language: "\n".join(text for one, text in said if one == language) for language in leg.languages}
    if not heard:
        heard = {"": "\n".join(text for _, text in said)}
    reached = dict.fromkeys(heard, 0)
    for nth, item in enumerate(leg.hears):
        found = {}
        for language, text in heard.items():
            pattern = _pattern(item, (language,) if language else folder.known())
            if match := pattern.search(text, reached[language]):
                found[language] = match.end()
        if missing := [] if item.words and found else [language for language in heard if language not in found]:
            language = missing[0]
            before = _pattern(item, (language,) if language else folder.known()).search(heard[language])
            spoken = f" in {language}" if language else ""
            after = f" after {leg.hears[nth - 1]}" if nth else ""
            why = (
                f", but not{after}" if before else f". They heard{after}: {_told(heard[language][reached[language] :])}"
            )
            yield Failure(("hears", nth), f"the {name} {'heard' if before else 'did not hear'} {item}{spoken}{why}")
        reached.update(found)


def _not_happened(leg: Leg, name: str, happened: list[str]) -> Iterator[Failure]:
    reached = 0
    for nth, event in enumerate(leg.happens):
        at = next((i for i, one in enumerate(happened[reached:], reached) if one.startswith(event)), None)
        if at is None:
            yield Failure(("happens", nth), f"not on the {name}'s telephone: {event}. There: {', '.join(happened)}")
        else:
            reached = at + 1


def _pattern(item: Heard, languages: Sequence[str]) -> re.Pattern[str]:
    """What is spoken where this is heard, in one of these languages."""
    if item.words:
        return _words(item.words)
    wordings = []
    for language in languages:
        known = catalog.load(language)
        if item.key:
            goal = known.prompts[f"key.{item.to}"].say[0]
            wordings.append(known.press.format(goal=goal, key=known.keys[item.key]))
        else:
            wordings += known.prompts[item.prompt].say
    return re.compile("|".join(".+?".join(map(re.escape, re.split(r"\{\w+\}", wording))) for wording in wordings))


def _words(text: str) -> re.Pattern[str]:
    """Words as they are heard or read, however a line of YAML is broken."""
    return re.compile(r"\s+".join(map(re.escape, text.split())))


def _told(text: str) -> str:
    text = text.strip().replace("\n", " | ") or "nothing"
    return text if len(text) <= _MOST_TOLD else f"{text[:_MOST_TOLD]} ..."


def _differs(place: Place, wanted: Any, got: Any) -> Iterator[Failure]:
    """A failure where something is expected and another thing is there. None is expected: anything may be there."""
    if wanted is not None and wanted != got:
        yield Failure(place, f"{place[-1]} is {_word(got)}, not {_word(wanted)}")


def _word(value: Any) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value) or "nothing"
