"""The answers to REST requests: JSON in the shape that twilio's client reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from infra.carrier.leg import Leg

VERSION = "2010-04-01"


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer. A body of text stands for a proxy's answer; one of bytes is sound."""

    status: int
    body: dict[str, Any] | str | bytes


class RefusedError(Exception):
    """Twilio refuses the request with this HTTP status and error code."""

    def __init__(self, code: int, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.status = status

    @property
    def reply(self) -> Reply:
        """The HTTP answer with this error."""
        return Reply(
            self.status,
            {
                "code": self.code,
                "message": str(self),
                "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
                "status": self.status,
            },
        )


def when(epoch: float | None) -> str | None:
    """Write a time as this API does (RFC 2822)."""
    return None if epoch is None else format_datetime(datetime.fromtimestamp(int(epoch), UTC))


def queued_call(sid: str, account_sid: str, from_: str, to: str, epoch: float) -> dict[str, Any]:
    """Describe a call that was just created."""
    return {
        "sid": sid,
        "account_sid": account_sid,
        "parent_call_sid": None,
        "from": from_,
        "to": to,
        "from_formatted": from_,
        "to_formatted": to,
        "status": "queued",
        "direction": "outbound-api",
        "api_version": VERSION,
        "date_created": when(epoch),
        "date_updated": when(epoch),
        "start_time": None,
        "end_time": None,
        "duration": None,
        "price": None,
        "price_unit": "USD",
        "queue_time": "0",
        "uri": f"/{VERSION}/Accounts/{account_sid}/Calls/{sid}.json",
        "subresource_uris": {},
    }


def live_call(leg: Leg) -> dict[str, Any]:
    """Describe a leg as it is now."""
    network = leg.network
    begun = network.clock_start + leg.placed_at
    ended = None if leg.ended_at is None else network.clock_start + leg.ended_at
    return queued_call(leg.sid, network.options.account_sid, leg.from_, leg.to, begun) | {
        "parent_call_sid": leg.parent.sid if leg.parent else None,
        "status": leg.call_status,
        "direction": leg.direction,
        "start_time": when(begun) if leg.answered_at is not None else None,
        "end_time": when(ended),
        "duration": None if ended is None else str(leg.duration),
    }
