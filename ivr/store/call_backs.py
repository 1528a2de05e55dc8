"""The table as customer care uses it: call-backs, asked for once and worked through, and what an agent is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from ivr.care import records as care
from ivr.store.table import Table, condition_failed, maybe, typed, unwritten

if TYPE_CHECKING:
    from ivr.care.records import CallBack, CareCall
    from ivr.store.table import Value

_NONE_OPEN = "attribute_not_exists(pk) OR expires <= :now OR (#state = :done AND call_sid <> :call)"


class CallBacks(Table):
    """The table, for customer care. Every method may raise ``StoreUnavailableError``."""

    # Asking.

    def ask(self, call_back: CallBack, now: int, *, promised: bool = False) -> CallBack:
        """Ask for a call-back, unless the person has one open, or had one today. Returns the one that counts.

        ``promised``: it was confirmed to the person when the table could not be asked, so that one of today that is
        done already does not stand in its way.
        """
        condition = _NONE_OPEN
        values: dict[str, Value] = {":now": now, ":done": care.DONE, ":call": call_back.call_sid}
        if not promised:
            condition = f"{_NONE_OPEN[:-1]} AND #day <> :day)"
            values[":day"] = call_back.day
        try:
            self.client.put_item(
                TableName=self.table,
                Item=self._item(call_back),
                ConditionExpression=condition,
                ExpressionAttributeNames={"#state": "state"} if promised else {"#state": "state", "#day": "day"},
                ExpressionAttributeValues={name: typed(value) for name, value in values.items()},
            )
        except (ClientError, BotoCoreError) as error:
            if not condition_failed(error):
                unwritten(error)
            return self.of(call_back.person) or call_back
        return call_back

    def of(self, person: str) -> CallBack | None:
        """A person's call-back."""
        return maybe(care.CallBack, self._get(care.call_back_key(person)))

    # Working through them.

    def listed(self, now: int) -> list[CallBack]:
        """Every call-back that has not expired, the one that is due first in front."""
        found = self._query("list_kind", care.LISTED, index="listing")
        return [one for one in map(care.CallBack.from_item, found) if one.expires > now]

    def take(self, call_back: CallBack, now: int) -> CallBack | None:
        """Take a call-back that was asked for. None: somebody has taken it meanwhile, or it is gone."""
        values = {":state": care.IN_PROGRESS, ":at": now, ":asked": care.ASKED}
        return self._change(call_back, "SET #state = :state, taken_at = :at", _STILL_ASKED, values)

    def finish(self, call_back: CallBack, now: int, note: str, expires: int) -> CallBack | None:
        """Store that a call-back is done, and forget its number. None: it is done already, or gone."""
        values = {":state": care.DONE, ":at": now, ":note": note, ":expires": expires}
        update = "SET #state = :state, done_at = :at, note = :note, expires = :expires REMOVE #number"
        return self._change(call_back, update, _NOT_DONE, values, {"#number": "number"})

    def _change(
        self,
        call_back: CallBack,
        update: str,
        condition: str,
        values: dict[str, Any],
        names: dict[str, str] | None = None,
    ) -> CallBack | None:
        try:
            answer = self.client.update_item(
                TableName=self.table,
                Key=self._key(call_back.key),
                UpdateExpression=update,
                ConditionExpression=f"ticket = :ticket AND {condition}",
                ExpressionAttributeNames={"#state": "state", **(names or {})},
                ExpressionAttributeValues={
                    name: typed(value) for name, value in {**values, ":ticket": call_back.ticket}.items()
                },
                ReturnValues="ALL_NEW",
            )
        except (ClientError, BotoCoreError) as error:
            if condition_failed(error):
                return None
            unwritten(error)
        return care.CallBack.from_item(self._plain(answer["Attributes"]))

    # The way to an agent.

    def brief(self, care_call: CareCall) -> None:
        """Keep what the agent is to be told."""
        self.put(care_call)

    def accept(self, care_call: CareCall) -> CareCall:
        """Store that an agent accepted, and return what they are to be told; the last word on a leg is the true one."""
        values: dict[str, Value] = {
            ":call": care_call.call_sid,
            ":by": care_call.accepted_by,
            ":at": care_call.accepted_at,
            ":expires": care_call.expires,
        }
        try:
            answer = self.client.update_item(
                TableName=self.table,
                Key=self._key(care_call.key),
                UpdateExpression="SET call_sid = :call, accepted_by = :by, accepted_at = :at, expires = :expires",
                ExpressionAttributeValues={name: typed(value) for name, value in values.items()},
                ReturnValues="ALL_NEW",
            )
        except (ClientError, BotoCoreError) as error:
            unwritten(error)
        return care.CareCall.from_item(self._plain(answer["Attributes"]))

    def care_call(self, call_sid: str) -> CareCall | None:
        """A leg's way to customer care."""
        return maybe(care.CareCall, self._get(care.care_call_key(call_sid)))


_STILL_ASKED = "(attribute_not_exists(#state) OR #state = :asked)"  # a default is not stored
_NOT_DONE = "(attribute_not_exists(#state) OR #state <> :state)"
