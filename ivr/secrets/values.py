"""Reads the stored text of a secret: strips characters that got into it by accident, and checks its shape.

Such characters are a newline from a file, blanks and quotes from a shell or a form, a byte order mark from an editor.
With one of them the key would be another key, and every signature or pseudonym wrong. No error here holds a value.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

_ACCIDENTAL = " \t\r\n\v\f\0\u00a0\u200b\u200e\u200f\u2060\ufeff'\"`\u2018\u2019\u201c\u201d"
_TOKEN = re.compile(r"[0-9a-f]{32}", re.ASCII)  # as Twilio's console shows it
_NAMED = re.compile(r"(webhooks_sharedkey_[A-Za-z0-9_-]+)=([!-~]+)", re.ASCII)
_KEY_NAMES = "webhooks_sharedkey_"
_SHORTEST_SHARED_KEY = 16
_KEY = re.compile(r"[!-~]{32,}", re.ASCII)
_CLIENT_SECRET = re.compile(r"[!-~]{8,}", re.ASCII)
# Remedies, as closed words that the log shows unmasked.
_TOKENS_WANTED = "store_auth_tokens_of_32_hexadecimal_digits_or_webhooks_sharedkey_NAME=SECRET"
_KEY_WANTED = "store_the_key_that_the_data_was_made_with_32_characters_or_more_without_a_blank"
_OF_CLIENT_WANTED = "store_the_client_secret_as_the_issuer_shows_it_8_characters_or_more_without_a_blank"


class Signers(NamedTuple):
    """What may have signed a webhook."""

    tokens: tuple[str, ...]  # auth tokens; for the provider's REST API too
    keys: Mapping[str, str]  # the secrets of shared keys, by their names


class ShapeError(ValueError):
    """A secret has a wrong shape. The text is the remedy, as a closed word; it never holds the value."""


def in_words(remedy: str) -> str:
    """A remedy as a person reads it. The name of a shared key keeps its underscores."""
    return re.sub(r"(?<!webhooks)(?<!sharedkey)_", " ", remedy)


def signers(text: str, *, strict: bool) -> tuple[Signers, str]:
    """Read auth tokens and shared keys, separated by blanks or commas. Returns them, and the remedy for wrong ones.

    ``strict`` is for Parameter Store, where a person typed the value. Without it (the environment of a laptop) any word
    is a token, since stand-ins for Twilio use short ones. Raises ``ShapeError`` if none of the words can be used.
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
    all_read = len(tokens) + len(keys) == len(words)
    return Signers(tuple(tokens), keys), "" if all_read else _TOKENS_WANTED


def hmac_key(text: str, *, strict: bool) -> tuple[str, str]:
    """Read the key of the pseudonyms; the parameter, the result and the error are those of ``signers``."""
    key = text.strip(_ACCIDENTAL)
    if not key or (strict and not _KEY.fullmatch(key)):
        raise ShapeError(_KEY_WANTED)
    return key, ""


def client_secret(text: str) -> tuple[str, str]:
    """Read the secret of the desk's client; the result and the error are those of ``signers``."""
    secret = text.strip(_ACCIDENTAL)
    if not _CLIENT_SECRET.fullmatch(secret):
        raise ShapeError(_OF_CLIENT_WANTED)
    return secret, ""
