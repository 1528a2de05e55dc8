"""The audit: who changed or looked at what, when, and what it was before and after. Entries are appended, never edited.

A change and its entry are written in one transaction (``ivr.desk.change``). The entries about one subject stand in one
partition, in the order of time; an index lists those of a day of UTC. Numbers are in clear, as in the decisions
themselves.
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from ivr.desk.notes import one_line
from ivr.desk.numbers import customers_number, decidable
from ivr.records.base import DAY, Item, ItemKey, Record, day_of, moment_of
from ivr.store.changes import Change, make
from ivr.store.paging import USUAL_PAGE, page_of, partition_at, place_of

if TYPE_CHECKING:
    from ivr.desk.actor import Actor
    from ivr.desk.context import Context
    from ivr.desk.days import Days

_AFTER_ALL = "~"  # sorts after every entry's own part of its key
_FREE_TEXT = frozenset({"note", "resolution", "ended_because"})  # of the records that entries keep


class Action(StrEnum):
    """What somebody did."""

    DECIDE = "decide"
    TAKE_BACK = "take_back"
    OPEN_DISPUTE = "open_dispute"
    CLEAR = "clear"
    KEEP = "keep"
    ADD_LINE = "add_line"
    CHANGE_LINE = "change_line"
    REMOVE_LINE = "remove_line"
    CONNECT_NUMBER = "connect_number"
    DISCONNECT_NUMBER = "disconnect_number"
    ADD_RULE = "add_rule"
    CHANGE_RULE = "change_rule"
    REMOVE_RULE = "remove_rule"
    TAKE_CALL_BACK = "take_call_back"
    GIVE_CALL_BACK_BACK = "give_call_back_back"
    FINISH_CALL_BACK = "finish_call_back"
    OPT_OUT = "opt_out"
    OPT_IN = "opt_in"
    FORGET = "forget"
    IMPORT = "import"  # what it changed has entries of its own
    # Looks, which change nothing:
    SEARCH = "search"
    SHOW_NUMBER = "show_number"
    TAKE_DOSSIER = "take_dossier"
    CONFIRM_REPORTER = "confirm_reporter"
    EXPORT = "export"
    REFUSED = "refused"


class About(StrEnum):
    """What kind of thing an entry is about; ``what`` names it."""

    NOTHING = ""  # a request that was refused, an export or an import: ``what`` is its route or its name
    CALLER = "caller"  # a number
    LINE = "line"  # a number
    PREFIX = "prefix"
    BLOCK = "block"  # of numbers: a plus and all but their last two digits
    REPORT = "report"  # its reference
    CALL = "call"  # its CallSid
    CALL_BACK = "call_back"  # its ticket
    PERSON = "person"  # a pseudonym


# Whose ``what`` is no number and no pseudonym. Of what a newer release names nobody knows.
NAMED_IN_CLEAR = frozenset(About) - {About.CALLER, About.LINE, About.BLOCK, About.PERSON}


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry(Record):
    """One entry. ``before`` and ``after`` are a record's attributes, as they stand in the table; None: no record."""

    at: int  # epoch seconds
    entry_id: str  # sorts the entries of one second
    by: str  # the person's name as they sign in, or the one that a command was given
    subject: str = ""  # the issuer's own name for the person
    action: str
    about: str = ""
    what: str = ""
    note: str = ""
    form: str = ""  # the word of the form that asked (``ivr.desk.actor``)
    before: Item | None = None
    after: Item | None = None
    expires: int

    @property
    def key(self) -> ItemKey:  # noqa: D102
        partition = _partition(self.about, self.what) if self.about else f"AUDIT#{day_of(self.at)}"
        return ItemKey(partition, f"{moment_of(self.at)}#{self.entry_id}")

    def index(self) -> Item:  # noqa: D102
        return {"list_kind": _of_day(day_of(self.at)), "list_key": self.key.sk}


class Page(NamedTuple):
    """A page of entries, and where the next one begins, which is never shown: it may hold a number. Empty: the last."""

    entries: list[AuditEntry]
    next: str


def entry(  # all that an entry has
    context: Context,
    action: Action,
    *,
    by: Actor,
    about: About = About.NOTHING,
    what: str = "",
    note: str = "",
    before: Item | None = None,
    after: Item | None = None,
) -> AuditEntry:
    """An entry of now, which is not stored yet. Raises ``DeskError`` for a person without a name."""
    at = context.now()
    return AuditEntry(
        at=at,
        entry_id=f"{time.time_ns() // 1000 % 1_000_000:06d}-{secrets.token_hex(4)}",
        by=one_line(by.name, "the name"),
        subject=by.subject,
        action=action,
        about=about,
        what=what,
        note=note,
        form=by.form,
        before=before,
        after=after,
        expires=at + context.settings.retention_audit_days * DAY,
    )


def once_a_minute(one: AuditEntry, kind: object) -> AuditEntry:
    """The same entry under a key that all entries of its kind share for a minute: only the first is stored."""
    return replace(one, at=one.at - one.at % 60, entry_id=str(kind))


def append(context: Context, one: AuditEntry) -> None:
    """Store an entry of something that changes nothing: a look, or a refusal."""
    context.store.put_once(one)


def looked(context: Context, action: Action, *, by: Actor, about: About, what: str, note: str = "") -> None:
    """Store who looked at what, such as a number that was shown. Call it before it is shown."""
    append(context, entry(context, action, by=by, about=about, what=what, note=note))


def of_days(
    context: Context, days: Days, *, newest_first: bool = True, after: str = "", most: int = USUAL_PAGE
) -> Page:
    """A page of the entries of days. One request for each day of UTC that they touch: two for a day of another zone."""
    table, index = context.store.table, "listing"
    between = moment_of(days.begin), moment_of(days.end - 1) + _AFTER_ALL
    listed = [_of_day(day) for day in (days.utc[::-1] if newest_first else days.utc)]
    begun = partition_at(after, index) if after else ""
    found: list[Item] = []
    for pk in listed[listed.index(begun) if begun in listed else 0 :]:
        page = page_of(
            table,
            pk,
            index=index,
            between=between,
            newest_first=newest_first,
            after=after if pk == begun else "",
            most=most + 1 - len(found),  # one more tells whether there is a next page
        )
        found += page.items
        if len(found) > most or page.next:
            shown = found[:most]
            return Page([*table.read_all(AuditEntry, shown)], place_of(shown[-1], index))
    return Page([*table.read_all(AuditEntry, found)], "")


def of(
    context: Context, about: About, what: str, *, newest_first: bool = True, after: str = "", most: int = USUAL_PAGE
) -> Page:
    """A page of the entries about one thing, such as a caller. One request, which sees all that is stored."""
    table = context.store.table
    found = page_of(table, _partition(about, what), newest_first=newest_first, after=after, most=most)
    return Page([*table.read_all(AuditEntry, found.items)], found.next)


def named(context: Context, about: About, text: str) -> str:
    """The name of a thing in the audit, as people write it: a number in any spelling. Raises ``DeskError``."""
    match about:
        case About.CALLER:
            return decidable(context, text)
        case About.LINE:
            return customers_number(context, text, "the line")
        case About.REPORT | About.CALL_BACK:
            return text.replace(" ", "").replace("-", "")
        case _:
            return text.strip()


def forget(context: Context, one: AuditEntry, number: str, person: str) -> None:
    """Put a pseudonym in place of a number, and remove the notes, which may tell of the person.

    This alone changes an entry. Who did what and when must be shown as long as it may be asked of the operator; whom it
    was done to is the person's, who may have it forgotten. Found again it is by who still has the number.
    """
    table = context.store.table
    kept = replace(
        one,
        what=one.what.replace(number, person),
        note="",
        before=_forgotten(one.before, number, person),
        after=_forgotten(one.after, number, person),
    )
    if kept.key == one.key:
        table.put(kept)
    else:
        make(table, kept, [Change(table.get(one.key), None)])


def _forgotten(item: Item | None, number: str, person: str) -> Item | None:
    if item is None:
        return None
    kept = {name: value for name, value in item.items() if name not in _FREE_TEXT}
    return {name: value.replace(number, person) if isinstance(value, str) else value for name, value in kept.items()}


def _partition(about: str, what: str) -> str:
    return f"AUDIT#{about}#{what}"


def _of_day(day: str) -> str:
    return f"audit#{day}"
