"""Reduces any spelling of a number to a plus and digits. It knows no numbering plan."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import unquote

WITHHELD = "withheld"  # the result of ``bare`` for a caller who shows no number

_WORDS = frozenset(
    {
        "anonymous",
        "blocked",
        "hidden",
        "nocallerid",
        "none",
        "null",
        "private",
        "privatenumber",
        "restricted",
        "unavailable",
        "unknown",
        "unknowncaller",
        "unknownnumber",
        "withheld",
    }
)
_NOBODYS_HOST = "anonymous.invalid"  # of a SIP caller who asked for privacy (RFC 3323)
_NAME_AND_ADDRESS = re.compile(r"([^<>]*)<([^<>]*)>.*", re.DOTALL)
_SCHEME = re.compile(r"(sips?|tel|callto):(?://)?", re.IGNORECASE)
_CONTEXT = re.compile(r";phone-context=([^;@?]*)", re.IGNORECASE)
_IP_ADDRESS = re.compile(r"(\d{1,3}\.){3}\d{1,3}")
_NUMBER = re.compile(r"\+?[0-9]+")
_SEPARATORS = frozenset("()[]./~\N{MIDDLE DOT}\N{MINUS SIGN}")
_MOST_ENCODINGS = 3  # a value that is percent-encoded more often is no number


def bare(raw: str) -> str:
    """The plus, if there is one, and the digits; ``WITHHELD`` for a caller without a number, empty for no number."""
    return raw if _NUMBER.fullmatch(raw) else _spelled(raw)


def _spelled(raw: str) -> str:
    text = visible(_decoded(raw))
    if named := _NAME_AND_ADDRESS.fullmatch(text):
        if _is_word(named[1]):
            return WITHHELD
        text = named[2]
    user = _user(text.strip(" \"'"))
    if user is None or not user or _is_word(user):
        return WITHHELD
    number = "".join(letter for letter in user if not _separates(letter))
    return number if _NUMBER.fullmatch(number) else ""


def visible(text: str) -> str:
    """The text normalised: one form of each letter, ASCII digits for those of any script, no invisible marks."""
    folded = unicodedata.normalize("NFKC", text)  # full-width letters, digits and signs
    return "".join(map(_plain, folded)).strip()


def _decoded(raw: str) -> str:
    for _ in range(_MOST_ENCODINGS):
        if "%" not in raw:
            break
        raw = unquote(raw)
    return raw


def _plain(letter: str) -> str:
    if letter.isascii():
        return letter if letter.isprintable() else ""
    if unicodedata.category(letter) in {"Cf", "Cc", "Mn", "Me"}:
        return ""
    return str(unicodedata.decimal(letter, letter))  # digits of Arabic and every other script


def _user(address: str) -> str | None:
    """The user part of a sip or tel address, or of a bare number. None: the address names no user."""
    scheme = _SCHEME.match(address)
    rest = address[scheme.end() :] if scheme else address
    user, at, host = rest.partition("@")
    if host.casefold().startswith(_NOBODYS_HOST):
        return None
    context = _CONTEXT.search(user)
    user = re.split("[;:?]" if scheme else ";", user, maxsplit=1)[0].strip()
    if scheme and scheme[1].casefold().startswith("sip") and not at and _IP_ADDRESS.fullmatch(user):
        return None  # a host without a user
    if context and context[1].startswith("+") and not user.startswith("+"):
        return context[1] + user  # a local number and its context (RFC 3966)
    return user


def _is_word(text: str) -> bool:
    return "".join(filter(str.isalpha, text)).casefold() in _WORDS and not any(map(str.isdigit, text))


def _separates(letter: str) -> bool:
    return letter in _SEPARATORS or unicodedata.category(letter) in {"Zs", "Pd"}
