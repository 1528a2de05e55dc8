"""The commands that the pages for people print, typed as they stand, on the demo's stack: each is accepted."""

from __future__ import annotations

import re
import shlex

import pytest

from infra.build.docs import ROOT
from infra.local import demo
from tests.slowly import slow_but

_CONSOLE = re.compile(r"^ *```console\n(.*?)^ *```", re.DOTALL | re.MULTILINE)
# What needs a deployment, a person's report, a file or a call of one's own is typed by other tests.
_ELSEWHERE = re.compile(
    r"ivr (--stack|numbers|doctor|fallback|prompts|import|export|forget|calls show|care (take|done|give-back)"
    r"|reports (show|dossier|confirm))\b"
)
_UNTIL = re.compile(r"--until 20\d\d")  # the pages' dates will be over
PAGES = ("deploy", "desk", "administer", "customer-care")


def commands(page):
    text = (ROOT / "docs" / f"{page}.md").read_text("utf-8")
    lines = [line.strip() for block in _CONSOLE.findall(text) for line in block.splitlines()]
    return [line for line in lines if line.startswith("ivr ") and not _ELSEWHERE.match(line)]


@pytest.mark.parametrize("page", slow_but(["deploy"], PAGES))
def test_they_work_in_the_order_in_which_they_are_printed(ivr, stack, page):
    if page == "deploy":  # a new table knows no line
        assert ivr("lines", "remove", demo.PROTECTED_LINE, "--note", "none yet", "--forget").status == 0
    typed = commands(page)
    assert typed
    for command in typed:
        told = ivr(*shlex.split(_UNTIL.sub("--until 2099", command))[1:])
        assert told.status == 0, (command, told.err)
