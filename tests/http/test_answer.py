"""Answers over HTTP: http.client reads them alike, or they are no HTTP and refused."""

from __future__ import annotations

import io
from http.client import HTTPException, HTTPResponse
from typing import NamedTuple

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ivr.http.answer import Answer, AnswerReader


class Sent(NamedTuple):
    """The other end of a connection, over which this comes before it ends."""

    text: bytes

    def makefile(self, _mode):
        return io.BytesIO(self.text)


def read(text, method="POST"):
    """The answer, and whether the connection ends with it."""
    with AnswerReader(Sent(text), method=method) as reader:
        return reader.whole(), reader.will_close


def by_http_client(text, method="POST"):
    """The same by http.client alone, as its own users read it."""
    with HTTPResponse(Sent(text), method=method) as response:
        response.begin()
        if response.status < 200:
            raise HTTPException
        headers = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, headers, response.read()), response.will_close


def outcome(reads, text, method="POST"):
    """What is read, or None where it is refused."""
    try:
        return reads(text, method)
    except (HTTPException, OverflowError):
        return None


# What can stand in a head by RFC 9112, and most often what says where the body ends.
tokens = st.text("!#$%&'*+-.^_`|~09azAZ", min_size=1, max_size=12)
names = st.one_of(
    st.sampled_from(
        ["Content-Length", "content-length", "Transfer-Encoding", "CONNECTION", "Keep-Alive", "Set-Cookie"]
    ),
    tokens,
)
texts = st.text(st.characters(min_codepoint=1, max_codepoint=255, exclude_characters="\r\n"), max_size=20)
reasons = st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=20)
blanks = st.text(" \t", max_size=2)
ends = st.sampled_from(["\r\n", "\r\n", "\n"])
BODY = b"2\r\n{}\r\n0\r\n\r\n"  # in chunks, or as it stands


@st.composite
def headers(draw):
    name = draw(names)
    value = {
        "content-length": st.one_of(st.sampled_from([str(len(BODY)), "0", "2", "14"]), st.integers(0, 20).map(str)),
        "transfer-encoding": st.sampled_from(["chunked", "Chunked"]),
        "connection": st.sampled_from(["close", "keep-alive", "Keep-Alive, Close", ""]),
    }.get(name.lower(), texts)
    after = "" if name.lower() == "transfer-encoding" else draw(blanks)  # refused with one; http.client sees no chunks
    return f"{name}:{draw(blanks)}{draw(value)}{after}{draw(ends)}"


def once(header):
    """By what a header is the only one of its head: two that say where the body ends are refused."""
    name = header.partition(":")[0].lower()
    return name if name in {"content-length", "transfer-encoding"} else header


@st.composite
def heads(draw):
    status = draw(st.one_of(st.sampled_from([100, 101, 103, 200, 204, 304, 400, 500]), st.integers(100, 999)))
    reason = draw(st.one_of(st.just(""), reasons.map(" {}".format)))
    lines = "".join(draw(st.lists(headers(), max_size=6, unique_by=once)))
    return f"HTTP/1.{draw(st.integers(0, 9))} {status}{reason}{draw(ends)}{lines}{draw(ends)}".encode("latin-1")


answers = st.tuples(st.lists(heads(), min_size=1, max_size=2).map(b"".join), st.sampled_from([BODY, b"", b"{}"])).map(
    b"".join
)


def assert_alike(ours, theirs, text):
    assert ours[0] == theirs[0]
    # A connection to a server of HTTP/1.0 is not kept, whatever it says.
    assert ours[1] == theirs[1] or (ours[1] and b"HTTP/1.0 " in text)


@given(answers, st.sampled_from(["GET", "POST"]))
def test_http_client_reads_an_answer_alike(text, method):
    theirs = outcome(by_http_client, text, method)
    ours = outcome(read, text, method)
    assert (ours is None) == (theirs is None)
    if ours:
        assert_alike(ours, theirs, text)


@given(
    answers,
    st.lists(
        st.tuples(
            st.integers(0, 200),
            st.integers(0, 3),
            st.one_of(
                st.sampled_from([b"\r", b"\n", b"\0", b" ", b"\t", b":", b"\r\n", b"-", b"\x85"]), st.binary(max_size=3)
            ),
        ),
        min_size=1,
        max_size=3,
    ),
)
@example(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", [])
def test_an_answer_that_was_damaged_is_refused_or_read_alike(text, damages):
    for at, length, instead in damages:
        text = text[:at] + instead + text[at + length :]
    if ours := outcome(read, text):
        assert_alike(ours, outcome(by_http_client, text), text)


@given(st.binary(max_size=40))
def test_no_text_breaks_the_reader(text):
    assert outcome(read, b"HTTP/1.1 200" + text) in (None, outcome(by_http_client, b"HTTP/1.1 200" + text))


def head(*lines):
    return "".join(f"{line}\r\n" for line in ("HTTP/1.1 200 OK", *lines, "")).encode("latin-1")


def test_what_dynamodb_answers():
    text = head("Server: Server", "Content-Type: application/x-amz-json-1.0", "Content-Length: 2", "x-amz-crc32: 1")
    told = {"server": "Server", "content-type": "application/x-amz-json-1.0", "content-length": "2", "x-amz-crc32": "1"}
    assert read(text + b"{}") == (Answer(200, told, b"{}"), False)


def test_one_that_goes_on_is_waited_for():
    assert read(b"HTTP/1.1 100 Continue\r\na: b\r\n\r\n" + head("c: d"))[0] == Answer(200, {"c": "d"}, b"")


NO_HEADS = {
    "a line without a colon": ["a", "content-length: 2"],
    "a line that is folded": ["a: b", " c", "content-length: 2"],
    "a space before the colon": ["content-length : 2"],
    "no name": [": a", "content-length: 2"],
    "a bare CR": ["a: b\rcontent-length: 2"],
    "a NUL": ["a: \0", "content-length: 2"],
    "a length that is no number": ["content-length: two"],
    "a length below zero": ["content-length: -2"],
    "no length": ["content-length:"],
    "a length of a gigabyte": ["content-length: 1000000000"],
    "two lengths": ["content-length: 1", "a: b", "content-length: 2"],
    "a length before it and behind it": ["content-length: 1", "content-length: 2", "content-length: 1"],
    "another coding": ["transfer-encoding: gzip", "content-length: 2"],
    "another coding before chunks": ["transfer-encoding: gzip, chunked", "content-length: 2"],
    "a blank behind the coding": ["transfer-encoding: chunked ", "content-length: 2"],
    "two codings": ["transfer-encoding: chunked", "transfer-encoding: gzip", "content-length: 2"],
    "a name of other letters": ["\xe9: a", "content-length: 2"],
}


@pytest.mark.parametrize("lines", NO_HEADS.values(), ids=NO_HEADS)
def test_what_is_no_head_is_refused(lines):
    """http.client begins to read each of them, most without the length of the body or with one of two."""
    with HTTPResponse(Sent(head(*lines) + b"{}"), method="POST") as response:
        response.begin()
    assert outcome(read, head(*lines) + b"{}") is None


@pytest.mark.parametrize("length", range(len(head("content-length: 2")) + 1))
def test_a_head_that_ends_early_is_refused(length):
    """http.client would take most of them for an answer without a body: no such item."""
    assert outcome(read, head("content-length: 2")[:length]) is None


@pytest.mark.parametrize(
    "status",
    ["HTTP/2 200", "HTTP/1.1 99", "HTTP/1.1 1000", "ICY 200 OK", "HTTP/1.1 200 \x1f", "HTTP/1.1", "200 OK", ""],
)
def test_neither_takes_what_is_no_answer(status):
    assert outcome(read, f"{status}\r\n\r\n".encode()) is None
    assert outcome(by_http_client, f"{status}\r\n\r\n".encode()) is None


LIMITS = {
    "99 headers": (True, head(*["a: b"] * 99)),
    "100 headers": (False, head(*["a: b"] * 100)),
    "a line of 65536 bytes": (True, head("a: " + "b" * 65531)),
    "a line of 65537 bytes": (False, head("a: " + "b" * 65532)),
    "a status line of 65536 bytes": (True, b"HTTP/1.1 200 " + b"a" * 65521 + b"\r\n\r\n"),
    "a status line of 65537 bytes": (False, b"HTTP/1.1 200 " + b"a" * 65522 + b"\r\n\r\n"),
}


@pytest.mark.parametrize(("is_taken", "text"), LIMITS.values(), ids=LIMITS)
def test_the_limits_are_those_of_http_client(is_taken, text):
    assert outcome(read, text) == outcome(by_http_client, text)
    assert (outcome(read, text) is not None) == is_taken


FRAMINGS = {
    "a length": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
    "more than its length": b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n{}",
    "less than its length": b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n{}",
    "its length twice": b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n{}",
    "no length": b"HTTP/1.1 200 OK\r\n\r\n{}",
    "chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\nContent-Length: 2\r\n\r\n" + BODY,
    "no content": b"HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1",
    "not modified": b"HTTP/1.1 304 Not Modified\r\nContent-Length: 2\r\n\r\n",
    "the last one": b"HTTP/1.1 200 OK\nConnection: Keep-Alive, Close\nContent-Length: 2\n\n{}",
    "the last one, and not": b"HTTP/1.1 200 OK\r\nConnection: close\r\nConnection: a\r\nContent-Length: 2\r\n\r\n{}",
    "of HTTP/1.0": b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}",
}


@pytest.mark.parametrize("text", FRAMINGS.values(), ids=FRAMINGS)
def test_a_body_ends_where_it_does_for_http_client(text):
    assert outcome(read, text) == outcome(by_http_client, text)


def test_a_connection_to_a_server_of_http_1_0_is_not_kept():
    assert read(b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\n{}")[1]
