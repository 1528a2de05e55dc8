"""An answer over HTTP/1.1: its head is read here, its body by Python's http.client.

http.client gives each head to the email package, which costs almost as much CPU as TLS for the whole request, and takes
a line that is no header for the end of the head: it would not see a length behind it. By RFC 9112 such a head is
refused here, as are a folded line, a bare CR, a NUL, a length that is no number, two lengths, a coding other than
chunks, and a head that ends early: over a kept connection the rest of a body would answer the next request.
"""

from __future__ import annotations

import re
from http.client import BadStatusLine, HTTPException, HTTPResponse, LineTooLong, RemoteDisconnected
from typing import NamedTuple

_MOST_LINE = 65536  # bytes; both limits are http.client's
_MOST_LINES = 100  # of headers, with the empty one at their end
_STATUS = re.compile(rb"HTTP/1\.([0-9]) ([1-9][0-9]{2})(?: [\t -~\x80-\xff]*)?\r?\n")
# Possessive: a line of 64 kB of blanks that is no header after all costs seconds where each blank is tried as either.
_HEADER = re.compile(rb"([!#-'*+.^_`|~0-9A-Za-z-]+):[ \t]*+([^\r\n\0]*+)\r?\n")
_LENGTH = re.compile(r"[0-9]{1,9}[ \t]*")  # Python allocates the whole length before it reads
_END = (b"\r\n", b"\n")
_FRAMING = frozenset({"content-length", "transfer-encoding"})
_CONTINUE, _FIRST_FINAL = 100, 200  # statuses
_NO_BODY = frozenset({204, 304})


class Answer(NamedTuple):
    """An answer over HTTP."""

    status: int
    headers: dict[str, str]  # names in lower case; of a repeated one, the last value
    body: bytes


class AnswerReader(HTTPResponse):
    """Reads one answer from a socket. ``will_close`` says afterwards whether the connection ends with it."""

    def whole(self) -> Answer:
        """The answer. Raises ``http.client.HTTPException`` or ``OSError``."""
        self.begin()
        return Answer(self.status, dict(self._pairs), self.read())

    def begin(self) -> None:
        """Read the head. An interim answer other than "continue" is refused: the next one would answer this request."""
        while True:
            minor, self.status = self._status_line()
            self._pairs = self._header_lines()
            if self.status != _CONTINUE:
                break
        if self.status < _FIRST_FINAL:
            raise HTTPException("an interim answer, after which another one comes")
        told = dict(reversed(self._pairs))  # of a repeated one, the first value, as http.client takes it
        if len(told) < len(self._pairs) and any(told[name] != text for name, text in self._pairs if name in _FRAMING):
            raise HTTPException("two headers say differently where the body ends")
        coding, self.chunk_left = told.get("transfer-encoding", "").lower(), None
        self.chunked = coding == "chunked"
        if coding and not self.chunked:
            raise HTTPException("the body comes in a coding that was not asked for")
        length = told.get("content-length")
        if self.chunked or length is None:
            self.length = None
        elif _LENGTH.fullmatch(length):
            self.length = int(length)
        else:
            raise HTTPException("the length of the body is no number below a gigabyte")
        if self.status in _NO_BODY:
            self.length = 0
        has_end = self.chunked or self.length is not None
        self.will_close = not has_end or minor == b"0" or "close" in told.get("connection", "").lower()

    def _status_line(self) -> tuple[bytes, int]:
        """The minor version and the status."""
        line = self._line()
        if not line:
            raise RemoteDisconnected("the connection ended without an answer")
        if not (found := _STATUS.fullmatch(line)):
            raise BadStatusLine(line.decode("latin-1"))
        return found[1], int(found[2])

    def _header_lines(self) -> list[tuple[str, str]]:
        pairs: list[tuple[str, str]] = []
        for _ in range(_MOST_LINES):
            if (line := self._line()) in _END:
                return pairs
            if not (found := _HEADER.fullmatch(line)):
                raise HTTPException("a line of the head is no header")
            pairs.append((found[1].decode().lower(), found[2].decode("latin-1")))
        raise HTTPException(f"got more than {_MOST_LINES} headers")

    def _line(self) -> bytes:
        line = self.fp.readline(_MOST_LINE + 1)
        if len(line) > _MOST_LINE:
            raise LineTooLong("head of an answer")
        return line
