"""Parameter Store, read while a caller waits. Only this module knows SSM."""

from __future__ import annotations

import time
from functools import cached_property
from math import inf
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from ivr.aws import clients, environment
from ivr.observability.failures import CodedError, code_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

# A try takes at most 1.4 s, and none begins after 3.5 s: so a webhook goes on within 5 s whatever SSM does. Twilio
# waits 15 s, and the function's own limit is 10 s. SSM usually answers in some hundredths of a second.
_SECONDS = 0.7  # to connect, and to read
_PATIENCE_SECONDS = 3.5
_PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8)  # between tries; the last one repeats
_THROTTLED = frozenset({"ThrottlingException", "Throttling", "RequestLimitExceeded", "TooManyRequestsException"})
_SERVER_ERROR = 500
_KEPT_BESIDE_SECONDS = 60  # so that what is used was in Parameter Store a minute ago at most


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
        self._expected: tuple[str, ...] = ()
        self._beside: dict[str, tuple[str, float]] = {}  # what was read with another parameter, and when

    def begin(self) -> None:
        """Begin a webhook: all its reads share one time limit."""
        self._spent = 0.0

    def expect(self, names: Iterable[str]) -> None:
        """Read these parameters in one request, when one of them is first asked for."""
        self._expected = tuple(names)

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
        text, read_at = self._beside.pop(name, ("", -inf))
        if self._clock() - read_at < _KEPT_BESIDE_SECONDS:
            return text
        others = [one for one in self._expected if one != name]
        return self._ask_together(name, others) if others else self._ask_alone(name)

    def _ask_alone(self, name: str) -> str:
        return str(self.client.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"])

    def _ask_together(self, name: str, others: list[str]) -> str:
        try:
            answer = self.client.get_parameters(Names=[name, *others], WithDecryption=True)
        except ClientError as error:
            if _is_transient(error):
                raise
            self._expected = ()  # one of them may not be read: each alone is told why
            return self._ask_alone(name)
        self._expected = ()
        now = self._clock()
        found = {asked: str(one["Value"]) for one in answer["Parameters"] for asked in _names_of(one)}
        self._beside = {one: (found[one], now) for one in others if one in found}
        if name not in found:  # the answer names it among its InvalidParameters
            raise NoAnswerError("ParameterNotFound")
        return found[name]

    @cached_property
    def client(self) -> Any:
        """The client. It may be made before a snapshot, since it has no open connection yet."""
        return self._given or _client()


def _client() -> Any:
    if environment.suffices():
        return clients.ssm(timeout=_SECONDS)
    from botocore.config import Config
    from botocore.session import Session

    from ivr.botocore_loader import BotocoreLoader

    config: Any = Config(
        connect_timeout=_SECONDS,
        read_timeout=_SECONDS,
        retries={"total_max_attempts": 1},  # botocore's own retries would wait for seconds
        parameter_validation=False,
        user_agent="call-screening-ivr",
    )
    session = Session()
    session.register_component("data_loader", BotocoreLoader("ssm"))
    return session.create_client("ssm", config=config)


def _names_of(parameter: Mapping[str, str]) -> tuple[str, ...]:
    """By what a parameter may have been asked for: its name, with a version or label too, or its ARN."""
    name = parameter["Name"]
    return name, name + parameter.get("Selector", ""), parameter.get("ARN", "")


def _is_transient(error: ClientError | BotoCoreError) -> bool:
    """Whether another try may succeed: not if the parameter does not exist or the role may not read it."""
    if isinstance(error, BotoCoreError):
        return True
    status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", _SERVER_ERROR))
    return status >= _SERVER_ERROR or error.response["Error"]["Code"] in _THROTTLED
