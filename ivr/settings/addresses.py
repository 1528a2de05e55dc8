"""Reads the text of a setting that is an address. Each function raises ``ValueError``: what the setting must be."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ivr.settings.values import written

if TYPE_CHECKING:
    from collections.abc import Mapping
    from urllib.parse import SplitResult

LOOPBACK = {"127.0.0.1", "localhost"}
_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_SERVICE = re.compile(
    rf"(?P<scheme>https?)://(?=[^:]{{1,253}}(:|$))(?P<host>{_LABEL}(\.{_LABEL})*)(:(?P<port>[1-9][0-9]{{0,4}}))?",
    re.ASCII,
)
_HIGHEST_PORT = 65535
_DEFAULT_PORTS = {("https", "443"), ("http", "80")}


def service_url(text: str) -> str:
    """The URL of this service, as Twilio signs it.

    Twilio signs the URL that is configured there, without user name, password and fragment (its page "Webhooks
    security"), with the host's letters as they are written there (twilio-csharp #567). The library that checks the
    signature tries the URL with and without a port. So a default port and a final slash make no difference and are
    removed. Anything else that would change the signed text is refused.
    """
    address = text.removesuffix("/")
    found = _SERVICE.fullmatch(address)
    if not found or int(found["port"] or 1) > _HIGHEST_PORT or not _is_safe(urlsplit(address)):
        raise ValueError(_service_remedy(text))
    scheme, host, port = found["scheme"], found["host"], found["port"]
    return f"{scheme}://{host}" + (f":{port}" if port and (scheme, port) not in _DEFAULT_PORTS else "")


def _service_remedy(text: str) -> str:
    """The remedy for a URL that Twilio would sign in another form."""
    if "@" in text:
        why = "Twilio drops a user's name and password before it signs: leave them out"
    elif "?" in text or "#" in text:
        why = "Twilio would sign no such address: leave out everything from ? or # on"
    elif not text.isascii():
        why = "write the host's name as DNS has it, in ASCII (xn--...)"
    elif text != text.lower():
        why = "write it in small letters, here and at Twilio"
    else:
        why = "write https://, the host's name and nothing else"
    return f"it must be the https address that Twilio calls, without a path: https://ivr.example.com ({why})"


def queue_url(text: str) -> str:
    """The URL of an SQS queue, or nothing."""
    url = urlsplit(text)
    if text and (not _is_safe(url) or not url.netloc or not url.path.strip("/") or url.query or url.fragment):
        raise ValueError("it must be a queue's URL as SQS gives it: https://sqs.REGION.amazonaws.com/ACCOUNT/NAME")
    return text


WATCHED_QUEUES = ("reports", "report_dead_letters", "unfollowed", "undone")


def watched_queues(text: str) -> Mapping[str, str]:
    """URLs of queues by the desk's name for each: ``reports=https://...; undone=https://...``."""
    urls: dict[str, str] = {}
    for part in filter(None, map(str.strip, text.split(";"))):
        name, _, url = map(str.strip, part.partition("="))
        if name not in WATCHED_QUEUES or name in urls or not url:
            raise ValueError(f"{part!r} is not one of {', '.join(WATCHED_QUEUES)}, = and its URL, or it comes twice")
        urls[name] = queue_url(url)
    return urls


def media_url(text: str) -> str:
    """The URL of a host that serves media without credentials, or nothing."""
    url = urlsplit(text)
    if text and (url.scheme != "https" or not _is_host_alone(url) or "@" in url.netloc):
        raise ValueError("it must be https:// and a host alone, such as https://api.twilio.com, or empty")
    return text.rstrip("/")


_AUDIO = re.compile(r"https?://[A-Za-z0-9.:-]+(/[A-Za-z0-9._~-]+)*/?")


def audio_url(text: str) -> str:
    """The URL of a folder of sounds, or nothing. This machine may serve it for trying, and no other without TLS."""
    if text and not (_AUDIO.fullmatch(written(text)) and _is_safe(urlsplit(text))):
        raise ValueError(
            "it must be the https address of the folder that holds the audio files, such as "
            "https://audio.example.com/prompts, or empty"
        )
    return text.rstrip("/")


def is_on_this_machine(url: str) -> bool:
    """Whether a URL leads to this machine, where no telephone network comes."""
    return urlsplit(url).hostname in LOOPBACK


def loopback_url(text: str) -> str:
    """The URL of a stand-in on this machine, or nothing."""
    url = urlsplit(text)
    if text and (url.scheme not in {"http", "https"} or url.hostname not in LOOPBACK or not _is_host_alone(url)):
        raise ValueError("it must be a stand-in on this machine, such as http://127.0.0.1:8081, or empty")
    return text.rstrip("/")


def issuer_url(text: str) -> str:
    """The URL of an OpenID Connect issuer, as its metadata names it, or nothing."""
    url = urlsplit(text)
    if text and not (_is_safe(url) and url.hostname and not url.query and not url.fragment and "@" not in url.netloc):
        raise ValueError("it must be the https address of the issuer, such as https://login.example.com/realm")
    return text.rstrip("/")


def _is_safe(url: SplitResult) -> bool:
    return url.scheme == "https" or (url.scheme == "http" and url.hostname in LOOPBACK)


def _is_host_alone(url: SplitResult) -> bool:
    return bool(url.hostname) and not (url.path.strip("/") or url.query or url.fragment)
