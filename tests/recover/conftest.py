"""The ways back of docs/recover.md: each command is typed as it stands there, with the drill's own names in it."""

import json
import re
import runpy
import shlex
import sys
import time

import boto3
import pytest
from click.testing import CliRunner

from handlers.voice import Voice
from infra.build.docs import ROOT
from infra.carrier import ANNOUNCED, Carrier, Phone
from infra.cli.main import main
from infra.local import demo
from infra.local.documented import documented
from ivr.settings import Settings
from ivr.store import Store
from tests.conftest import BASE_URL, ENVIRONMENT, NOW, TOKEN
from tests.doctor.typed import aws
from tests.twilio_post import posting

PAGE = (ROOT / "docs" / "recover.md").read_text("utf-8")
_SECTION = re.compile(r"^## (.+?)\n(.*?)(?=^## |\Z)", re.DOTALL | re.MULTILINE)
_CONSOLE = re.compile(r"^ *```console\n(.*?)^ *```", re.DOTALL | re.MULTILINE)
_PRINTED = re.compile(r'"\$\(\.venv/bin/python -m (\S+) (\S+)\)"')
SECTIONS = dict(_SECTION.findall(PAGE))


def commands(section, begins):
    """The commands of a section that begin so, in their order."""
    lines = [line.strip() for block in _CONSOLE.findall(SECTIONS[section]) for line in block.splitlines()]
    found = [line for line in lines if line.startswith(begins)]
    assert found, f"{section} has no {begins}"
    return found


@pytest.fixture
def type_in(capsys, monkeypatch):
    """Types the commands of a section that begin so; ``names`` stand in for the words in capitals."""

    def printed(match):
        """What a program of ours prints in the place of a value."""
        monkeypatch.setattr(sys, "argv", [match[1], match[2]])
        runpy.run_module(match[1], run_name="__main__")
        return shlex.quote(capsys.readouterr().out)

    def typed(section, begins, region=None, **names):
        named = [_named(command, names) for command in commands(section, begins)]
        whole = [_PRINTED.sub(printed, command) for command in named]
        told = [aws(command, lambda service: boto3.client(service, region_name=region)) for command in whole]
        for one in told:
            _until_completed(one, region)
        return told

    return typed


@pytest.fixture
def type_ivr(monkeypatch, tmp_path, rest_server):
    """Types the `ivr` commands of a section that begin so, in an empty folder, about a table of a region."""
    monkeypatch.chdir(tmp_path)
    for name, (_, default) in documented().items():
        monkeypatch.setenv(name, ENVIRONMENT.get(name, default or ""))
    monkeypatch.setenv("TWILIO_API_BASE_URL", rest_server.base_url)

    def typed(section, begins, table=ENVIRONMENT["TABLE_NAME"], region="me-central-1"):
        monkeypatch.setenv("TABLE_NAME", table)
        monkeypatch.setenv("AWS_DEFAULT_REGION", region)
        told = []
        for command in commands(section, begins):
            done = CliRunner().invoke(main, shlex.split(command)[1:], input="y\n", catch_exceptions=False)
            assert done.exit_code == 0, (command, done.stderr)
            told.append(done)
        return told

    return typed


@pytest.fixture
def ring(environment, rest_server):
    """Calls the customer's line, where a table of any region is behind the number. The call, when it is over."""

    def ring(table, client, caller, customer=demo.CUSTOMER):
        voice = Voice(Settings.from_environment(environment | {"TABLE_NAME": table}), Store(table, client))
        phones = {customer: Phone(keys=["1"], name="customer")}
        carrier = Carrier(
            posting(lambda: voice), base_url=BASE_URL, auth_token=TOKEN, clock_start=NOW, pickups=phones, seed=7
        )
        carrier.answers_on(rest_server)
        call = carrier.place(from_=caller, to=demo.PROTECTED_LINE, phone=Phone(keys=[ANNOUNCED]))
        carrier.run()
        return call

    return ring


def heard(call, who="caller"):
    """What somebody on a call was told, one sentence after the other."""
    return " ".join(entry.text for entry in call.transcript.of(who) if entry.kind == "said")


def reached(call):
    """Whether the customer talked with the caller."""
    return any(entry.kind in {"bridged", "joined"} for entry in call.transcript.of("customer"))


def _until_completed(told, region):
    """Wait for what was begun. moto exports and imports in threads, and has a table before its items are in it."""
    for kind, arn, status in (("Export", "ExportArn", "ExportStatus"), ("Import", "ImportArn", "ImportStatus")):
        if f'"{arn}"' not in told:
            continue
        [begun] = [one for one in json.loads(told).values() if arn in one]
        describe = getattr(boto3.client("dynamodb", region_name=region), f"describe_{kind.lower()}")
        deadline, found = time.monotonic() + 300, "IN_PROGRESS"
        while found == "IN_PROGRESS" and time.monotonic() < deadline:
            time.sleep(0.01)
            [found] = [one[status] for one in describe(**{arn: begun[arn]}).values() if status in one]
        assert found == "COMPLETED"


def _named(command, names):
    for word, name in names.items():
        command = command.replace(word, name)
    return command
