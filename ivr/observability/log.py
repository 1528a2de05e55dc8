"""The log: what happened in which call, never who: numbers show their last three digits at most.

One happening is one line of JSON. It names the screened call, so that all its legs tell one story, the leg, and a
closed code for why (``ivr.observability.failures``): no free text, no secret, no whole event.

What is counted carries its metric in the same line (``ivr.observability.emf``), whatever the log level is: the level
decides only how much a line tells beside it. Lambda drops lines below a level of its own, and takes a line without a
level for INFO (its page "Log-level filtering"): so template.yaml leaves that one at INFO, and LOG_LEVEL is heeded here.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import time
from contextlib import suppress
from contextvars import ContextVar
from enum import StrEnum
from traceback import extract_tb
from typing import TYPE_CHECKING, Any, NamedTuple

from ivr.numbers.phone_number import Number
from ivr.observability.emf import counted
from ivr.observability.failures import code_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self, TextIO

    from ivr.settings import Settings

NAME = "call-screening"
NAMESPACE = "CallScreening"  # of the metrics, where a deployment names none
_MOST_FRAMES = 5  # the innermost of an error: where it was raised
_WORD = re.compile(r"[A-Za-z0-9_./:#=+-]{0,80}", re.ASCII)
_NUMBER = re.compile(r"\+?[0-9]{9,20}", re.ASCII)
_encode = json.JSONEncoder(separators=(",", ":")).encode


class Leg(StrEnum):
    """Whose leg of a call a line is about."""

    CALLER = "caller"
    CUSTOMER = "customer"
    AGENT = "agent"  # of customer care
    RING_BACK = "ring_back"  # of a customer whom we rang back


class LogContext(NamedTuple):
    """What the lines of this thread are about: a screened call by its caller's leg, and the leg that did something."""

    call_sid: str = ""
    leg: str = ""
    leg_sid: str = ""


_NOTHING = LogContext()
_story: ContextVar[LogContext] = ContextVar("story", default=_NOTHING)


class Log:
    """What a function says of its work.

    ``level`` is the least severity that is told; what is below it is still counted, by its bare metric.
    """

    def __init__(self, level: str, namespace: str = NAMESPACE) -> None:
        self._logger = logging.getLogger(NAME)
        self._logger.setLevel(logging.DEBUG)  # the level is this log's to heed
        self._least = logging.getLevelName({"WARN": "WARNING"}.get(level, level))
        self._namespace = namespace

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The log of one deployment."""
        return cls(settings.log_level, settings.metrics_namespace)

    def begin(self, call_sid: str, *, leg: str = "", leg_sid: str = "") -> None:
        """Name the screened call that the following lines of this thread are about, and the leg, where there is one."""
        _story.set(LogContext(call_sid, leg, leg_sid))

    def count(self, metric: str, **fields: Any) -> None:
        """Write one countable happening."""
        self._write(logging.INFO, metric, fields, counts=True)

    def failed(self, metric: str, error: BaseException, **fields: Any) -> None:
        """Write a countable error: its kind, its code, and where it was raised; never its text."""
        self._write(logging.ERROR, metric, {**fields, **_told_of(error)}, counts=True)

    def note(self, happening: str, **fields: Any) -> None:
        """Write what belongs to a call's story, and is not counted."""
        self._write(logging.INFO, happening, fields, counts=False)

    def _write(self, level: int, name: str, fields: dict[str, Any], *, counts: bool) -> None:
        is_told = level >= self._least
        if not (counts or is_told):
            return
        now_ms = time.time_ns() // 1_000_000
        seconds, milliseconds = divmod(now_ms, 1000)
        at = f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(seconds))}.{milliseconds:03d}Z"
        line: dict[str, Any] = {"timestamp": at, "level": logging.getLevelName(level), "message": name}
        shown = {field: _shown(value) for field, value in fields.items()}
        if is_told:
            story = _story.get()
            line |= {"call_sid": story.call_sid}
            line |= {field: value for field, value in (("leg", story.leg), ("leg_sid", story.leg_sid)) if value}
            line |= shown
        if counts:
            line |= counted(self._namespace, name, shown, now_ms)
        record = self._logger.makeRecord(NAME, level, "", 0, name, (), None)
        record.line = line
        if counts:
            record.metric = name
        record.__dict__ |= {field: value for field, value in line.items() if field not in record.__dict__}
        self._logger.handle(record)


class Lines(logging.Formatter):
    """One JSON object a line, with ``_aws`` at its root."""

    def format(self, record: logging.LogRecord) -> str:
        """Write what a log wrote."""
        return _encode(record.__dict__["line"])


class _Stream(logging.Handler):
    """Writes each line in one piece, and never troubles the call that it tells of. None: stdout as it is by then."""

    def __init__(self, stream: TextIO | None) -> None:
        super().__init__()
        self._stream = stream
        self.setFormatter(Lines())

    def emit(self, record: logging.LogRecord) -> None:
        with suppress(OSError, ValueError):  # whoever read the log has gone
            stream = self._stream or sys.stdout
            stream.write(f"{self.format(record)}\n")
            stream.flush()


def write_to(stream: TextIO | None = None) -> Callable[[], None]:
    """Write the journals of this process to a stream alone: stdout, unless told. Returns what undoes it.

    Not through the runtime's own handler: its formatter would put ``_aws`` into a line of its own making.
    """
    logger, handler = logging.getLogger(NAME), _Stream(stream)
    before, logger.propagate = logger.propagate, False
    logger.addHandler(handler)

    def undo() -> None:
        logger.removeHandler(handler)
        logger.propagate = before

    return undo


def _told_of(error: BaseException) -> dict[str, Any]:
    frames = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in extract_tb(error.__traceback__)]
    return {"error": type(error).__name__, "why": code_of(error), "frames": Frames(frames[-_MOST_FRAMES:])}


class Frames(list[str]):
    """Where an error was raised: files and functions of ours or a library's, which hold nothing of a call."""


def _shown(value: Any) -> Any:
    """A field as the log may show it: a word of ours, a whole number of anything but a telephone, or what is masked."""
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
