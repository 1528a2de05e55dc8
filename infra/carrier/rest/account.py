"""The account that REST requests act for: its credentials, its numbers, its messages, and what was asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from infra.carrier.network import Fault
from infra.carrier.rest.answers import VERSION, Reply, when
from infra.carrier.rest.faults import Faults

if TYPE_CHECKING:
    import random

    from infra.carrier.network import Network
    from infra.carrier.rest.faults import Endpoint
    from infra.carrier.rest.own_number import OwnNumber
    from infra.carrier.rest.parameters import Parameters
    from infra.carrier.rest.sms import Message

TEST_FROM = "+15005550006"
"""The number that Twilio's test credentials may always show."""


@dataclass(frozen=True)
class Asked:
    """A REST request that passed authentication."""

    endpoint: Endpoint
    sid: str
    """Which call or recording; empty for a create and a list."""
    form: Parameters


class Account:
    """What one carrier knows as a REST account."""

    def __init__(self, *, network: Network, auth_token: str, chance: random.Random) -> None:
        self.network = network
        self.faults = Faults()
        self.messages: list[Message] = []
        self.requests: list[Asked] = []
        """Every request that passed authentication, refused or not."""
        self.auth_token = auth_token
        """A test may replace it at any time, as a rotation of the account's token does."""
        self.status = "active"
        """A test may suspend or close it."""
        self.kind = "Full"
        self.numbers: dict[str, OwnNumber] = {}
        """The numbers that REST lists, by Sid: ``infra.carrier.rest.numbers.own`` adds one."""
        self.webhook_rules: list[dict[str, Any]] = []
        self.webhook_settings: dict[str, dict[str, Any]] = {}
        """How webhooks are delivered, where that is configured: ``infra.carrier.rest.webhook_rules`` adds to both."""
        self.turned_away = 0
        """How many requests did not pass authentication."""
        self._chance = chance

    def new_sid(self, prefix: str) -> str:
        """Make an identifier; REST has its own source of chance, so that requests change no CallSid of a seed."""
        return f"{prefix}{self._chance.getrandbits(128):032x}"

    def may_show(self, number: str) -> bool:
        """Whether a call or message may come from this number."""
        options = self.network.options
        return options.own_numbers is None or number in {*options.own_numbers, *options.verified, TEST_FROM}

    def fetch(self) -> Reply:
        """Describe the account. Twilio sends its auth token too."""
        sid, began = self.network.options.account_sid, when(self.network.clock_start)
        return Reply(
            200,
            {
                "sid": sid,
                "owner_account_sid": sid,
                "friendly_name": "A stand-in",
                "status": self.status,
                "type": self.kind,
                "auth_token": self.auth_token,
                "date_created": began,
                "date_updated": began,
                "uri": f"/{VERSION}/Accounts/{sid}.json",
                "subresource_uris": {},
            },
        )

    def record_mistake(self, code: int, message: str) -> None:
        """Add a mistake of the application to the carrier's errors; the simulation's thread does it."""
        self.network.order(lambda: self.network.errors.append(Fault(str(code), "rest", message)))
