"""One verified request of a telephony provider, in the product's words: which leg it is about, and what happened.

A provider's own names of parameters stay in its folder (``ivr.telephony.twilio.fields`` is the first one). What is
stored and logged as a leg's "sid" is the provider's name for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ivr.telephony.inputs import Entered
from ivr.telephony.signals import Signals

if TYPE_CHECKING:
    from ivr.telephony.inputs import Input

NO_ERROR = "none"
TEST = "TEST-"  # begins the "sid" of a test webhook: no provider names a leg so


class DialReport(NamedTuple):
    """How a Dial of this leg, or its wait in a queue, ended. Without one, nothing was answered."""

    status: str = ""  # completed, answered, busy, no-answer, failed or canceled; "other"; empty: no Dial has ended
    error: str = NO_ERROR  # the provider's code for why it failed, or the SIP response as "sip_486"
    answered: bool = False  # by somebody or something
    bridged: bool = False  # the two legs were joined, or this leg left a queue for an agent
    leg_sid: str = ""  # the leg that was dialled
    seconds: int = 0  # of the dialled leg


class QueueReport(NamedTuple):
    """Where a leg stands in a queue, as far as the provider tells."""

    position: int | None = None
    waited_seconds: int | None = None


class Failure(NamedTuple):
    """What the provider could not get from us, so that it asks for the fallback."""

    code: str = NO_ERROR  # the provider's
    step: str = "elsewhere"  # that it had asked for, as ``ivr.telephony.routes.name_of`` tells it
    path: str = ""  # likewise, to read the leg's state from; not verified to be one of ours
    query: str = ""


class Webhook(NamedTuple):
    """One verified request. Numbers are as they came: ``ivr.settings.Settings.number`` reads them."""

    path: str
    query: str
    now: int  # epoch seconds: when it was received
    call_sid: str  # the leg that it is about
    screened_sid: str  # the caller's leg: the one that dialled this leg, else this leg itself
    input: Input = Entered()
    caller: str = ""
    called: str = ""
    is_dialled: bool = False  # this leg was dialled from another one: the customer's, or an agent's
    is_outbound: bool = False  # we dialled this leg, in a screened call or by ourselves
    is_ring_back: bool = False  # we rang this leg by ourselves, which proves whose telephone it is
    is_over_sip: bool = False
    leg_ended: bool = False  # a status callback tells of the end of its leg
    went_unanswered: bool = False  # likewise, of a call to us that was refused, or given up while it rang
    call_seconds: int = 0  # that the leg lasted, once it has ended
    forwarded_from: str = ""
    signals: Signals = Signals()
    dial: DialReport = DialReport()
    queue: QueueReport = QueueReport()
    recording: str = ""  # the provider's name for the recording that has just ended on this leg
    recorded_seconds: int = 0
    failure: Failure = Failure()

    @property
    def is_test(self) -> bool:
        """Whether this is about no call: `ivr doctor` tries whether it is answered. Nothing is kept of it."""
        return self.call_sid.startswith(TEST) or self.screened_sid.startswith(TEST)

    @property
    def leg_sid(self) -> str:
        """The leg that this request is about, where that is not the caller's own."""
        return self.call_sid if self.is_dialled else ""

    @property
    def person(self) -> str:
        """The number of the person on this leg: the caller's, or the called one where we rang. It proves nothing."""
        return self.called if self.is_ring_back else self.caller


class Fetch(NamedTuple):
    """A verified request for a file that a turn names: a recording, for a player."""

    path: str
    now: int  # epoch seconds
