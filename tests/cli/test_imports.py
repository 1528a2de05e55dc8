"""`ivr import`: what it prints of a file that is wrong, that is stored, and that was stored already."""

import os
import signal
import subprocess
import sys
import time

import pytest

from infra.local.documented import documented
from tests.slowly import slow_but

HEADER = "caller,verdict,note,until"
NUMBER = "+96891234567"


@pytest.fixture
def file(tmp_path):
    def file(*rows, header=HEADER):
        path = tmp_path / "numbers.csv"
        path.write_text("\n".join((header, *rows)), encoding="utf-8")
        return str(path)

    return file


def test_wrong_lines_are_told_all_at_once_and_nothing_is_stored(ivr, stack, file):
    path = file(f"{NUMBER},flagged,a list,", "12,flagged,a list,", f"{NUMBER[:-1]}8,doubted,a list,")
    told = ivr("import", "callers", path)
    assert told.status == 2
    assert told.out == ""
    first, second, last = told.err.splitlines()
    assert first.startswith(f"{path}:3: '12' is no telephone number")
    assert second.startswith(f"{path}:4: the verdict is 'doubted'")
    assert last == f"ivr: nothing of {path} is stored: 2 lines wrong"
    assert NUMBER not in ivr("callers", "list", "--all").out


def test_of_many_errors_the_first_are_shown_and_the_rest_counted(ivr, stack, file):
    told = ivr("import", "callers", file(*["12,flagged,a list,"] * 60), "--errors", "5")
    assert len(told.err.splitlines()) == 7
    assert "... and 55 more: --errors N shows more" in told.err


def test_a_program_gets_the_problems_with_their_codes(ivr, stack, file):
    told = ivr("import", "rules", file("+96,flagged,x,", header="prefix,verdict,note,until"), "--json")
    assert told.status == 2
    [problem] = told.json["problems"]
    assert (problem["line"], problem["code"]) == (2, "whole_country")
    assert problem["sentence"].endswith("add --whole-country if you mean it")


def test_a_file_is_stored_once_and_says_so(ivr, stack, file):
    path = file(f"{NUMBER},flagged,a list,2099-12-31")
    tried = ivr("import", "callers", path, "--dry-run")
    assert tried.out == f"{path}: 1 line, none wrong; 1 would change something, 0 say what is stored already.\n"
    assert "Changing" not in tried.err
    told = ivr("import", "callers", path, "--by", "Salma")
    assert told.out == f"{path}: 1 line changed something, 0 said what was stored already.\n"
    assert told.err.startswith("Changing the stack of this checkout")
    assert NUMBER in ivr("callers", "list").out
    again = ivr("import", "callers", path)
    assert f"{path} was imported already, by Salma at " in again.out
    assert ivr("import", "callers", path, "--again", "--json").json == {
        "kind": "callers",
        "file": path,
        "lines": 1,
        "changed": 0,
        "same": 1,
        "before": 0,
        "already": False,
    }


def test_lines_that_are_there_need_to_be_told(ivr, stack, file):
    path = file("+12025550100,report,,,", header="line,kind,ring_to,languages,mode")
    told = ivr("import", "lines", path)
    assert "+12025550100 is a line already, and is registered otherwise: add --replace to change it" in told.err
    assert ivr("import", "lines", path, "--replace").status == 0
    assert ivr("lines", "list", "--json").json[0]["kind"] == "report"


def test_nothing_is_stored_where_a_line_far_down_is_known_otherwise(ivr, stack, file):
    rows = [f"+1202555{nth:04},report,,," for nth in range(3000, 3060)]
    path = file(*rows, "+12025550100,report,,,", header="line,kind,ring_to,languages,mode")
    before = [*stack.store.lines.all()]
    assert "numbers.csv:62: +12025550100 is a line already" in ivr("import", "lines", path).err
    assert [*stack.store.lines.all()] == before


def test_a_dry_run_compares_with_what_is_stored(ivr, stack, file):
    ivr("import", "callers", file(f"{NUMBER},flagged,a list,"))
    both = file(f"{NUMBER},flagged,a list,", "+96890000099,blocked,a list,")
    told = ivr("import", "callers", both, "--dry-run", "--json").json
    assert (told["left"], told["changed"], told["same"]) == (2, 1, 1)


def test_to_look_what_would_be_imported_again_forgets_nothing(ivr, stack, file):
    path = file(f"{NUMBER},flagged,a list,")
    ivr("import", "callers", path)
    assert ivr("import", "callers", path, "--dry-run").out.endswith("none wrong; imported already.\n")
    tried = ivr("import", "callers", path, "--again", "--dry-run").out
    assert tried.endswith("none wrong; 0 would change something, 1 says what is stored already.\n")
    assert "was imported already" in ivr("import", "callers", path).out


@pytest.mark.slow
@pytest.mark.parametrize("kill", slow_but([signal.SIGKILL], [signal.SIGKILL, signal.SIGINT]))
def test_a_process_that_is_killed_leaves_a_file_that_the_same_command_ends(ivr, stack, stack_file, file, kill):
    many = 600
    path = file(*[f"+9689{nth:07},flagged,a list," for nth in range(many)])
    clean = {name: value for name, value in os.environ.items() if name not in documented()}
    command = [sys.executable, "-m", "infra.cli", "--stack-file", str(stack_file), "import", "callers", path]
    process = subprocess.Popen([*command, "--rate", "100"], env=clean, stderr=subprocess.PIPE, text=True)
    until = time.monotonic() + 120
    while not stack.store.decisions.get("+96890000000") and time.monotonic() < until:
        time.sleep(0.05)
    process.send_signal(kill)
    _, said = process.communicate(timeout=120)
    if kill == signal.SIGINT:
        assert "lines not stored yet. The same command goes on with them." in said
    told = ivr("import", "callers", path, "--json").json
    assert 0 < told["before"] < many
    assert (told["changed"], told["same"]) == (many, 0)
    stored = [one for one in stack.store.decisions.all() if one.caller.startswith("+9689")]
    assert len(stored) == many
    entries = [one for one in stack.store.table.scan() if str(one["pk"]).startswith("AUDIT#")]
    assert len([one for one in entries if one["action"] == "decide"]) == many
    assert len([one for one in entries if one["action"] == "import"]) == 1
