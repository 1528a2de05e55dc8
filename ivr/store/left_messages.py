"""The table as messages use it: left once a call, heard by their customer alone, and gone with their recordings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.left_messages import (
    LeftMessage,
    Recording,
    erasure,
    left_key,
    recording_key,
    recording_of,
    recording_partition,
)
from ivr.store.table import Table

if TYPE_CHECKING:
    from ivr.follow_up.records import Errand

MOST_HELD = 30  # messages to one person; whoever calls then is not offered to leave another


class LeftMessages(Table):
    """The table, for messages. Every method may raise ``StoreUnavailableError``."""

    def keep(self, message: LeftMessage) -> tuple[LeftMessage, bool]:
        """Store a message with its recording, once a call: a second delivery gets what the first stored, and False."""
        if self._all_or_none({"Put": self._putting_once(message)}, {"Put": self._putting_once(recording_of(message))}):
            return self._read(LeftMessage, self._get(message.key)) or message, False
        return message, True

    def held(self, person: str, now: int) -> list[LeftMessage]:
        """A person's messages, the oldest first; ``MOST_HELD`` of them, or a few more."""
        found = self._read_all(LeftMessage, self._partition(*left_key(person, "")))
        return sorted((one for one in found if _is_there(one, now)), key=lambda one: one.name)

    def message(self, person: str, word: str) -> LeftMessage | None:
        """A message to a person, a deleted one too as long as the table remembers it."""
        return self._read(LeftMessage, self._get(left_key(person, word)))

    def delete(self, message: LeftMessage, now: int) -> None:
        """Delete a message and ask for its recording to be erased, once. Its caller is forgotten at once."""
        mark = self._updating(
            message.key,
            "SET deleted_at = :now, expires = :now REMOVE caller",
            "attribute_exists(pk) AND attribute_not_exists(deleted_at)",
            now=now,
        )
        self._all_or_none({"Update": mark}, {"Put": self._putting(erasure(message.recording, now))})

    def erase(self, errand: Errand) -> None:
        """Ask for a recording to be erased, once a round."""
        self.put_once(errand)

    def note_erased(self, recording: str, now: int) -> None:
        """Remember that a recording is gone from Twilio."""
        self._update_if(recording_key(recording), "SET erased_at = :now", "attribute_exists(pk)", now=now)

    def is_playable(self, recording: str, now: int) -> bool:
        """Whether this is a recording of ours that nobody wants erased."""
        items = [*self._partition(recording_partition(recording))]
        kept = self._read(Recording, items[0]) if len(items) == 1 else None
        return kept is not None and kept.expires > now


def _is_there(message: LeftMessage, now: int) -> bool:
    return message.expires > now and not message.deleted_at
