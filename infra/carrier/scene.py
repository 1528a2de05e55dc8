"""What a verb is given, and what it returns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import urljoin, urlsplit

from infra.carrier.webhooks import INVALID_URL

if TYPE_CHECKING:
    from collections.abc import Callable

    from infra.carrier.document import Verb
    from infra.carrier.leg import Leg
    from infra.carrier.network import Steps
    from infra.carrier.request import Request
    from infra.carrier.switch import Switch


Perform: TypeAlias = "Callable[[Leg, Request], Steps[None]]"
"""Plays documents on a leg, from a request on, until one ends."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A document being played on a leg."""

    leg: Leg
    switch: Switch
    url: str
    """Where the document came from: relative addresses start here."""
    begins: int
    """Where in the transcript the document begins."""
    first: bool
    """Whether the verb being played is the document's first."""
    perform: Perform
    """Plays documents on a leg: for the whisper of a Dial, and for the waitUrl of a conference or queue."""

    def address(self, relative: str) -> str:
        """Resolve an address in this document to an absolute URL; an empty one is the document's own."""
        if not self.url and not urlsplit(relative).scheme:
            self.leg.fault(INVALID_URL, f"{relative!r}: a document given as Twiml takes absolute URLs only")
        return urljoin(self.url, relative) if relative else self.url


Play: TypeAlias = "Callable[[Scene, Verb], Steps[Request | None]]"
"""Plays one verb: the request to go on with, or None to fall through to the next verb."""
