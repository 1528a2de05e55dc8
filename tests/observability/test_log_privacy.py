"""Lines of libraries never reach the log, at any level."""

import io
import logging

import pytest

from ivr.observability.log import NAME
from ivr.observability.privacy import keep_libraries_quiet


@pytest.fixture
def written(monkeypatch):
    """What the root's handler writes, as Lambda's runtime sets one up before it imports us."""
    stream, root = io.StringIO(), logging.getLogger()
    monkeypatch.setattr(root, "handlers", [logging.StreamHandler(stream)])
    monkeypatch.setattr(root, "level", root.level)
    keep_libraries_quiet()
    return stream.getvalue


@pytest.mark.parametrize("level", [logging.DEBUG, logging.ERROR])
def test_a_library_that_sets_a_level_of_its_own_writes_nothing(written, level, monkeypatch):
    library = logging.getLogger("botocore.of_this_test")
    monkeypatch.setattr(library, "level", logging.DEBUG)
    library.log(level, "Authorization: a-token")
    assert written() == ""


@pytest.mark.parametrize("name", ["root", NAME])
def test_the_runtime_and_our_own_lines_are_written(written, name):
    logging.getLogger(name).error("told")
    assert written() == "told\n"
