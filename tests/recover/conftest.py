"""The ways back of docs/recover.md: each command is typed as it stands there, with the drill's own names in it."""

import re

import boto3
import pytest

from infra.build.docs import ROOT
from tests.doctor.typed import aws

PAGE = (ROOT / "docs" / "recover.md").read_text("utf-8")
_SECTION = re.compile(r"^## (.+?)\n(.*?)(?=^## |\Z)", re.DOTALL | re.MULTILINE)
_CONSOLE = re.compile(r"^ *```console\n(.*?)^ *```", re.DOTALL | re.MULTILINE)
SECTIONS = dict(_SECTION.findall(PAGE))


def commands(section, begins):
    """The commands of a section that begin so, in their order."""
    lines = [line.strip() for block in _CONSOLE.findall(SECTIONS[section]) for line in block.splitlines()]
    found = [line for line in lines if line.startswith(begins)]
    assert found, f"{section} has no {begins}"
    return found


@pytest.fixture
def type_in():
    """Types the commands of a section that begin so; ``names`` stand in for the words in capitals."""

    def typed(section, begins, **names):
        return [aws(_named(command, names), boto3.client) for command in commands(section, begins)]

    return typed


def _named(command, names):
    for word, name in names.items():
        command = command.replace(word, name)
    return command
