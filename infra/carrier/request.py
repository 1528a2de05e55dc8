"""The request for the document that a leg goes on with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from infra.carrier.posting import Form


@dataclass(frozen=True, slots=True)
class Request:
    """Where the next document comes from, and what is sent there besides the leg's own parameters."""

    url: str
    form: Form = field(default_factory=dict)
    twiml: str = ""
    """The document itself, where a REST request brought it: then nothing is fetched."""
