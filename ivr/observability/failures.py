"""Why something failed, as one closed word: the service's own error code, or a kind of ours. Never an error's text.

An error's text may hold whatever it was about: a number, a key, a whole request. A code never does, so that it alone
goes into the log, and an alarm can name the words to look for.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}", re.ASCII)
_MOST_CAUSES = 10  # of one error; each is asked for its code


class Why(StrEnum):
    """What no service has a code for."""

    TIMED_OUT = "timed_out"
    NO_CONNECTION = "no_connection"
    CONNECTION_LOST = "connection_lost"
    NO_CREDENTIALS = "no_credentials"
    UNPROCESSED = "unprocessed"  # DynamoDB left some keys of a batch unread
    OVERTAKEN = "overtaken"  # another function kept changing what this one was about to store
    CLAIMED = "claimed"  # another function is at it
    NOWHERE = "nowhere"  # neither the table nor a queue can take it
    UNEXPECTED = "unexpected"  # nobody foresaw it: the class and the frames beside it tell more


# By their class's name, so that nothing of botocore or requests is imported for it.
_KINDS = {
    "ConnectTimeout": Why.TIMED_OUT,
    "ConnectTimeoutError": Why.TIMED_OUT,
    "ReadTimeout": Why.TIMED_OUT,
    "ReadTimeoutError": Why.TIMED_OUT,
    "Timeout": Why.TIMED_OUT,
    "TimeoutError": Why.TIMED_OUT,
    "EndpointConnectionError": Why.NO_CONNECTION,
    "ProxyConnectionError": Why.NO_CONNECTION,
    "NewConnectionError": Why.NO_CONNECTION,
    "SSLError": Why.NO_CONNECTION,
    "ConnectionClosedError": Why.CONNECTION_LOST,
    "ConnectionError": Why.CONNECTION_LOST,
    "HTTPClientError": Why.CONNECTION_LOST,
    "NoCredentialsError": Why.NO_CREDENTIALS,
    "PartialCredentialsError": Why.NO_CREDENTIALS,
    "CredentialRetrievalError": Why.NO_CREDENTIALS,
}


class CodedError(Exception):
    """An error of ours whose text is a code."""

    @property
    def code(self) -> str:
        """Why, as ``code_of`` would say."""
        return str(self)


def code_of(error: BaseException) -> str:
    """Why an error was raised: the first code that it or one of its causes has, else ``Why.UNEXPECTED``."""
    return next(filter(None, map(_own_code, _with_causes(error))), Why.UNEXPECTED)


def is_code(text: str) -> bool:
    """Whether a text is one closed word."""
    return _CODE.fullmatch(text) is not None


def _with_causes(error: BaseException) -> Iterator[BaseException]:
    asked: BaseException | None = error
    for _ in range(_MOST_CAUSES):
        if asked is None:
            return
        yield asked
        asked = asked.__cause__ or asked.__context__


def _own_code(error: BaseException) -> str:
    response = getattr(error, "response", None)  # botocore's ClientError; requests has a response of another kind
    if isinstance(response, dict):
        refused = [str(reason.get("Code", "None")) for reason in response.get("CancellationReasons", [])]
        codes = [*(code for code in refused if code != "None"), str(response.get("Error", {}).get("Code", ""))]
    else:
        codes = [str(getattr(error, "code", None) or "")]  # ours, and Twilio's
    return next(filter(is_code, codes), "") or _KINDS.get(type(error).__name__, "")
