"""The names and values of forms and queries are those that urllib reads."""

from __future__ import annotations

from urllib.parse import parse_qsl, quote, urlencode

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ivr.telephony.urlencoded import pairs

MANY = st.one_of(st.none(), st.integers(1, 6))
letters = st.one_of(st.characters(), st.sampled_from("&=%+;?#ع\U0001f4de"))
words = st.text(letters, max_size=8)
PIECES = [
    *("&", "=", "%", "+", ";", "%26", "%3D", "%3d", "%2526", "%2B", "%zz", "a"),
    *("%C3%A9", "%C3", "%A9", "%F0%9F", "%ED%A0%80", "é", "\ud800"),  # letters, whole and in part
]
texts = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=12).map("".join),
    st.lists(st.tuples(words, words), max_size=7).map(lambda given: urlencode(given, errors="replace")),
    st.binary(max_size=12).map(quote),
    words,
)


def read(reads, *given, **how):
    """What is read, or the kind of error that every caller of it takes for a refusal."""
    try:
        return reads(*given, **how)
    except ValueError:
        return ValueError


@given(texts, st.sampled_from(["strict", "replace"]), MANY)
@example("a%26b=c", "strict", None)
@example("a%3Db=c", "strict", None)
@example("a%3db=c", "strict", None)
@example("&&a&", "strict", 4)
@example("&&a&", "strict", 3)
@example("a=%FF&%26=%FF", "replace", None)
@example("a=%FF", "replace", None)
def test_urllib_reads_any_text_alike(text, errors, most):
    theirs = read(parse_qsl, text, keep_blank_values=True, errors=errors, max_num_fields=most)
    assert read(pairs, text, errors=errors, most=most) == theirs


@given(st.lists(st.tuples(words, words), max_size=7))
def test_what_was_written_is_read(written):
    readable = [pair for pair in written if "\ufffd" not in "".join(pair) and "".join(pair).isprintable()]
    assert pairs(urlencode(readable)) == readable


@pytest.mark.parametrize(
    "text",
    ["%C3=a&a=%A9", "a=%ED%A0%80", "a=b&a=%FF", "a%26=%FF"],
    ids=["a letter in two values", "half a surrogate", "in a later value", "behind a quoted separator"],
)
def test_what_is_no_utf8_is_refused(text):
    with pytest.raises(UnicodeDecodeError):
        pairs(text)


@pytest.mark.parametrize("separator", ["&", "&%26="], ids=["plain", "with a quoted one"])
def test_as_many_are_read_as_are_allowed(separator):
    text = separator.join(["a=b"] * 3)
    count = len(pairs(text))
    assert len(pairs(text, most=count)) == count
    with pytest.raises(ValueError, match=r"more than|Max number"):
        pairs(text, most=count - 1)
