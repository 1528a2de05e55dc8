"""What an entry of the audit changed: attribute by attribute, in the reader's words, with every number masked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ivr.desk.audit import About
from ivr.desk.call_backs import ASKED
from ivr.desk.disputes import OPEN
from ivr.pseudonym import shortened
from ivr.web.rendering import chosen_words, masked

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ivr.desk.audit import AuditEntry
    from ivr.records.base import Item

_NUMBERS = frozenset({"caller", "number", "ring_to"})
_MOMENTS = re.compile(r"(.+_at|since|until|expires)", re.ASCII)
_TYPED = re.compile(r"\+?[0-9]{7,15}", re.ASCII)  # a number in somebody's words
_PLAIN = frozenset({"ticket", "reference", "day", "call_sid", "prefix"})  # digits of these are no telephone number's
# The words for the values of an attribute, by how they begin among the desk's words.
_WORDS: Mapping[str, str] = {
    "verdict": "verdict.",
    "kind": "line.kind.",
    "mode": "line.mode.",
    "category": "category.",
    "loss": "",
}
_DESK = "desk"  # where a dispute was opened, if not in a call
_STATES: Mapping[str, str] = {About.CALLER: "dispute.", About.CALL_BACK: "call_back."}
_USUAL: Mapping[tuple[str, str], str] = {  # values that are not stored
    (About.CALLER, "state"): OPEN,
    (About.CALL_BACK, "state"): ASKED,
    (About.LINE, "mode"): "standard",
}


def differences(one: AuditEntry) -> list[tuple[str, str, str]]:
    """What differs between before and after: the attribute's name, its value before, and after."""
    names = sorted({*(one.before or {}), *(one.after or {})})
    values = [(name, _stored(one, one.before, name), _stored(one, one.after, name)) for name in names]
    return [(_name(name), _shown(one, name, was), _shown(one, name, now)) for name, was, now in values if was != now]


def _stored(one: AuditEntry, record: Item | None, name: str) -> object:
    return record.get(name, _USUAL.get((one.about, name))) if record else None


def _name(name: str) -> str:
    """An attribute in words. One of another release has none."""
    return chosen_words().word("attribute", name)


def _shown(one: AuditEntry, name: str, value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, int) and _MOMENTS.fullmatch(name):
        return chosen_words().moment(value) if value else ""
    text = str(value)
    if name in _NUMBERS:
        return masked(text) if text.removeprefix("+").isdecimal() else shortened(text)
    return _in_words(one, name, text) or (text if name in _PLAIN else _TYPED.sub(lambda found: masked(found[0]), text))


def _in_words(one: AuditEntry, name: str, text: str) -> str:
    """A value in words; empty: it has none."""
    spoken = chosen_words()
    match name:
        case "person":
            return shortened(text)
        case "source":
            return spoken.text("desk") if text == _DESK else ""
        case "proved":
            return spoken.text("yes" if text == "1" else "no")
        case "languages":
            return " + ".join(spoken.language(code) for code in text.split("-"))
        case "state":
            return spoken.texts.get(f"{_STATES.get(one.about, '')}{text}", "")
        case _:
            return spoken.texts.get(f"{_WORDS[name]}{text}", "") if name in _WORDS else ""
