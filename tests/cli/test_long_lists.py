"""Long lists: the first rows at once, few items in memory, and no more rows than the limit."""

import json
import tracemalloc
from datetime import UTC, datetime

import pytest

from infra.cli import output, target
from infra.local.database import client
from infra.local.table import create_table
from ivr.calls.call_record import CallRecord
from ivr.desk.audit import AuditEntry
from ivr.reports import Report
from ivr.screening.desk_decision import DeskDecision, PrefixRule
from ivr.screening.line import Line
from ivr.store.attributes import typed
from ivr.store.desk import Desk
from tests.slowly import slow_after, slow_but

pytestmark = pytest.mark.slow  # lists of thousands; test_desk.py stays in the quick run

DAY = "2026-11-18"
BEGAN = int(datetime(2026, 11, 18, 5, tzinfo=UTC).timestamp())
MANY = 1000


def report(nth):
    return Report(
        call_sid=f"CA{nth:032x}",
        which="screened",
        reference=f"{nth:08}",
        reported_at=BEGAN + nth,
        reporter="a" * 32,
        verified=1,
        expires=BEGAN + 10**8,
        caller="+96891234567",
        line="+12025550100",
    )


@pytest.fixture
def keep(stack):
    """Store records quickly."""
    return keeping(stack.store)


@pytest.fixture
def table(database):
    """A table that nobody follows."""
    with database as local:
        create_table(client(local.address), "reports")
        yield Desk("reports", client(local.address))


def keeping(store):
    def keep(records):
        items = [{name: typed(value) for name, value in record.to_item().items()} for record in records]
        for first in range(0, len(items), 25):
            puts = [{"PutRequest": {"Item": item}} for item in items[first : first + 25]]
            store.table.client.batch_write_item(RequestItems={store.table.name: puts})

    return keep


@pytest.fixture
def many(keep):
    keep(map(report, range(MANY)))


def test_the_newest_reports_are_listed_and_the_rest_is_counted(ivr, many):
    listed = ivr("reports", "list", "--day", DAY)
    rows = listed.out.splitlines()[1:]
    assert [row.split()[2] for row in rows] == [f"{nth:08}" for nth in range(MANY - 100, MANY)]
    assert listed.err == "There are more than these 100: --limit N shows more, --all every one.\n"


def test_a_limit_is_kept_and_all_is_everything_in_its_order(ivr, many):
    few = ivr("reports", "list", "--day", DAY, "--limit", "2", "--json").json
    assert [one["reference"] for one in few] == [f"{MANY - 2:08}", f"{MANY - 1:08}"]
    every = ivr("reports", "list", "--day", DAY, "--all")
    assert [row.split()[2] for row in every.out.splitlines()[1:]] == [f"{nth:08}" for nth in range(MANY)]
    assert every.err == ""
    told = ivr("reports", "list", "--day", DAY, "--all", "--json")
    assert [one["reference"] for one in told.json] == [f"{nth:08}" for nth in range(MANY)]
    assert told.out == json.dumps(told.json, ensure_ascii=False, indent=2) + "\n"


@pytest.mark.parametrize("newest_first", slow_but([True], [False, True]))
def test_the_first_report_is_there_after_one_small_page_of_each_shard(table, newest_first):
    keeping(table)(map(report, range(MANY)))
    pages = []
    table.table.client.meta.events.register(
        "after-call.dynamodb.Query", lambda parsed, **_: pages.append(parsed["Count"])
    )
    first = next(table.reports.of_days([DAY], newest_first=newest_first))
    assert first.reference == f"{MANY - 1 if newest_first else 0:08}"
    assert len(pages) == 8
    assert sum(pages) <= 200


@pytest.mark.slow
def test_memory_does_not_grow_with_the_number_of_reports(table, monkeypatch):
    monkeypatch.setattr("ivr.store.table._LATER_PAGES", 100)

    def peak():
        tracemalloc.start()
        count = sum(1 for _ in table.reports.of_days([DAY]))
        held = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return count, held

    pages = 8 * 225  # of each shard, three pages
    keeping(table)(map(report, range(pages)))
    peak()  # what is loaded once
    few, small = peak()
    keeping(table)(map(report, range(pages, 3 * pages)))
    many, large = peak()
    assert (few, many) == (pages, 3 * pages)
    assert large < 1.3 * small


def test_lines_and_decisions_have_a_limit_too(ivr, stack, keep):
    keep(Line(number=f"+1202555{nth:04}", kind="report") for nth in range(150))
    keep(DeskDecision(caller=f"+1303555{nth:04}", verdict="flagged", note="x") for nth in range(150))
    for command in ("lines", "callers"):
        listed = ivr(command, "list")
        assert len(listed.out.splitlines()) == 101
        assert "more than these 100" in listed.err
        assert len(ivr(command, "list", "--limit", "120", "--json").json) == 120
        every = ivr(command, "list", "--all", "--json")
        assert len(every.json) > 145
        assert not every.err


@pytest.mark.parametrize(
    "command",
    slow_after(
        2,
        [
            ["reports", "list"],
            ["messages", "list"],
            ["callers", "list"],
            ["lines", "list"],
            ["callers", "disputes"],
            ["care", "call-backs"],
        ],
    ),
)
def test_a_limit_below_one_is_refused_in_one_line(ivr, stack, command):
    assert "--limit" in ivr(*command, "--limit", "0").refusal


def test_a_list_without_rows_is_an_empty_list_for_a_program(ivr, stack):
    assert ivr("reports", "list", "--day", DAY, "--json").out == "[]\n"


@pytest.fixture
def queries(stack):
    """The pages of an index or a partition that the command asks for; the stack's own requests go another way."""
    asked = []

    def count(**_):
        asked.append(1)

    botocore_events = "before-call.dynamodb.Query"
    real = target.target_of

    def counted(running):
        found = real(running)
        found.store.table.client.meta.events.register(botocore_events, count)
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(target, "target_of", counted)
        yield asked


def call_of(nth):
    return CallRecord(
        call_sid=f"CA{nth:032x}",
        line="+12025550100",
        customer="a" * 32,
        verdict="unknown",
        reason="unknown",
        rang_at=BEGAN + nth,
        expires=BEGAN + 10**8,
    )


def entry_of(nth):
    return AuditEntry(
        at=BEGAN + nth,
        entry_id=f"{nth:06}",
        by="Salma",
        action="decide",
        about="caller",
        what=f"{nth}",
        expires=BEGAN + 10**8,
    )


KINDS = {
    "calls": (["calls", "list", "--day", DAY], call_of, 8 * 2),
    "reports": (["reports", "list", "--day", DAY], report, 8 * 2),
    "audit": (["audit", "list", "--day", DAY], entry_of, 2),
    "rules": (["rules", "list"], lambda nth: PrefixRule(prefix=f"+9689{nth:06}", verdict="flagged", note="x"), 1),
    "callers": (["callers", "list"], lambda nth: DeskDecision(caller=f"+9689{nth:07}", verdict="flagged", note="x"), 1),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_list_asks_for_as_many_pages_as_it_prints(ivr, keep, queries, kind):
    command, make, first = KINDS[kind]
    keep(map(make, range(MANY)))
    queries.clear()
    assert len(ivr(*command, "--limit", "5", "--json").json) == 5
    few = len(queries)
    assert few <= first
    queries.clear()
    assert len(ivr(*command, "--all", "--json").json) >= MANY
    assert len(queries) > few


@pytest.mark.parametrize("kind", KINDS)
def test_the_first_row_is_printed_before_the_later_pages_are_asked_for(ivr, keep, queries, monkeypatch, kind):
    command, make, _ = KINDS[kind]
    keep(map(make, range(MANY)))
    queries.clear()
    at_the_first = []
    real = output.click.echo
    monkeypatch.setattr(output.click, "echo", lambda *a, **how: at_the_first.append(len(queries)) or real(*a, **how))
    ivr(*command, "--all", "--json")
    assert at_the_first[0] < len(queries)


def test_a_table_prints_its_first_rows_before_the_later_ones_are_asked_for(capsys):
    printed = []

    def rows():
        for nth in range(250):
            printed.append(capsys.readouterr().out)
            yield (f"row {nth}",)

    output.print_table(("Name",), rows(), empty="")
    printed.append(capsys.readouterr().out)
    seen = [nth for nth, text in enumerate(printed) if text]
    assert seen == [100, 200, 250]
    assert "".join(printed).split() == ["Name", *(word for nth in range(250) for word in ("row", str(nth)))]
