"""Who asks the desk for something: a person who is signed in at its pages, or the one that a command names."""

from __future__ import annotations

import hashlib
import json
import secrets
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

_LENGTH = 24  # hexadecimal digits


class Actor(NamedTuple):
    """Somebody who changes or looks at something. The audit keeps the name and the subject."""

    name: str  # for people to read
    subject: str = ""  # the issuer's own name for them, which never changes; empty for a command
    form: str = ""  # ``form_word`` of what was sent: sent twice, it changes once. Empty: nothing sends it again


def new_form() -> str:
    """A word for a form that is shown, so that no other form is taken for it."""
    return secrets.token_urlsafe(12)


def form_word(fields: Iterable[tuple[str, str]]) -> str:
    """The word of a form as it was sent, one of whose fields is a ``new_form``: any other input makes another word."""
    return hashlib.sha256(json.dumps(sorted(fields)).encode()).hexdigest()[:_LENGTH]
