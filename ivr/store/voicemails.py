"""Voicemails: one a call, played to its customer only, and deleted with its recording."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from ivr.records.base import day_of
from ivr.store.counters import MESSAGES, Counters, left_by_key
from ivr.voicemail import (
    Recording,
    Voicemail,
    desk_key,
    erasure,
    recording_key,
    recording_of,
    recording_partition,
    voicemail_key,
    word_of,
)

if TYPE_CHECKING:
    from ivr.jobs.job import Job
    from ivr.store.table import Table

MOST_KEPT = 30  # voicemails of one person; further callers are not offered to leave one
# At most this many of one caller's count against other callers, so that no caller can fill the box for all.
SHARE_OF_A_CALLER = 5


class Voicemails:
    """The voicemails and their recordings. Every method may raise ``StoreUnavailableError``."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._counters = Counters(table)

    def has_room(self, person: str, line: str, caller: str, now: int, *, most: int) -> bool:
        """Whether a caller may leave a voicemail now: up to ``most`` a day on a line, while there is room."""
        left = (self._table.get(left_by_key(line, caller, day_of(now))) or {}).get(MESSAGES, 0)
        if isinstance(left, int) and left >= most:
            return False
        callers = Counter(one.caller for one in self.of_person(person, now))
        own = callers.pop(caller, 0)
        return own + sum(min(count, SHARE_OF_A_CALLER) for count in callers.values()) < MOST_KEPT

    def keep(self, message: Voicemail, *, most: int) -> tuple[Voicemail, bool] | None:
        """Store a voicemail with its recording, once a call. Returns the stored one, and False if it was there before.

        None: this caller has left ``most`` on this line today. ``most`` is 0 (no limit) for one confirmed before.
        """
        by = left_by_key(message.line, message.caller, day_of(message.at))
        refused = self._table.all_or_none(
            once={"Put": self._counters.mark_once(message.call_sid, MESSAGES, message.at)},
            recording={"Put": self._table.putting_once(recording_of(message))},
            count={"Update": self._counters.increment(by, MESSAGES, message.at, most=most)},
            message={"Put": self._table.putting(message)},
        )
        if not refused:
            return message, True
        if "once" in refused or "recording" in refused:
            return self._kept(message) or message, False
        return None

    def _kept(self, message: Voicemail) -> Voicemail | None:
        """The call's stored voicemail: the customer's or, if the call was reported in the meantime, the desk's."""
        keys = desk_key(message.call_sid), voicemail_key(message.person, word_of(message.call_sid))
        return next((found for key in keys if (found := self._table.read(Voicemail, self._table.get(key)))), None)

    def of_call(self, call_sid: str) -> Voicemail | None:
        """The voicemail of a reported call, which is kept for the desk."""
        return self._table.read(Voicemail, self._table.get(desk_key(call_sid)))

    def of_person(self, person: str, now: int) -> list[Voicemail]:
        """A person's voicemails, oldest first: up to ``MOST_KEPT``, or a few more after a race."""
        found = self._table.read_all(Voicemail, self._table.partition(*voicemail_key(person, "")))
        return sorted((one for one in found if _is_there(one, now)), key=lambda one: one.name)

    def get(self, person: str, word: str) -> Voicemail | None:
        """A person's voicemail by its name; a deleted one too until its item expires."""
        return self._table.read(Voicemail, self._table.get(voicemail_key(person, word)))

    def delete(self, message: Voicemail, now: int) -> None:
        """Delete a voicemail and its caller's number, and store the job that erases its recording, once."""
        mark = self._table.updating(
            message.key,
            "SET deleted_at = :now, expires = :now REMOVE caller",
            "attribute_exists(pk) AND attribute_not_exists(deleted_at)",
            now=now,
        )
        self._table.all_or_none(
            mark={"Update": mark}, erasure={"Put": self._table.putting(erasure(message.recording, now))}
        )

    def erase(self, job: Job) -> None:
        """Store the job that erases a recording, once a round."""
        self._table.put_once(job)

    def note_erased(self, recording: str, now: int) -> None:
        """Store that a recording has been erased at Twilio."""
        self._table.update_if(recording_key(recording), "SET erased_at = :now", "attribute_exists(pk)", now=now)

    def is_playable(self, recording: str, now: int) -> bool:
        """Whether this is a stored recording that is not to be erased."""
        items = [*self._table.partition(recording_partition(recording))]
        kept = self._table.read(Recording, items[0]) if len(items) == 1 else None
        return kept is not None and kept.expires > now


def _is_there(message: Voicemail, now: int) -> bool:
    return message.expires > now and not message.deleted_at
