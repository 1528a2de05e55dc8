"""What no template may hold: text that is not escaped, and anything that the policy of the pages would stop."""

import re
from pathlib import Path

import pytest

from ivr.web import app

TEMPLATES = sorted((Path(app.__file__).parent / "templates").glob("*.html"))
_FORBIDDEN = {
    "text that is not escaped": re.compile(r"\|\s*safe\b|autoescape\s+false|\bMarkup\b"),
    "a script": re.compile(r"<script\b|javascript:|<[a-z][^>{]*\son[a-z]{3,}\s*=", re.IGNORECASE),
    "a style of its own": re.compile(r"<style\b|\sstyle\s*=", re.IGNORECASE),
    "a value without quotes": re.compile(r"""=\{\{"""),
}


@pytest.mark.parametrize("what", _FORBIDDEN)
def test_no_template_holds(what):
    found = {one.name: _FORBIDDEN[what].findall(one.read_text("utf-8")) for one in TEMPLATES}
    assert len(found) > 20
    assert {name: texts for name, texts in found.items() if texts} == {}


def test_every_form_that_changes_something_has_a_token():
    forms = re.compile(r'<form\b[^>]*method="post".*?</form>', re.DOTALL)
    without = [
        (one.name, form[:80])
        for one in TEMPLATES
        for form in forms.findall(one.read_text("utf-8"))
        if "csrf_token()" not in form
        and "parts.csrf()" not in form
        and "parts.begin(" not in form
        and "csrf()" not in form
    ]
    assert without == []
