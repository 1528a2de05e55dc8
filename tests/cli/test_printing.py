"""Commands that print the product's own data: diagrams, prompts, the fallback, settings."""

import re
import subprocess
import sys
import xml.etree.ElementTree as ET

import pytest

from infra.local.documented import documented
from tests.slowly import slow_but


def test_flow_prints_the_diagram(ivr):
    assert ivr("flow").out.startswith("flowchart")


def test_the_script_is_printed_with_the_brand_of_the_environment(ivr, monkeypatch):
    monkeypatch.setenv("BRAND_EN", "Palm Bank")
    told = ivr("prompts", "show").out
    assert "Palm Bank" in told
    assert "هذا الخط محمي" in told


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    slow_but([["prompts", "show"]], [["prompts", "show"], ["prompts", "check"], ["flow"], ["settings"]]),
    ids=" ".join,
)
def test_a_fresh_process_prints_the_script(command):
    ran = [sys.executable, "-m", "infra.cli", *command]
    printed = subprocess.run(ran, capture_output=True, text=True, check=False)
    assert (printed.returncode, printed.stderr) == (0, "")


def test_the_check_passes_and_says_what_was_checked(ivr):
    checked = ivr("prompts", "check")
    assert checked.status == 0
    assert re.fullmatch(r"All is well: \d+ prompts in \d+ languages \(.*\), \d+ pages and \d+ actions\.\n", checked.out)


def test_a_prompt_that_fails_its_check_is_printed(ivr, monkeypatch):
    monkeypatch.setattr("infra.content_checks.problems.problems", lambda *_: ["ar: goodbye is missing"])
    checked = ivr("prompts", "check")
    assert (checked.status, checked.out) == (1, "ar: goodbye is missing\n")


def test_the_fallback_is_a_document_without_an_address(ivr):
    document = ET.fromstring(ivr("fallback").out)
    assert [verb.tag for verb in document] == ["Say", "Say", "Hangup"]
    assert not document.findall(".//*[@action]")


def test_every_setting_is_listed(ivr):
    told = ivr("settings").out
    assert all(name in told for name in documented())
    assert {"name": "HOME_REGION", "doc": documented()["HOME_REGION"][0], "default": "OM"} in ivr(
        "settings", "--json"
    ).json


def test_a_wrong_setting_is_one_line(ivr, monkeypatch):
    monkeypatch.setenv("HOME_REGION", "Oman")
    assert "HOME_REGION is 'Oman'" in ivr("fallback").refusal
