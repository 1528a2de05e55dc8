"""docs/deploy.md shows what its commands print, and names only commands of AWS's command line that exist."""

from __future__ import annotations

import os
import re
import shlex
import subprocess

import botocore.session
import pytest
from botocore import xform_name

from infra.build import docs
from infra.deploy.asking import ask
from infra.deploy.environment import read
from infra.deploy.environment_error import EnvironmentFileError
from tests.deploy.parameter_answers import REQUIRED
from tests.doctor.typed import SERVICES

PAGE = (docs.ROOT / "docs" / "deploy.md").read_text("utf-8")
OF_THE_COMMAND_LINE = {"--region", "--query", "--output", "--profile"}  # every command takes them
ITS_OWN = {"s3 sync", "s3 cp", "configure sso", "sso login"}  # commands that are no single operation
AWS = re.compile(r"^ *(aws [a-z].*)$", re.MULTILINE)
DOCUMENTS = {document.name: document.read_text("utf-8") for document in docs.documents()}


def without_indent(text):
    return re.sub(r"^ +", "", text, flags=re.MULTILINE)


@pytest.mark.parametrize(
    "mistake", ['CareNumber = "1500"', 'CareHours = "Su-Th 8-20"'], ids=lambda mistake: mistake.split()[0]
)
def test_the_page_shows_what_is_said_of_a_wrong_setting(tmp_path, mistake):
    lines = [
        'region = "me-central-1"',
        "",
        "[parameters]",
        *(f'{name} = "{value}"' for name, value in REQUIRED.items()),
    ]
    (tmp_path / "dev.toml").write_text("\n".join([*lines, mistake, ""]), "utf-8")
    with pytest.raises(EnvironmentFileError) as refused:
        read("dev", tmp_path)
    assert f"   {refused.value}\n" in PAGE


def test_the_page_shows_what_is_asked(tmp_path):
    typed = iter(["AC123", REQUIRED["TwilioAccountSid"], "Nakhla Telecom"])
    told = []

    def answer(question):
        if not (given := next(typed, "")):
            raise EOFError
        told.append(question + given)
        return given

    with pytest.raises(EOFError):
        ask("dev", answer, told.append, tmp_path)
    asked = "\n".join(told).partition("\n\nYour organisation's name as the Arabic")[0]
    assert asked in without_indent(PAGE)


def test_the_page_shows_what_is_said_of_a_missing_secret(missing_secrets):
    assert without_indent(missing_secrets.splitlines()[-2]) in PAGE
    assert missing_secrets.splitlines()[-1].strip() in PAGE


@pytest.fixture
def missing_secrets():
    from moto import mock_aws

    from tests.deploy.test_account import missing

    with mock_aws():
        return missing()


@pytest.mark.parametrize("name", [name for name, text in DOCUMENTS.items() if AWS.search(text)])
def test_every_aws_command_that_a_document_names_exists_with_its_options(name):
    session = botocore.session.get_session()
    for line in AWS.findall(DOCUMENTS[name]):
        command = re.sub(r"\"?\$\(.*?\)\"?|[|>;].*$", "X", line.replace("\\", "")).replace("...", "")
        _, service, operation, *options = shlex.split(command, comments=True)
        if f"{service} {operation}" in ITS_OWN:
            continue
        if operation == "wait":
            waiters = {xform_name(one, "-") for one in session.get_waiter_model(service).waiter_names}
            assert options[0] in waiters, line
            continue
        model = session.get_service_model(SERVICES.get(service, service))
        operations = {xform_name(one, "-"): one for one in model.operation_names}
        assert operation in operations, line
        taken = model.operation_model(operations[operation]).input_shape.members
        known = {f"--{xform_name(one, '-')}" for one in taken} | OF_THE_COMMAND_LINE
        known |= {option.replace("--", "--no-", 1) for option in known}
        known |= {"--notification-endpoint"} if service == "sns" else set()  # --endpoint, which means another thing
        assert {option for option in options if option.startswith("--")} <= known, line


def test_make_deploy_checks_the_settings_and_the_account_before_it_builds():
    inherited = {"MAKEFLAGS", "MFLAGS", "MAKEOVERRIDES", "ARGS", "ENV"}
    told = subprocess.run(
        ["make", "--dry-run", "deploy", "ENV=dev", "ARGS=--yes"],
        cwd=docs.ROOT,
        env={name: value for name, value in os.environ.items() if name not in inherited},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    steps = [line for line in told.stdout.splitlines() if "infra.deploy" in line or line.endswith("sam build")]
    assert [step.partition("infra.deploy ")[2] for step in steps] == [
        "'dev' --check",
        "'dev' --look --yes",
        "",
        "'dev' --yes",
    ]
