import hashlib
import os
import shutil
from functools import lru_cache
from pathlib import Path

import pytest
from cfnlint.decode import decode

from infra.build import artifact as builder
from infra.build import python313
from infra.deploy.template import environment as deployed
from tests.deploy.parameter_answers import REQUIRED

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def template():
    decoded, mistakes = decode(str(ROOT / "template.yaml"))
    assert not mistakes
    return decoded


@pytest.fixture(scope="session")
def environment_of():
    """What a function's environment is after a deployment that answers only what has no default."""
    answers = REQUIRED | {
        "CareNumber": "+12025550150",
        "CareFallbackNumber": "+12025550151",
        "OwnNumbers": "+12025550150,1500",
    }

    def environment(function, more=None):
        return deployed(function, answers | (more or {}))

    return environment


@pytest.fixture(scope="session")
def deployed_environment(environment_of):
    """The voice function's."""
    return environment_of("VoiceFunction")


@pytest.fixture(scope="session")
def python():
    """The Python that Lambda runs. Without one these tests fail: what they hold would otherwise be held by nobody."""
    return python313.find()


@pytest.fixture(scope="session")
def artifact_of(tmp_path_factory):
    """What `sam build` builds for a function, built by the same code."""

    @lru_cache
    def built(function):
        folder = tmp_path_factory.mktemp(function)
        builder.fill(function, folder, installed(builder.requirements_of(function)))
        return folder

    return built


@pytest.fixture(scope="session")
def runtime():
    """What AWS's runtime has of its own: boto3, and the client that feeds events to a handler."""
    return installed(ROOT / "requirements" / "runtime.txt", "lambda-runtime")


def installed(requirements, name=""):
    """The folder that a requirements file was installed into as by Lambda's Python; kept in .local until it changes."""
    digest = hashlib.sha256(requirements.read_bytes()).hexdigest()[:12]
    folder = ROOT / ".local" / f"{name or requirements.stem}-{digest}"
    if not folder.exists():
        being_filled = folder.with_suffix(f".{os.getpid()}")
        python313.install(requirements, being_filled)
        try:
            being_filled.rename(folder)
        except OSError:  # another worker of this run was first
            if not folder.exists():
                raise
            shutil.rmtree(being_filled)
    return folder
