"""The log's lines about a call: of the stack of this checkout from its file, of a deployment from CloudWatch Logs."""

from __future__ import annotations

import io
import json
import os
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import TextIO

_LEGS = 6  # of a call, at most, for whose lines CloudWatch is asked
_WITHIN_MS = 24 * 3600 * 1000  # after the call, all its lines are there
_BEFORE_MS = 60 * 1000
_DAYS_BACK_MS = 7 * _WITHIN_MS  # of a call of which only the log knows
_MOST_LINES = 2_000


class _Both(io.TextIOBase):
    """A stream that is written to a file too. A full disk ends the file, and no call."""

    def __init__(self, stream: TextIO, file: TextIO) -> None:
        self._stream, self._file = stream, file

    def write(self, text: str) -> int:
        """Write to both."""
        with suppress(OSError, ValueError):
            self._file.write(text)
        return self._stream.write(text)

    def flush(self) -> None:
        """Flush both."""
        with suppress(OSError, ValueError):
            self._file.flush()
        self._stream.flush()


@contextmanager
def written_too(path: Path, stream: TextIO) -> Iterator[TextIO]:
    """A stream that is ``stream``, and a file for this user alone, begun anew."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        yield _Both(stream, file)  # type: ignore[misc]  # what print and logging need of a stream


def lines_about(call_sid: str, log: Iterable[str]) -> list[dict[str, Any]]:
    """The lines of a log that are about a call, in their order. Other programs' lines are skipped.

    An agent's leg is dialled from the customer's leg and logs only that leg's Sid, so lines about any leg of the call
    are included.
    """
    lines = [line for line in map(_line_of, log) if line]
    legs = {call_sid, *_legs(call_sid, lines)}
    return [line for line in lines if line.get("call_sid") in legs or line.get("claims") == call_sid]


class FileLog:
    """The log that the stack of this checkout writes."""

    def __init__(self, path: str) -> None:
        self._path = path

    def about(self, call_sid: str, rang_at: int) -> list[dict[str, Any]]:  # noqa: ARG002  # it has the last run alone
        """The lines about a call."""
        with suppress(OSError), Path(self._path).open(encoding="utf-8", errors="replace") as file:
            return lines_about(call_sid, file)
        return []


class CloudLog:
    """The logs of a deployed stack's functions."""

    def __init__(self, groups: Sequence[str], client: Any, now_ms: int) -> None:
        self._groups, self._client, self._now_ms = groups, client, now_ms

    def about(self, call_sid: str, rang_at: int) -> list[dict[str, Any]]:
        """The lines about a call that came in at ``rang_at`` (epoch seconds; 0: within the last week)."""
        from botocore.exceptions import BotoCoreError, ClientError

        begin = rang_at * 1000 - _BEFORE_MS if rang_at else self._now_ms - _DAYS_BACK_MS
        end = rang_at * 1000 + _WITHIN_MS if rang_at else self._now_ms
        try:
            found = self._with([call_sid], begin, end)
            legs = sorted(_legs(call_sid, [line for line in map(_line_of, found) if line]) - {call_sid})[:_LEGS]
            found |= self._with(legs, begin, end)
        except (BotoCoreError, ClientError) as error:
            click.echo(f"The log can't be read, so only the table tells of the call: {error}", err=True)
            return []
        return sorted(lines_about(call_sid, found), key=lambda line: str(line.get("timestamp", "")))

    def _with(self, words: Sequence[str], begin: int, end: int) -> dict[str, None]:
        """The lines of all groups that hold one of these words, each once."""
        found: dict[str, None] = {}
        if not words:
            return found
        # One word alone needs no question mark, which stands for "or".
        pattern = f'"{words[0]}"' if len(words) == 1 else " ".join(f'?"{word}"' for word in words)
        for group in self._groups:
            pages = self._client.get_paginator("filter_log_events").paginate(
                logGroupName=group,
                filterPattern=pattern,
                startTime=begin,
                endTime=end,
                PaginationConfig={"MaxItems": _MOST_LINES},
            )
            found |= {event["message"]: None for page in pages for event in page["events"]}
        return found


def _legs(call_sid: str, lines: Iterable[dict[str, Any]]) -> set[str]:
    return {str(line["leg_sid"]) for line in lines if line.get("call_sid") == call_sid and line.get("leg_sid")}


def _line_of(text: str) -> dict[str, Any] | None:
    try:
        line = json.loads(text)
    except ValueError:
        return None
    return line if isinstance(line, dict) and isinstance(line.get("message"), str) else None
