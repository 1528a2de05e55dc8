"""Parameter Store, read while a caller waits. Only this module knows SSM."""

from __future__ import annotations

import time
from functools import cached_property
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from ivr.observability.failures import CodedError, code_of

if TYPE_CHECKING:
    from collections.abc import Callable

# A try takes at most 1.4 s, and none begins after 3.5 s: so a webhook goes on within 5 s whatever SSM does. Twilio
# waits 15 s, and the function's own limit is 10 s. SSM usually answers in some hundredths of a second.
_CONNECT_SECONDS = _READ_SECONDS = 0.7
_PATIENCE_SECONDS = 3.5
_PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8)  # between tries; the last one repeats
_THROTTLED = frozenset({"ThrottlingException", "Throttling", "RequestLimitExceeded", "TooManyRequestsException"})
_SERVER_ERROR = 500


class NoAnswerError(CodedError):
    """SSM did not return a parameter. The text is a code for the reason, such as AccessDeniedException."""


class ParameterStore:
    """Parameter Store. Without ``client`` it makes one at the first read."""

    def __init__(
        self,
        client: Any = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._given = client
        self._clock = clock
        self._pause = pause
        self._spent = 0.0

    def begin(self) -> None:
        """Begin a webhook: all its reads share one time limit."""
        self._spent = 0.0

    def get(self, name: str) -> str:
        """A parameter's value, with one try. Raises ``NoAnswerError``."""
        try:
            return self._ask(name)
        except (ClientError, BotoCoreError) as error:
            raise NoAnswerError(code_of(error)) from error

    def get_patiently(self, name: str) -> str:
        """A parameter's value, with tries until the time limit. Raises ``NoAnswerError``."""
        tried = 0
        while True:
            began = self._clock()
            try:
                return self._ask(name)
            except (ClientError, BotoCoreError) as error:
                pause = _PAUSES[min(tried, len(_PAUSES) - 1)]
                self._spent += self._clock() - began + pause
                if not _is_transient(error) or self._spent > _PATIENCE_SECONDS:
                    raise NoAnswerError(code_of(error)) from error
            self._pause(pause)
            tried += 1

    def _ask(self, name: str) -> str:
        return str(self.client.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"])

    @cached_property
    def client(self) -> Any:
        """The client. It may be made before a snapshot, since it has no open connection yet."""
        return self._given or _client()


def _client() -> Any:
    from botocore.config import Config
    from botocore.session import Session

    from ivr.botocore_loader import BotocoreLoader

    config: Any = Config(
        connect_timeout=_CONNECT_SECONDS,
        read_timeout=_READ_SECONDS,
        retries={"total_max_attempts": 1},  # botocore's own retries would wait for seconds
        parameter_validation=False,
        user_agent="call-screening-ivr",
    )
    session = Session()
    session.register_component("data_loader", BotocoreLoader("ssm"))
    return session.create_client("ssm", config=config)


def _is_transient(error: ClientError | BotoCoreError) -> bool:
    """Whether another try may succeed: not if the parameter does not exist or the role may not read it."""
    if isinstance(error, BotoCoreError):
        return True
    status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", _SERVER_ERROR))
    return status >= _SERVER_ERROR or error.response["Error"]["Code"] in _THROTTLED
