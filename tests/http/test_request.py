"""A request in one piece says what http.client would say, or is refused."""

from __future__ import annotations

from email.parser import BytesParser
from http.client import HTTPConnection, InvalidURL

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.http.request import written

HOST = "api.example.com"
METHODS = st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE"])
PATHS = st.text(st.characters(min_codepoint=1, max_codepoint=0x100), max_size=12).map("/".__add__)
HEADERS = st.dictionaries(
    st.from_regex(r"x-[a-z]{1,8}", fullmatch=True),
    st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=8).map(str.strip),
    max_size=3,
)


def heard(request):
    """The first line, the headers and the body."""
    head, _, body = request.partition(b"\r\n\r\n")
    first, _, headers = head.partition(b"\r\n")
    told = BytesParser().parsebytes(headers + b"\r\n\r\n", headersonly=True)
    return first, sorted((name.lower(), value) for name, value in told.items()), body


def by_http_client(method, path, headers, body):
    sent = []

    class Kept:
        sendall = sent.append

    connection = HTTPConnection(HOST)
    connection.sock = Kept()
    connection.request(method, path, body or None, headers)
    return b"".join(sent)


@given(METHODS, PATHS, HEADERS, st.binary(max_size=20))
def test_http_client_asks_alike(method, path, headers, body):
    try:
        theirs = by_http_client(method, path, headers, body)
    except (InvalidURL, UnicodeEncodeError):
        with pytest.raises(InvalidURL):
            written(method, path, HOST, headers, body)
    else:
        assert heard(written(method, path, HOST, headers, body)) == heard(theirs)


@pytest.mark.parametrize(
    "path", ["/a b", "/a\r\nx: y", "/\x7f", "/ä", ""], ids=["blank", "line", "delete", "ä", "none"]
)
def test_a_path_that_would_break_the_first_line_is_refused(path):
    with pytest.raises(InvalidURL):
        written("GET", path, HOST, {})


@pytest.mark.parametrize("value", ["a\r\nb: c", "a\n"], ids=["another header", "a line's end"])
def test_a_header_that_would_begin_another_one_is_refused(value):
    with pytest.raises(ValueError, match="end of a line"):
        written("GET", "/", HOST, {"a": value})
