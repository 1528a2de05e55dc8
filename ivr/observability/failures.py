"""The reason of a failure as one closed word: the service's error code or a word of this module, never a text.

The text of an error may hold a number, a key or a whole request. A code never does, so the log shows only codes, and
the description of an alarm can name them.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}", re.ASCII)
_MOST_CAUSES = 10  # of one error that are searched for a code


class Why(StrEnum):
    """The reasons for which no service has a code."""

    TIMED_OUT = "timed_out"
    NO_CONNECTION = "no_connection"
    CONNECTION_LOST = "connection_lost"
    NO_CREDENTIALS = "no_credentials"
    UNPROCESSED = "unprocessed"  # DynamoDB did not read some keys of a batch
    OVERTAKEN = "overtaken"  # another function changed the item before each try of this one
    CLAIMED = "claimed"  # another function is doing it
    NOWHERE = "nowhere"  # neither the table nor a queue accepts it
    UNEXPECTED = "unexpected"  # a bug; the error class and the frames in the same line say more


# By the name of the class, so that neither botocore nor requests is imported.
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
    """An error whose text is a code."""

    @property
    def code(self) -> str:
        """The code."""
        return str(self)


def code_of(error: BaseException) -> str:
    """The first code of an error or its causes, else ``Why.UNEXPECTED``."""
    return next(filter(None, map(_own_code, _with_causes(error))), Why.UNEXPECTED)


def is_code(text: str) -> bool:
    """Whether a text has the shape of a code."""
    return _CODE.fullmatch(text) is not None


def _with_causes(error: BaseException) -> Iterator[BaseException]:
    asked: BaseException | None = error
    for _ in range(_MOST_CAUSES):
        if asked is None:
            return
        yield asked
        asked = asked.__cause__ or asked.__context__


def _own_code(error: BaseException) -> str:
    response = getattr(
        error, "response", None
    )  # a dict in botocore's ClientError; requests has another kind of response
    if isinstance(response, dict):
        refused = [str(reason.get("Code", "None")) for reason in response.get("CancellationReasons", [])]
        codes = [*(code for code in refused if code != "None"), str(response.get("Error", {}).get("Code", ""))]
    else:
        codes = [str(getattr(error, "code", None) or "")]  # of CodedError and of Twilio's errors
    return next(filter(is_code, codes), "") or _KINDS.get(type(error).__name__, "")
