"""The file by which a second terminal finds a running stack."""

import os
import stat
import subprocess
import sys
from dataclasses import replace

import pytest

from infra.local import stackfile
from infra.local.http_server import LoopbackServer
from infra.local.stackfile import Running


@pytest.fixture
def path(tmp_path):
    return tmp_path / ".local" / "stack.json"


@pytest.fixture
def server():
    with LoopbackServer(lambda *_: []) as server:
        yield server


@pytest.fixture
def running(server):
    return Running(
        pid=os.getpid(), gateway=server.address, dynamodb="http://127.0.0.1:1", region="x", settings={"TABLE_NAME": "t"}
    )


def test_a_stack_file_is_readable_for_this_user_alone(path, running):
    stackfile.write(running, path)
    assert stackfile.read(path) == running
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert {file.name for file in path.parent.iterdir()} == {"stack.json", f"stack-{running.pid}.json"}
    assert {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()} == {0o600}
    assert running.is_alive()


def test_a_stack_whose_process_or_gateway_has_gone_is_not_alive(running, server):
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        pass
    assert not Running(
        pid=gone.pid, gateway=running.gateway, dynamodb="", region="", settings=running.settings
    ).is_alive()
    server.stop()
    assert not running.is_alive()


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"pid": 1}', "null", "\ud800".encode("utf-8", "surrogatepass")])
def test_a_foreign_file_is_ignored(path, text):
    path.parent.mkdir()
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    assert stackfile.read(path) is None


def test_a_stack_removes_only_its_own_file(path, running):
    stackfile.write(running, path)
    stackfile.remove(running.pid + 1, path)
    assert path.exists()
    stackfile.remove(running.pid, path)
    stackfile.remove(running.pid, path)
    assert not path.exists()
    assert not list(path.parent.iterdir())


def test_when_the_newer_of_two_stacks_ends_the_older_one_is_found_again(path, running):
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as second:
        newer = replace(running, pid=second.pid)
        stackfile.write(running, path)
        stackfile.write(newer, path)
        assert stackfile.read(path) == newer
        stackfile.remove(newer.pid, path)
        second.stdin.close()
    assert stackfile.read(path) == running


def test_a_stack_that_was_killed_is_not_found_again(path, running):
    with subprocess.Popen([sys.executable, "-c", ""]) as killed:
        pass
    stackfile.write(replace(running, pid=killed.pid), path)
    stackfile.write(running, path)
    stackfile.remove(running.pid, path)
    assert stackfile.read(path) is None
    assert not list(path.parent.iterdir())
