"""The port: what this product asks of a telephony provider, and all that it knows of one.

A provider is a folder beside this file that offers a ``Provider``; handlers/ chooses it. It answers webhooks (a request
is read, a turn is written), and by itself it acts on the ``Account``: leg by leg, over the provider's own API.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from ivr.observability.failures import CodedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ivr.telephony.turn import Turn
    from ivr.telephony.webhook import Fetch, Webhook


class RefusedWebhookError(CodedError):
    """A request that is not the provider's, or not a request: answered with ``status`` and an empty body.

    It is counted as ``metric``. Its text is a code for why. ``claims`` is the CallSid that it names, which nobody
    verified: it serves to find the line in the log.
    """

    def __init__(self, status: int, metric: str, why: str, claims: str = "") -> None:
        super().__init__(why)
        self.claims = claims
        self.status = status
        self.metric = metric


class NotSentError(CodedError):
    """The provider did not get the request, or did not process it: it may be made again. The text is a code for why."""


class RefusedError(CodedError):
    """The provider refused the request, and would again; the text is its error code."""


class LockedOutError(RefusedError):
    """The provider refused the account's credentials, and so would refuse every other request too."""


class UnknownOutcomeError(CodedError):
    """The provider may or may not have acted: the request must not be made again. The text is a word for why."""


class Account(Protocol):
    """The provider's API for this deployment's account.

    Each request raises ``NotSentError``, ``RefusedError``, ``UnknownOutcomeError`` or
    ``ivr.secrets.SecretUnavailableError``. A ``to`` is a path of ours with its query.
    """

    def ready(self) -> None:
        """See that its secret can be had. Raises ``ivr.secrets.SecretUnavailableError``."""

    def ring(self, *, number: str, line: str, to: str) -> str:
        """Ring a number from a line; who answers goes on at ``to``. Returns the provider's name for the leg."""

    def send(self, *, number: str, body: str) -> str:
        """Send an SMS. Returns the provider's name for it."""

    def move(self, call_sid: str, to: str) -> None:
        """Let a live leg go on at ``to``."""

    def is_live(self, call_sid: str) -> bool:
        """Whether a leg is in progress: answered, and not over."""

    def recording(self, recording: str) -> bytes:
        """A recording, as MP3."""

    def delete_recording(self, recording: str) -> None:
        """Delete a recording; one that is not there counts as deleted. May be repeated."""


class Capabilities(NamedTuple):
    """What a provider can do, beyond what the product can't do without.

    It can't do without: prompts and keys, a call to a telephone whose person hears a page and may press a key before
    the two are joined (the whisper), a callback when a leg has ended, and a fallback when we fail.
    """

    moves: bool = True  # takes a live leg to another step, and tells whether a leg goes on
    conferences: bool = True  # lets two legs meet in a conference that * leaves
    queues: bool = True  # has a queue of its own that rings agents
    records: bool = True  # records a message and gives it out again
    rings: bool = True  # rings a number by itself
    texts: bool = True  # sends an SMS


class Document(NamedTuple):
    """A turn as the provider runs it."""

    body: str
    content_type: str


class Provider(Protocol):
    """A telephony provider, as a deployment's settings describe it."""

    @property
    def capabilities(self) -> Capabilities:
        """What it can do for this deployment."""

    def prepare(self) -> None:
        """Make what a snapshot may contain, for nobody to wait for it: no secret and no open connection."""

    def read(self, event: Mapping[str, Any]) -> Webhook | Fetch:
        """Read an API Gateway event (payload version 2).

        Raises ``RefusedWebhookError`` for what the provider did not sign, and
        ``ivr.secrets.SecretUnavailableError`` where that can't be judged.
        """

    def write(self, turn: Turn) -> Document:
        """The document that the provider runs for a turn."""

    def account(self) -> Account:
        """The account. Made at the first request for it: most calls need none."""
