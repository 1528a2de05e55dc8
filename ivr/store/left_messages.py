"""The table as messages use it: left once a call, heard by their customer alone, and gone with their recordings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from ivr.left_messages import (
    LEFT,
    LeftMessage,
    Recording,
    erasure,
    left_key,
    recording_key,
    recording_of,
    recording_partition,
)
from ivr.store.table import AlreadyThereError, Table, cancelled_by, maybe, typed, unread, unwritten

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ivr.follow_up.records import Errand

MOST_HELD = 30  # messages to one person; whoever calls then is not offered to leave another


class LeftMessages(Table):
    """The table, for messages. Every method may raise ``StoreUnavailableError``."""

    def keep(self, message: LeftMessage) -> tuple[LeftMessage, bool]:
        """Store a message with its recording, once a call: a second delivery gets what the first stored, and False."""
        if self._write([{"Put": self._once(message)}, {"Put": self._once(recording_of(message))}]):
            return message, True
        return maybe(LeftMessage, self._get(message.key)) or message, False

    def held(self, person: str, now: int) -> list[LeftMessage]:
        """A person's messages, the oldest first; ``MOST_HELD`` of them, or a few more."""
        try:
            answer = self.client.query(
                TableName=self.table,
                KeyConditionExpression="pk = :pk AND begins_with(sk, :left)",
                ExpressionAttributeValues={":pk": typed(left_key(person, "").pk), ":left": typed(LEFT)},
                ConsistentRead=True,
            )
        except (ClientError, BotoCoreError) as error:
            unread(error)
        found = (LeftMessage.from_item(self._plain(item)) for item in answer["Items"])
        return sorted((one for one in found if _is_there(one, now)), key=lambda one: one.name)

    def message(self, person: str, word: str) -> LeftMessage | None:
        """A message to a person, a deleted one too as long as the table remembers it."""
        return maybe(LeftMessage, self._get(left_key(person, word)))

    def delete(self, message: LeftMessage, now: int) -> None:
        """Delete a message and ask for its recording to be erased, once. Its caller is forgotten at once."""
        mark = {
            "TableName": self.table,
            "Key": self._key(message.key),
            "UpdateExpression": "SET deleted_at = :now, expires = :now REMOVE caller",
            "ConditionExpression": "attribute_exists(pk) AND attribute_not_exists(deleted_at)",
            "ExpressionAttributeValues": {":now": typed(now)},
        }
        erase = {"TableName": self.table, "Item": self._item(erasure(message.recording, now))}
        self._write([{"Update": mark}, {"Put": erase}])

    def erase(self, errand: Errand) -> None:
        """Ask for a recording to be erased, once a round."""
        try:
            self.put_once(errand)
        except AlreadyThereError:
            return

    def note_erased(self, recording: str, now: int) -> None:
        """Remember that a recording is gone from Twilio."""
        self._update(Recording, recording_key(recording), {"erased_at": now}, condition="attribute_exists(pk)")

    def is_playable(self, recording: str, now: int) -> bool:
        """Whether this is a recording of ours that nobody wants erased."""
        kept = {str(item["sk"]): item for item in self._query("pk", recording_partition(recording), consistent=True)}
        return list(kept) == ["RECORDING"] and kept["RECORDING"]["expires"] > now

    def _write(self, writes: list[Mapping[str, Any]]) -> bool:
        """Write all of it or nothing. False: a condition says that it was written before."""
        try:
            self.client.transact_write_items(TransactItems=writes)  # type: ignore[arg-type]
        except (ClientError, BotoCoreError) as error:
            if "ConditionalCheckFailed" not in cancelled_by(error):
                unwritten(error)
            return False
        return True


def _is_there(message: LeftMessage, now: int) -> bool:
    return message.expires > now and not message.deleted_at
