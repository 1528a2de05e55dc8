"""Holds the calls of a script one after the other, and keeps what happened in each."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from infra.carrier import Phone
from infra.cli.keys import Keys
from infra.cli.scripts.stage import NAMES, Held
from infra.local.stored import days_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from infra.carrier import Call, Carrier, Entry
    from infra.cli.keys import LegKeys
    from infra.cli.scripts.model import Leg, Script, ScriptedCall
    from infra.cli.scripts.stage import Stage


def hold(script: Script, stage: Stage) -> Iterator[Held]:
    """Hold the calls of a script for which the table is set (``infra.cli.scripts.table``)."""
    carrier = stage.carrier
    days = dict[str, None]()  # on which calls were held: there is nothing to read on those that a script waits
    for scripted in script.calls:
        carrier.wait(scripted.after)
        known, sent, wrong = len(carrier.calls), len(carrier.messages), len(_faults(carrier))
        began = stage.now
        days.update(dict.fromkeys(days_of(began, began)))
        reported = list(stage.store.reports.of_days(days))
        keys = _keys(scripted)
        stage.pickups.update(_phones(scripted, keys, stage))
        caller = _phone("caller", scripted.caller, keys.caller)
        carrier.place(from_=scripted.from_, to=scripted.to, phone=caller, parameters=_parameters(scripted))
        carrier.run()
        stage.settle()
        days.update(dict.fromkeys(days_of(began, stage.now)))
        calls = carrier.calls[known:]
        yield Held(
            scripted=scripted,
            calls=calls,
            entries=_in_order(calls),
            sms=carrier.messages[sent:],
            reports=[report for report in stage.store.reports.of_days(days) if report not in reported],
            keys_left=keys.left,
            faults=_faults(carrier)[wrong:],
        )


def _keys(scripted: ScriptedCall) -> Keys:
    own = {f"{word}_keys": leg.keys for word, leg in scripted.legs.items()}
    return Keys.read({"keys": scripted.keys, **own})


def _phones(scripted: ScriptedCall, keys: Keys, stage: Stage) -> dict[str, Phone]:
    """Who picks up, by number. What rings back the caller is answered like the customer's telephone."""
    settings, seconds = stage.settings, max(scripted.talk, keys.talk_seconds)
    customer = _phone("customer", scripted.customer, keys.customer, seconds)
    phones = {
        settings.number(scripted.from_).text: customer,
        settings.care_fallback_number: _phone("second_care", scripted.second_care, keys.care, seconds),
        settings.care_number: _phone("care", scripted.care, keys.care, seconds),
        stage.customer_of(scripted.to): customer,
    }
    return {number: phone for number, phone in phones.items() if number}


def _phone(word: str, leg: Leg, keys: LegKeys, talks_for: float | None = None) -> Phone:
    how = leg.phone
    return Phone(
        keys=keys.script,
        name=NAMES[word],
        answers=how.how,
        joins_after=how.joins_after,
        rings_for=how.rings_for,
        hangs_up_after=keys.hangs_up_after,
        talks_for=None if how.how == "voicemail" else talks_for,
    )


def _parameters(scripted: ScriptedCall) -> dict[str, str]:
    told = {"StirVerstat": scripted.attestation, "ForwardedFrom": scripted.forwarded_from or ""}
    return {**{name: value for name, value in told.items() if value}, **scripted.parameters}


def _faults(carrier: Carrier) -> list[str]:
    return [str(fault) for fault in (*carrier.errors, *carrier.failures)]


def _in_order(calls: Iterable[Call]) -> list[Entry]:
    """What happened in these calls, with times since the first of them was placed."""
    first = min(call.leg.placed_at for call in calls)
    entries = [replace(entry, at=entry.at + call.leg.placed_at - first) for call in calls for entry in call.transcript]
    return sorted(entries, key=lambda entry: round(entry.at, 3))
