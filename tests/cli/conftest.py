import io
import json
import logging

import pytest
from click.testing import CliRunner

from infra.cli.main import main
from infra.local import stackfile
from infra.local.documented import documented
from infra.local.stack import Stack


@pytest.fixture(autouse=True)
def _nothing_configured(monkeypatch):
    for name in (*documented(), "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_DYNAMODB", "AWS_PROFILE", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def stack_file(tmp_path):
    return tmp_path / "stack.json"


@pytest.fixture
def stack(stack_file, database):
    """A running stack that `ivr` finds."""
    with Stack({}, log=io.StringIO(), database=database) as stack:
        stackfile.write(stack.running, stack_file)
        yield stack
    logging.getLogger("werkzeug").setLevel(logging.NOTSET)


class Result:
    """What a command printed, and how it ended."""

    def __init__(self, result):
        self.status = result.exit_code
        self.out = result.stdout
        self.err = result.stderr
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception

    @property
    def json(self):
        return json.loads(self.out)

    @property
    def refusal(self):
        """The one line of a command that refused its input."""
        assert self.status == 2
        assert not self.out
        assert self.err.count("\n") == 1
        assert self.err.startswith("ivr: ")
        return self.err


def typing(stack_file):
    def ivr(*arguments, typed=None):
        return Result(CliRunner().invoke(main, ["--stack-file", str(stack_file), *arguments], input=typed))

    return ivr


@pytest.fixture
def ivr(stack_file):
    """Type a command."""
    return typing(stack_file)
