"""A call that people held, as a call script (docs/call-scripts.md): what was done and heard, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import yaml

from infra.local import demo, stored
from infra.local.documented import documented
from infra.local.phone import hands
from infra.local.phone.people import PEOPLE
from ivr.calls.verdict import Reason
from ivr.pseudonym import pseudonym

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from infra.carrier import Call, Carrier, Leg
    from infra.local.phone.around import Around
    from infra.local.phone.events import EventLog
    from infra.local.phone.wanted import Wanted
    from ivr.desk.explanation import Explanation
    from ivr.reports import Report

_WORDS = {"allow": "trusted", "block": "blocked"}
_OF_THE_STACK = frozenset(
    {"TABLE_NAME", "PUBLIC_BASE_URL", "REPORT_QUEUE_URL", "SET_ASIDE_QUEUE_URL", "HMAC_KEY", "LOG_LEVEL"}
)
_OF_EARLIER_CALLS = frozenset(
    {Reason.FAMILIAR, Reason.CAMPAIGN, Reason.AFTERMATH, Reason.FAILED_CHECKS, Reason.REPORTED_BLOCK}
)


class Held(Protocol):
    """A call that people held, and that is over."""

    carrier: Carrier
    wanted: Wanted
    explained: Explanation | None
    faults_met: list[str]
    events: EventLog
    customer: str


class Saved(NamedTuple):
    """A call that is over, as a script says it."""

    title: str
    before: dict[str, list[Any]]
    call: dict[str, Any]
    remarks: list[str]


def saved(held: Held, call: Call, around: Around) -> Saved:
    """Describe a call, with what was stored before and after it. Raises ``StoreUnavailableError``."""
    ending = stored.ending_of(around.table, call.sid)
    return Saved(
        title=f"{ending.verdict} ({ending.reason}), {ending.outcome}" if ending.verdict else "the report line",
        before=_before(held.explained) if held.explained else {},
        call=_full({**_placed(held), **_people(held), **_came_of_it(held, call, around)}),
        remarks=_remarks(held),
    )


def written(calls: Sequence[Saved], around: Around) -> str:
    """Write calls that follow one another as YAML."""
    before: dict[str, list[Any]] = {}
    for one in calls:
        for word, items in _before_of_its_own(one, is_first=one is calls[0]).items():
            before.setdefault(word, []).extend(item for item in items if item not in before.get(word, []))
    script = _full(
        {
            "title": f"Held at the phone: {'; then '.join(one.title for one in calls)}",
            "settings": _settings(around),
            "before": before,
            "calls": [one.call for one in calls],
        }
    )
    remarks = dict.fromkeys(f"# {remark}\n" for one in calls for remark in one.remarks)
    text: str = yaml.safe_dump(script, allow_unicode=True, sort_keys=False, width=110)
    return "".join(remarks) + text


def _before_of_its_own(one: Saved, *, is_first: bool) -> dict[str, list[Any]]:
    """What stood there before a call; not what a call before it in the same script leaves there."""
    return one.before if is_first else {word: items for word, items in one.before.items() if word == "lines"}


def _full(words: Mapping[str, Any]) -> dict[str, Any]:
    """The words that say something."""
    return {word: value for word, value in words.items() if value not in ("", {}, [], None)}


def _remarks(held: Held) -> list[str]:
    told = []
    if held.faults_met:
        told.append(f"Faults were on, which a script can't switch: {', '.join(held.faults_met)}.")
    if held.explained and held.explained.judgement.verdict.reason in _OF_EARLIER_CALLS:
        told.append("The verdict rests on earlier calls, which this script does not hold: place them before.")
    return told


def _settings(around: Around) -> dict[str, str]:
    """The settings that this stack was given and that are not the demo's."""
    named = {
        name: value for name, value in around.running.settings.items() if demo.SETTINGS.get(name) != value and value
    }
    return {
        name: value
        for name, value in named.items()
        if name in documented()
        and name not in _OF_THE_STACK
        and not name.startswith(("TWILIO_", "DESK_"))
        and value != documented()[name][1]
    }


def _before(told: Explanation) -> dict[str, Any]:
    """What the look-up found, but for the demo's own lines and decisions."""
    lookup, called = told.judgement.case.lookup, told.called
    line, listed, decision, reputation = lookup.line, lookup.listed, lookup.decision, lookup.reputation
    return _full(
        {
            "lines": [
                _full(
                    {
                        "number": line.number,
                        "kind": line.kind,
                        "rings": line.ring_to,
                        "languages": line.languages.replace("-", " "),
                        "mode": line.mode,
                    }
                )
            ]
            if line and line not in demo.RECORDS
            else [],
            "decisions": [{"caller": decision.caller, "verdict": decision.verdict}]
            if decision and decision.caller not in {demo.TRUSTED, demo.FLAGGED, demo.BLOCKED}
            else [],
            "prefixes": [{"prefix": rule.prefix, "verdict": rule.verdict} for rule in lookup.prefix_rules],
            "lists": [{"line": called, "caller": listed.caller, "word": _WORDS[listed.word]}]
            if listed and listed.word in _WORDS
            else [],
            "reports": [
                _full(
                    {
                        "caller": reputation.caller,
                        "people": str(min(reputation.score.live, 200)),
                        "category": reputation.category,
                    }
                )
            ]
            if reputation and reputation.score.live
            else [],
        }
    )


def _placed(held: Held) -> dict[str, Any]:
    parameters = dict(held.wanted.parameters)
    return {
        "from": held.wanted.from_,
        "to": held.wanted.line,
        "attestation": parameters.pop("StirVerstat", ""),
        "forwarded_from": parameters.pop("ForwardedFrom", ""),
        "parameters": parameters,
    }


def _people(held: Held) -> dict[str, Any]:
    """What each person did and heard. Customer care presses its keys on both its numbers."""
    legs: dict[str, list[Leg]] = {word: [] for word in ("caller", *PEOPLE)}
    words = {"caller": "caller", **{name: word for word, name in PEOPLE.items()}}
    for leg in held.carrier.legs:
        legs[words.get(leg.name, "caller")].append(leg)
    told: dict[str, Any] = {}
    for word, own in legs.items():
        keys = [*own, *legs["second_care"]] if word == "care" else own
        told[word] = _full(
            {
                "keys": "" if word == "second_care" else hands.keys_of(keys),
                "phone": hands.phone_of(own) if own and word != "caller" else "",
                "hears": hands.heard_by(own),
            }
        )
    return told


def _came_of_it(held: Held, call: Call, around: Around) -> dict[str, Any]:
    """What the call came to, and what it left in the table."""
    table, now = around.table, int(held.carrier.epoch)
    ending = stored.ending_of(table, call.sid)
    rung_back = [other.leg.to for other in held.carrier.calls if other.sid != call.sid]
    reports = _reports(held, around)
    number = around.settings.number(held.wanted.from_)
    person = pseudonym(held.customer, around.settings.hmac_key)
    ring_back = stored.ring_back_state(table, call.sid, now)
    sms = stored.sms_state(table, reports, now)
    return {
        "verdict": ending.verdict,
        "reason": ending.reason,
        "outcome": ending.outcome,
        "status": call.status,
        "billed": _yes(call.billed),
        "talked": _yes(any(entry.kind == "bridged" for entry in call.transcript.of("caller"))),
        "rings_back": rung_back[0] if len(rung_back) == 1 else "" if rung_back else "nobody",
        "stored": _full(
            {
                "reports": [_report(report) for report in reports] or "none",
                "own_list": stored.own_list_of(table, held.wanted.line, number, now) if ending.verdict else "",
                "jobs": _full(
                    {
                        "ring_back": ring_back if ring_back != "none" else "",
                        "sms": sms if sms != "none" else "",
                    }
                ),
                "message": stored.message_of(table, person, call.sid, now) if ending.verdict else "",
            }
        ),
        "sms": [{"to": message.to} for message in held.carrier.messages] or "none",
    }


def _reports(held: Held, around: Around) -> list[Report]:
    """Each report that was made or changed in this call, in the order of their times."""
    told = [event.data["attributes"] for event in held.events.after() if event.data.get("kind") == "report"]
    keys = dict.fromkeys((one["call_sid"], one["which"]) for one in told)
    found = [report for key in keys if (report := around.table.reports.get(*key))]
    return sorted(found, key=lambda report: (report.reported_at, report.reference))


def _report(report: Report) -> dict[str, str]:
    return {
        "caller": report.caller,
        "category": report.category or "none",
        "loss": report.loss or "none",
        "verified": _yes(bool(report.verified)),
        "counted": _yes(bool(report.counted)),
        "withdrawn": _yes(bool(report.withdrawn)),
    }


def _yes(holds: bool) -> str:  # noqa: FBT001  # the one thing that it says
    return "yes" if holds else "no"
