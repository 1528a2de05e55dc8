"""Whatever stands in the table or in a file, no command lets it act on the terminal of the person who reads it."""

import json
import time
import unicodedata

import pytest

from infra.local import demo
from tests.care.conftest import call_back
from tests.cli.test_exports import report

CALLER, LINE = "+96891234567", "+12025550170"
NOTE = ["--note", "a note"]
CLEARS_THE_SCREEN = "\x1b[31m\u202e\x9b2J"
LISTS = [
    ["callers", "list"],
    ["callers", "show", CALLER],
    ["callers", "disputes"],
    ["rules", "list"],
    ["lines", "list"],
    ["lines", "show", LINE],
    ["reports", "list"],
    ["reports", "show", "00000001"],
    ["audit", "list"],
    ["audit", "show", "caller", CALLER],
    ["care", "call-backs"],
    ["messages", "list"],
    ["explain", CALLER, "--line", demo.PROTECTED_LINE],
]


@pytest.fixture
def spoiled(ivr, stack):
    """The texts of all that the desk has, each with what clears a screen and turns the direction of writing."""
    now, table = int(time.time()), stack.store.table
    stack.store.put(report(1, now - 100))
    stack.store.put(call_back(asked_at=now, due_at=now + 60, expires=now + 9999))
    ivr("callers", "decide", CALLER, "flagged", *NOTE)
    ivr("callers", "dispute", CALLER, *NOTE)
    ivr("rules", "add", "+968901", "flagged", *NOTE)
    ivr("lines", "add", LINE, "--ring-to", CALLER)
    texts = {"note", "by", "decided_by", "category", "reporter", "ring_to", "call_sid", "action"}
    for item in table.client.scan(TableName=table.name)["Items"]:
        for name in texts & item.keys():
            item[name]["S"] += CLEARS_THE_SCREEN
        table.client.put_item(TableName=table.name, Item=item)


def acts(text):
    return {letter for letter in text if unicodedata.category(letter) in {"Cc", "Cf"} and letter != "\n"}


@pytest.mark.slow
@pytest.mark.usefixtures("spoiled")
def test_no_item_does_anything_to_the_terminal(ivr):
    escaped = 0
    for command in LISTS:
        table, program = ivr(*command), ivr(*command, "--json")
        assert not acts(table.out + table.err + program.out + program.err), command
        if program.status == 0:
            escaped += json.dumps(CLEARS_THE_SCREEN)[1:-1] in json.dumps(program.json)  # it is as it was written
    assert escaped >= 6


@pytest.mark.parametrize("cell", ["9" * 100_000, "\x1b]0;owned\x07"], ids=["long", "control characters"])
def test_no_cell_of_a_file_fills_the_terminal_or_acts_on_it(ivr, stack, tmp_path, cell):
    file = tmp_path / "numbers.csv"
    file.write_text(f"caller,verdict,note,until\n+{cell},{cell},x,{cell}\n")
    told = ivr("import", "callers", str(file))
    assert told.status == 2
    assert max(map(len, told.err.splitlines())) < 1100
    assert not acts(told.err)


def test_no_argument_fills_the_terminal_or_acts_on_it(ivr, stack):
    refusal = ivr("callers", "decide", "\x9b2J\u202e" + "9" * 5000, "flagged", *NOTE).refusal
    assert len(refusal) < 1100
    assert not acts(refusal)
