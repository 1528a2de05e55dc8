"""How the value of a secret is read: trimmed of what gets into it by accident, and checked for its shape.

What gets in: a line's end from a file, blanks and quotes from a shell or a form, a byte order mark from an editor. Each
would make another key of it, and every webhook or pseudonym wrong. No text here holds a value.
"""

from __future__ import annotations

import re

from ivr.telephony.twilio.signature import Signers

_ACCIDENTAL = " \t\r\n\v\f\0\u00a0\u200b\u200e\u200f\u2060\ufeff'\"`\u2018\u2019\u201c\u201d"
_TOKEN = re.compile(r"[0-9a-f]{32}", re.ASCII)  # as Twilio's console shows it
_NAMED = re.compile(r"(webhooks_sharedkey_[A-Za-z0-9_-]+)=([!-~]+)", re.ASCII)
_KEY_NAMES = "webhooks_sharedkey_"
_SHORTEST_SHARED_KEY = 16
_KEY = re.compile(r"[!-~]{32,}", re.ASCII)
# What is to be done, in words that the log takes as they are.
_TOKENS_WANTED = "store_auth_tokens_of_32_hexadecimal_digits_or_webhooks_sharedkey_NAME=SECRET"
_KEY_WANTED = "store_the_key_that_the_data_was_made_with_32_characters_or_more_without_a_blank"


class ShapeError(ValueError):
    """A secret has another shape than it must have. The text says what to do, in closed words; never the value."""


def signers(text: str, *, strict: bool) -> tuple[Signers, str]:
    """Read auth tokens and shared keys, with blanks or commas between; and what is wrong with some of them, or nothing.

    ``strict`` is for a value that was stored by hand: of the environment of a laptop any word is taken as a token, as
    stand-ins for Twilio use short ones. Raises ``ShapeError`` where not one can be used.
    """
    words = [word for part in re.split(r"[\s,;]+", text) if (word := part.strip(_ACCIDENTAL))]
    tokens: list[str] = []
    keys: dict[str, str] = {}
    for word in words:
        named = _NAMED.fullmatch(word)
        secret = named[2].strip(_ACCIDENTAL) if named else ""
        if named and len(secret) >= (_SHORTEST_SHARED_KEY if strict else 1):
            keys[named[1]] = secret
        elif _TOKEN.fullmatch(word) or (not strict and not word.startswith(_KEY_NAMES)):
            tokens.append(word)
    if not tokens and not keys:
        raise ShapeError(_TOKENS_WANTED)
    amiss = len(tokens) + len(keys) != len(words)
    return Signers(tuple(tokens), keys), _TOKENS_WANTED if amiss else ""


def hmac_key(text: str, *, strict: bool) -> tuple[str, str]:
    """Read the key of the pseudonyms, likewise."""
    key = text.strip(_ACCIDENTAL)
    if not key or (strict and not _KEY.fullmatch(key)):
        raise ShapeError(_KEY_WANTED)
    return key, ""
