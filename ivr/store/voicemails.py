"""Voicemails: left once a call, heard by their customer alone, and deleted with their recordings."""

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

MOST_HELD = 30  # messages to one person; a later caller is not offered to leave another
# Of these, as many as one caller's count for anybody else: nobody fills a box for others.
SHARE_OF_A_CALLER = 5


class Voicemails:
    """The voicemails and their recordings. Every method may raise ``StoreUnavailableError``."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._counters = Counters(table)

    def has_room(self, person: str, line: str, caller: str, now: int, *, most: int) -> bool:
        """Whether a caller may leave a message on a person's line now: ``most`` a day, and as long as there is room."""
        left = (self._table.get(left_by_key(line, caller, day_of(now))) or {}).get(MESSAGES, 0)
        if isinstance(left, int) and left >= most:
            return False
        callers = Counter(one.caller for one in self.held(person, now))
        own = callers.pop(caller, 0)
        return own + sum(min(count, SHARE_OF_A_CALLER) for count in callers.values()) < MOST_HELD

    def keep(self, message: Voicemail, *, most: int) -> tuple[Voicemail, bool] | None:
        """Store a message with its recording, once a call: a second delivery gets what the first stored, and False.

        None: this caller has left ``most`` on this line today. 0 is for one that was said to be kept already.
        """
        by = left_by_key(message.line, message.caller, day_of(message.at))
        refused = self._table.all_or_none(
            once={"Put": self._counters.for_the_first_time(message.call_sid, MESSAGES, message.at)},
            recording={"Put": self._table.putting_once(recording_of(message))},
            count={"Update": self._counters.one_more(by, MESSAGES, message.at, most=most)},
            message={"Put": self._table.putting(message)},
        )
        if not refused:
            return message, True
        if "once" in refused or "recording" in refused:
            return self._kept(message) or message, False
        return None

    def _kept(self, message: Voicemail) -> Voicemail | None:
        """What this call has left, wherever that is: whether it was reported may have become known in between."""
        keys = desk_key(message.call_sid), voicemail_key(message.person, word_of(message.call_sid))
        return next((found for key in keys if (found := self._table.read(Voicemail, self._table.get(key)))), None)

    def of_call(self, call_sid: str) -> Voicemail | None:
        """The message of a reported call, which the desk keeps."""
        return self._table.read(Voicemail, self._table.get(desk_key(call_sid)))

    def held(self, person: str, now: int) -> list[Voicemail]:
        """A person's messages, the oldest first; ``MOST_HELD`` of them, or a few more."""
        found = self._table.read_all(Voicemail, self._table.partition(*voicemail_key(person, "")))
        return sorted((one for one in found if _is_there(one, now)), key=lambda one: one.name)

    def get(self, person: str, word: str) -> Voicemail | None:
        """A message to a person, a deleted one too as long as the table remembers it."""
        return self._table.read(Voicemail, self._table.get(voicemail_key(person, word)))

    def delete(self, message: Voicemail, now: int) -> None:
        """Delete a message and ask for its recording to be erased, once. Its caller is forgotten at once."""
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
        """Ask for a recording to be erased, once a round."""
        self._table.put_once(job)

    def note_erased(self, recording: str, now: int) -> None:
        """Remember that a recording is gone from Twilio."""
        self._table.update_if(recording_key(recording), "SET erased_at = :now", "attribute_exists(pk)", now=now)

    def is_playable(self, recording: str, now: int) -> bool:
        """Whether this is a recording of ours that nobody wants erased."""
        items = [*self._table.partition(recording_partition(recording))]
        kept = self._table.read(Recording, items[0]) if len(items) == 1 else None
        return kept is not None and kept.expires > now


def _is_there(message: Voicemail, now: int) -> bool:
    return message.expires > now and not message.deleted_at
