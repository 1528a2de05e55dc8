"""Storing a file that was checked: part by part, each with its audit entries and a mark that it is done, or not at all.

The mark is why a file has its effect once. An import that was killed goes on after the parts that are marked, and what
the desk changed meanwhile in those stays as it is. A request that is repeated finds its mark.
"""

from __future__ import annotations

import threading
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import chain, islice
from random import random
from time import sleep
from typing import TYPE_CHECKING, NamedTuple

from ivr.desk import audit
from ivr.desk.audit import Action
from ivr.desk.change import entry_of
from ivr.desk.errors import DeskError
from ivr.desk.imports.files import Problem
from ivr.desk.imports.pace import USUAL_UNITS, Pace, write_units
from ivr.observability.failures import Why
from ivr.records.base import DAY, ItemKey, Record, record
from ivr.store.changes import Change, make
from ivr.store.errors import StoreRefusedError, StoreUnavailableError, StoreWriteError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ivr.desk.actor import Actor
    from ivr.desk.audit import AuditEntry
    from ivr.desk.context import Context
    from ivr.desk.imports.files import Checked
    from ivr.desk.imports.kinds import Draft
    from ivr.records.base import Item

PART = 49  # lines: with an entry each, the mark and the import's own entry, all of the 100 writes of a transaction
_AT_ONCE = 4  # parts: one transaction takes some 100 ms there and back
_KEPT_DAYS = 30  # how long a mark says that a file was imported
_RACES = 5  # against people who change the same records
_TRIES = 8  # of a part, where DynamoDB does not answer or wants it slower
_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 10.0  # seconds between them
_READ_AT_ONCE = 100  # keys of a BatchGetItem


@record
class ImportMark(Record):
    """A part of a file that is stored, in one of its runs. The part 0 says who imported the file."""

    word: str  # of the file
    part: int
    changed: int  # lines that said something new
    same: int  # lines that said what was stored already
    at: int
    by: str
    run: int = 0  # counts how often somebody asked for the whole file again
    expires: int

    @property
    def key(self) -> ItemKey:  # noqa: D102
        return _mark_key(self.word, self.part, self.run)


class Counts(NamedTuple):
    """What became of the lines of a file, those of an earlier run of the same import too."""

    changed: int
    same: int  # they said what was stored already
    before: int  # of both, stored by an earlier run


class Compared(NamedTuple):
    """What the lines that are left come to beside what is stored now."""

    problems: list[Problem]  # what can't be stored in place of what is there, by lines
    changed: int
    same: int  # they say what is stored already


class Import:
    """One import of one file. Every method may raise ``StoreUnavailableError``."""

    def __init__(self, context: Context, checked: Checked, *, by: Actor, units: float = USUAL_UNITS) -> None:
        self._context = context
        self._checked = checked
        self._by = by._replace(form=f"import-{checked.word}")
        self._pace = Pace(units)
        self._announcing = threading.Lock()
        self._is_announced = False
        drafts = checked.drafts
        self._parts = {nth: drafts[first : first + PART] for nth, first in enumerate(range(0, len(drafts), PART))}
        marks = self._stored_marks()
        self._run = max((mark.run for mark in marks), default=0)
        self._marks = {mark.part: mark for mark in marks if mark.run == self._run}

    @property
    def last(self) -> ImportMark | None:
        """The mark by which this very file was imported last, whole or in part."""
        return max(self._marks.values(), key=lambda mark: mark.at, default=None)

    @property
    def is_done(self) -> bool:
        """Whether the whole file was imported already."""
        return self._parts.keys() <= self._marks.keys()

    @property
    def left(self) -> int:
        """How many lines are still to be stored."""
        return sum(len(drafts) for part, drafts in self._parts.items() if part not in self._marks)

    def begin_again(self) -> None:
        """Let ``run`` import the whole file again. What says the same as what is stored still changes nothing.

        Its first mark makes that the newest run, which goes on if it is stopped.
        """
        self._run += 1
        self._marks = {}

    def problems(self) -> list[Problem]:
        """What can't be stored in place of what is there, by lines. Nothing is read where no line can conflict."""
        return self.compared().problems if self._checked.kind.may_conflict else []

    def compared(self, progress: Callable[[int], None] = lambda _: None) -> Compared:
        """Compare all that is left with what is stored. ``progress`` gets the number of lines that were compared."""
        problems, changed, same = list[Problem](), 0, 0
        for drafts in _groups(self._to_do(), _READ_AT_ONCE):
            for draft, item in self._read(drafts):
                try:
                    made = draft.making(self._context.store.table.read(draft.target.kind, item), item)
                except DeskError as error:
                    problems.append(Problem(draft.number, error.sentence, error.code))
                    continue
                changed += made is not None
                same += made is None
            progress(len(drafts))
        return Compared(sorted(problems), changed, same)

    def run(self, progress: Callable[[int], None] = lambda _: None) -> Counts:
        """Store what is left. ``progress`` gets the number of lines that were stored since it was last called.

        It may be stopped at any moment, and begun again. Raises ``DeskError`` if somebody changed what it is about.
        """
        before = sum(mark.changed + mark.same for mark in self._marks.values())
        to_do = iter([part for part in self._parts if part not in self._marks])
        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="import") as pool:
            running = {pool.submit(self._store, part) for part in islice(to_do, _AT_ONCE)}
            try:
                while running:
                    finished, running = wait(running, return_when=FIRST_COMPLETED)
                    running |= {pool.submit(self._store, part) for part in islice(to_do, len(finished))}
                    for mark in map(Future.result, finished):
                        self._marks[mark.part] = mark
                        progress(mark.changed + mark.same)
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise
        marks = self._marks.values()
        return Counts(sum(mark.changed for mark in marks), sum(mark.same for mark in marks), before)

    def _store(self, part: int) -> ImportMark:
        table, tries = self._context.store.table, 0
        while True:
            try:
                mark = _mark_key(self._checked.word, part, self._run)
                return (table.read(ImportMark, table.get(mark)) if tries else None) or self._change(part)
            except StoreRefusedError:  # it would be refused again
                raise
            except StoreUnavailableError:
                tries += 1
                if tries == _TRIES:
                    raise
                pause = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2**tries)
                sleep(pause * (0.5 + random() / 2))  # noqa: S311  # so that the threads don't come back together

    def _change(self, part: int) -> ImportMark:
        table = self._context.store.table
        for _ in range(_RACES):
            mark, changes = self._changes(part)
            entries, records = [*changes[1::2]], [*changes[::2]]  # each kind fills a partition of its own
            self._pace.wait(max(1, _units(entries), _units(records)))
            if make(table, mark, changes):
                return mark
        raise StoreWriteError(Why.OVERTAKEN)

    def _changes(self, part: int) -> tuple[ImportMark, list[Change]]:
        """What a part comes to now: each record that changes, its entry after it, and perhaps the import's own."""
        drafts, changes = self._parts[part], list[Change]()
        for draft, item in self._read(drafts):
            before = self._context.store.table.read(draft.target.kind, item)
            try:
                made = draft.making(before, item)
            except DeskError as error:  # it became so since the file was checked
                raise DeskError(error.code, f"line {draft.number}: {error.sentence}") from error
            if made is None:
                continue
            self._announce()
            if made.first:
                made.first()
            entry = entry_of(self._context, draft.target, before, made, by=self._by)
            changes += [Change(item, made.after), Change(None, entry)]
        changed, now = len(changes) // 2, self._context.now()
        if part == 0:
            changes += [Change(None, self._own_entry())]
        return ImportMark(
            word=self._checked.word,
            part=part,
            changed=changed,
            same=len(drafts) - changed,
            at=now,
            by=self._by.name,
            run=self._run,
            expires=now + _KEPT_DAYS * DAY,
        ), changes

    def _own_entry(self) -> AuditEntry:
        told = f"{self._checked.kind.name} {len(self._checked.drafts)} ({self._checked.word})"
        return audit.entry(self._context, Action.IMPORT, by=self._by, what=told)

    def _announce(self) -> None:
        with self._announcing:
            if not self._is_announced:
                self._context.announce()
            self._is_announced = True

    def _to_do(self) -> Iterator[Draft]:
        return chain.from_iterable(drafts for part, drafts in self._parts.items() if part not in self._marks)

    def _read(self, drafts: Iterable[Draft]) -> Iterator[tuple[Draft, Item | None]]:
        """Each line of the file with the item that is stored for it."""
        together = [*drafts]
        found, missing = self._context.store.table.batch_get([draft.target.key for draft in together])
        if missing:
            raise StoreUnavailableError(Why.UNPROCESSED)
        return ((draft, found.get(draft.target.key)) for draft in together)

    def _stored_marks(self) -> list[ImportMark]:
        table = self._context.store.table
        now = self._context.now()
        marks = table.read_all(ImportMark, table.partition(_partition(self._checked.word)))
        return [mark for mark in marks if mark.expires > now]


def _partition(word: str) -> str:
    return f"IMPORT#{word}"


def _mark_key(word: str, part: int, run: int) -> ItemKey:
    again = f"#{run:04}" if run else ""
    return ItemKey(_partition(word), f"PART#{part:06}{again}")


def _units(changes: Iterable[Change]) -> int:
    return sum(write_units(change.after) for change in changes if change.after)


def _groups(drafts: Iterator[Draft], size: int) -> Iterator[list[Draft]]:
    return iter(lambda: [*islice(drafts, size)], [])
