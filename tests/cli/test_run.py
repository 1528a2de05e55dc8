"""`ivr run`, as a process of its own: from the first line to the last, with nothing left behind."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time

import boto3
import pytest

from infra.local.http_server import LoopbackServer
from ivr.screening.line import Line
from tests.slowly import slow_but


@pytest.fixture
def start(stack_file):
    """Start `ivr run` with further settings, on a free port."""
    processes = []

    def start(port=0, **settings):
        process = subprocess.Popen(
            [sys.executable, "-m", "infra.cli", "--stack-file", str(stack_file), "run", "--port", str(port)],
            env={**os.environ, **settings},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        processes.append(process)
        return process

    yield start
    for process in processes:
        process.kill()
        process.communicate()


@pytest.fixture
def running(stack_file):
    """Wait for the stack's addresses."""

    def running(process):
        while not stack_file.exists():
            assert process.poll() is None, process.stderr.read()
            time.sleep(0.05)
        return json.loads(stack_file.read_text())

    return running


@pytest.mark.parametrize("how", slow_but([signal.SIGINT], [signal.SIGINT, signal.SIGTERM]))
def test_run_starts_answers_and_leaves_nothing_behind(start, running, ivr, stack_file, how):
    process = start(TWILIO_AUTH_TOKEN="from-the-environment")
    stack = running(process)
    assert stack["pid"] == process.pid
    assert stack["settings"]["TWILIO_AUTH_TOKEN"] == "from-the-environment"
    assert stack["settings"]["PUBLIC_BASE_URL"] == stack["gateway"]

    told = ivr("call", "--from", "+96891234567", "--to", "+12025550100", "--keys", "check 9 1 2")
    assert "Stored: report" in told.out
    [reported] = ivr("reports", "list", "--json").json
    table = boto3.client("dynamodb", endpoint_url=stack["dynamodb"], region_name=stack["region"])
    key = {"pk": {"S": f"CALL#{reported['call_sid']}"}, "sk": {"S": "REPORT#screened"}}
    assert table.get_item(TableName=stack["settings"]["TABLE_NAME"], Key=key)["Item"]["loss"]["S"] == "no"

    process.send_signal(how)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 0
    assert not stack_file.exists()
    assert list(stack_file.parent.glob("log*")) == []
    logged = [json.loads(line) for line in out.splitlines()]
    assert "report_recorded" in [line.get("message") for line in logged]
    assert f"{stack['gateway']}/desk" in err
    assert "make call TO=+12025550100" in err
    assert err.endswith("Ended.\n")
    assert "Traceback" not in err


@pytest.mark.slow
def test_a_port_in_use_is_one_line_that_says_what_to_do(start):
    with LoopbackServer(lambda *_: []) as taken:
        out, err = start(port=taken.port).communicate(timeout=20)
    assert not out
    assert err.count("\n") == 1
    assert f"Port {taken.port} of 127.0.0.1 is in use" in err
    assert f"make run PORT={taken.port + 1}" in err


@pytest.mark.slow
def test_a_second_stack_on_the_same_port_says_that_one_runs_and_leaves_its_log_alone(start, running, ivr):
    first = running(start())
    ivr("call", "--from", "+96891234567", "--to", "+12025550100", "--keys", "check 9 1 2")
    out, err = start(port=int(first["gateway"].rpartition(":")[2])).communicate(timeout=60)
    assert not out
    assert err.count("\n") == 1
    assert f"a stack of this checkout runs already, at {first['gateway']} (pid {first['pid']})" in err
    [call] = ivr("calls", "list", "--json").json
    assert "key_pressed" in [line["message"] for line in ivr("calls", "show", call["call_sid"], "--json").json["log"]]


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("CARE_NUMBER", "12", "CARE_NUMBER is '12': it must be"),
        pytest.param("AWS_REGION", "x", "AWS_REGION", marks=pytest.mark.slow),
    ],
)
def test_a_wrong_setting_is_one_line(start, name, value, told):
    process = start(**{name: value})
    _, err = process.communicate(timeout=20)
    assert process.returncode == 2
    assert err.startswith("ivr: ")
    assert told in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.com"])
def test_run_listens_on_loopback_alone(ivr, host):
    assert "127.0.0.1 alone" in ivr("run", "--host", host).refusal


@pytest.mark.slow
def test_ivr_uses_the_newest_stack(start, running, stack_file, stack):
    process = start()
    while json.loads(stack_file.read_text())["pid"] != process.pid:
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.05)
    process.terminate()
    _, err = process.communicate(timeout=20)
    assert err.startswith(f"`ivr` talked to the stack at {stack.address}")


@pytest.mark.slow
def test_ivr_uses_the_first_stack_again_after_the_second_ended(start, running, stack_file, stack, ivr):
    second = start()
    while json.loads(stack_file.read_text())["pid"] != second.pid:
        assert second.poll() is None, second.stderr.read()
        time.sleep(0.05)
    second.terminate()
    second.communicate(timeout=20)
    stack.store.put(Line(number="+12025550123", kind="report"))
    assert "+12025550123" in ivr("lines", "list").out


def test_a_checkout_whose_path_has_a_space_runs_its_commands(tmp_path):
    root = tmp_path / "a checkout's"
    (root / "infra" / "build").mkdir(parents=True)
    shutil.copy("infra/build/checkout.py", root / "infra" / "build")
    (root / "pyproject.toml").write_text('[project]\nname = "x"\n[project.scripts]\nsaid = "told:main"\n')
    (root / "told.py").write_text("import sys\n\ndef main():\n    print(*sys.argv[1:], sep='|')\n    return 3\n")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", root / ".venv"], check=True)
    subprocess.run([root / ".venv/bin/python", root / "infra/build/checkout.py"], check=True)
    said = [root / ".venv/bin/said", "a b", "c"]
    told = subprocess.run(said, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert (told.stdout, told.returncode) == ("a b|c\n", 3)
