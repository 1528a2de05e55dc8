"""Calls to customer care: what the agent hears about each leg, and which agent accepted it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.care.call_backs import CareCall, care_call_key

if TYPE_CHECKING:
    from ivr.store.table import Table


class CareCalls:
    """The legs that ring customer care. Every method may raise ``StoreUnavailableError``."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def put(self, care_call: CareCall) -> None:
        """Store what the agent hears."""
        self._table.put(care_call)

    def accept(self, care_call: CareCall) -> CareCall:
        """Store that an agent accepted the leg, over any earlier one, and return what the agent hears."""
        accepted = self._table.change(
            care_call.key,
            "SET call_sid = :call, accepted_by = :by, accepted_at = :at, expires = :expires",
            call=care_call.call_sid,
            by=care_call.accepted_by,
            at=care_call.accepted_at,
            expires=care_call.expires,
        )
        return self._table.read(CareCall, accepted) or care_call

    def get(self, call_sid: str) -> CareCall | None:
        """A leg's call to customer care."""
        return self._table.read(CareCall, self._table.get(care_call_key(call_sid)))
