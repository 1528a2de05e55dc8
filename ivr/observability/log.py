"""The log: what happened in which call. It never shows more of a number than its last three digits.

One event is one line of JSON. It names the screened call, so that the lines of all its legs can be found together, the
leg, and a code for the reason (``ivr.observability.failures``): no free text, no secret, no whole request.

A counted event carries its metric in the same line (``ivr.observability.emf``) at every log level; below the level the
line holds nothing else. Lambda drops lines below its own level, and takes a line without a level as INFO (AWS's page
"Log-level filtering"). So template.yaml leaves Lambda's level at INFO, and this module applies LOG_LEVEL.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import time
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from enum import StrEnum
from traceback import extract_tb
from typing import TYPE_CHECKING, Any, NamedTuple

from ivr.numbers.phone_number import Number
from ivr.observability.emf import counted
from ivr.observability.failures import code_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Self, TextIO

    from ivr.settings import Settings

NAME = "call-screening"
NAMESPACE = "CallScreening"  # of the metrics, unless the deployment sets one
_MOST_FRAMES = 5  # the innermost frames of an error
_WORD = re.compile(r"[A-Za-z0-9_./:#=+-]{0,80}", re.ASCII)
_NUMBER = re.compile(r"\+?[0-9]{9,20}", re.ASCII)
_encode = json.JSONEncoder(separators=(",", ":")).encode


class Leg(StrEnum):
    """The leg of a call that a line is about."""

    CALLER = "caller"
    CUSTOMER = "customer"
    AGENT = "agent"  # of customer care
    RING_BACK = "ring_back"  # of a customer who is rung back


class LogContext(NamedTuple):
    """The context of this thread's lines: the screened call (the CallSid of its caller's leg), and the acting leg."""

    call_sid: str = ""
    leg: str = ""
    leg_sid: str = ""
    silent: bool = False


_NOTHING = LogContext()
_context: ContextVar[LogContext] = ContextVar("log_context", default=_NOTHING)


class Log:
    """The log of a function.

    ``level`` is the lowest level that is shown. A counted line below it holds only its metric.
    """

    def __init__(self, level: str, namespace: str = NAMESPACE) -> None:
        self._logger = logging.getLogger(NAME)
        self._logger.setLevel(logging.DEBUG)  # this class applies the level
        self._least = logging.getLevelName({"WARN": "WARNING"}.get(level, level))
        self._namespace = namespace

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The log of one deployment."""
        return cls(settings.log_level, settings.metrics_namespace)

    def begin(self, call_sid: str, *, leg: str = "", leg_sid: str = "") -> None:
        """Set the screened call of this thread's next lines, and the leg if there is one."""
        _context.set(LogContext(call_sid, leg, leg_sid))

    @contextmanager
    def silence(self) -> Iterator[None]:
        """Write and count nothing of this thread meanwhile: it is about no call."""
        before = _context.set(LogContext(silent=True))
        try:
            yield
        finally:
            _context.reset(before)

    def count(self, metric: str, **fields: Any) -> None:
        """Write an event and count it."""
        self._write(logging.INFO, metric, fields, counts=True)

    def measure(self, metric: str, value: int) -> None:
        """Write a number that was found, which may be 0, and count it."""
        self._write(logging.INFO, metric, {}, counts=True, value=value)

    def failed(self, metric: str, error: BaseException, **fields: Any) -> None:
        """Write an error and count it: its class, its code and its frames, never its text."""
        self._write(logging.ERROR, metric, {**fields, **_described(error)}, counts=True)

    def note(self, event: str, **fields: Any) -> None:
        """Write an event without counting it."""
        self._write(logging.INFO, event, fields, counts=False)

    def _write(self, level: int, name: str, fields: dict[str, Any], *, counts: bool, value: int = 1) -> None:
        context = _context.get()
        is_shown = level >= self._least
        if context.silent or not (counts or is_shown):
            return
        now_ms = time.time_ns() // 1_000_000
        seconds, milliseconds = divmod(now_ms, 1000)
        at = f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(seconds))}.{milliseconds:03d}Z"
        line: dict[str, Any] = {"timestamp": at, "level": logging.getLevelName(level), "message": name}
        shown = {field: _shown(value) for field, value in fields.items()}
        if is_shown:
            line |= {"call_sid": context.call_sid}
            line |= {field: value for field, value in (("leg", context.leg), ("leg_sid", context.leg_sid)) if value}
            line |= shown
        if counts:
            line |= counted(self._namespace, name, shown, now_ms, value)
        record = self._logger.makeRecord(NAME, level, "", 0, name, (), None)
        record.line = line
        if counts:
            record.metric = name
        record.__dict__ |= {field: value for field, value in line.items() if field not in record.__dict__}
        self._logger.handle(record)


class Lines(logging.Formatter):
    """Formats a record as one line of JSON, with ``_aws`` at its root."""

    def format(self, record: logging.LogRecord) -> str:
        """The line that ``Log`` made."""
        return _encode(record.__dict__["line"])


class _Stream(logging.Handler):
    """Writes each line in one piece; an error of the stream never disturbs the call. None: the stdout of that time."""

    def __init__(self, stream: TextIO | None) -> None:
        super().__init__()
        self._stream = stream
        self.setFormatter(Lines())

    def emit(self, record: logging.LogRecord) -> None:
        with suppress(OSError, ValueError):  # nobody reads the log any more
            stream = self._stream or sys.stdout
            stream.write(f"{self.format(record)}\n")
            stream.flush()


def write_to(stream: TextIO | None = None) -> Callable[[], None]:
    """Write the log of this process to a stream alone, by default stdout. Returns a function that undoes it.

    The runtime's own handler is not used: its formatter would wrap ``_aws`` into a line of its own.
    """
    logger, handler = logging.getLogger(NAME), _Stream(stream)
    before, logger.propagate = logger.propagate, False
    logger.addHandler(handler)

    def undo() -> None:
        logger.removeHandler(handler)
        logger.propagate = before

    return undo


def _described(error: BaseException) -> dict[str, Any]:
    frames = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in extract_tb(error.__traceback__)]
    return {"error": type(error).__name__, "why": code_of(error), "frames": Frames(frames[-_MOST_FRAMES:])}


class Frames(list[str]):
    """The frames of an error: names of files and functions, which reveal nothing about a call."""


def _shown(value: Any) -> Any:
    """A field as the log shows it: a closed word or a number; telephone numbers masked, any other text hidden."""
    match value:
        case Number():
            return f"...{value.last_digits}" if value.text else value.kind.value
        case bool() | int() | float() | Frames() | None:
            return value
        case dict():
            return {str(_shown(name)): _shown(one) for name, one in value.items()}
        case str() if _NUMBER.fullmatch(value):
            return f"...{value[-3:]}"
        case str() if _WORD.fullmatch(value):
            return str(value)
        case _:
            return "unreadable"
