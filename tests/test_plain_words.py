"""Comments, docstrings and printed lines of the product in plain English: a few words that have a plainer one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PLAINER = {
    r"\bwhoever\b": "name the person: the person who answered, the caller of this function",
    r"\breckon": "compute, score or estimate",
    r"\bcomes again\b": "is retried, or is delivered again",
    r"\bin the way\b": "say what prevents it",
}


@pytest.mark.parametrize(("word", "remedy"), PLAINER.items(), ids=PLAINER.values())
def test_the_product_uses_the_plainer_word(word, remedy):
    found = [
        f"{path.relative_to(ROOT)}:{number}: {remedy}"
        for folder in ("ivr", "handlers", "infra")
        for path in sorted((ROOT / folder).rglob("*.py"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(word, line, re.IGNORECASE)
    ]
    assert not found, "\n".join(found)
