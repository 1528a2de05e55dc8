"""What Twilio tells of its own troubles, as fields of a log line: closed words alone, never a URL or a text of its."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ivr.telephony.routes import name_of

if TYPE_CHECKING:
    from ivr.telephony.twilio.webhook import Webhook

_ERROR_CODE = re.compile(r"[1-9][0-9]{3,5}", re.ASCII)  # Twilio's, such as 11200
_SIP_CODE = re.compile(r"[1-6][0-9]{2}", re.ASCII)  # RFC 3261, such as 486
_DIAL_STATUSES = frozenset({"completed", "answered", "busy", "no-answer", "failed", "canceled"})
_NONE = "none"
_SECONDS = re.compile(r"[0-9]{1,6}", re.ASCII)


def error_code(webhook: Webhook) -> str:
    """Twilio's error code for what failed, or "none"."""
    code = webhook.form.get("ErrorCode")
    return code if _ERROR_CODE.fullmatch(code) else _NONE


def failed_step(webhook: Webhook, base_url: str) -> str:
    """The step that Twilio had asked for when it turned to the fallback; "elsewhere" for any URL that isn't ours."""
    try:
        url, ours = urlsplit(webhook.form.get("ErrorUrl")), urlsplit(base_url)
    except ValueError:
        return "elsewhere"
    return name_of(url.path) if url.netloc == ours.netloc else "elsewhere"


def dial_status(webhook: Webhook) -> str:
    """How a Dial of this leg ended: Twilio's word, "other" for one that it does not document, or an empty string."""
    status = webhook.form.get("DialCallStatus")
    return status if not status or status in _DIAL_STATUSES else "other"


def dial_error(webhook: Webhook) -> str:
    """Why a Dial failed: Twilio's error code or the SIP response, where it gives one, or "none"."""
    sip = webhook.form.get("DialSipResponseCode")
    code = error_code(webhook)
    return f"sip_{sip}" if code == _NONE and _SIP_CODE.fullmatch(sip) else code


def seconds(text: str) -> int:
    """A duration as Twilio writes it, in whole seconds; 0 where there is none."""
    return int(text) if _SECONDS.fullmatch(text) else 0
