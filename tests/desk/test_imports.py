"""Importing files: checked whole, stored once whatever happens, at a pace that leaves the table to calls."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from itertools import pairwise

import pytest
from botocore.exceptions import ClientError

from infra.local import demo
from ivr.desk import Code, DeskError, audit, decisions, imports, lines, prefixes
from ivr.desk.audit import About, Action
from ivr.desk.imports import KINDS, Options
from ivr.desk.imports.pace import USUAL_UNITS, Pace, write_units
from ivr.desk.imports.running import PART, ImportMark
from ivr.screening.caller_list import ListEntry
from ivr.screening.desk_decision import DeskDecision, PrefixRule
from ivr.screening.line import Line
from ivr.store import StoreUnavailableError
from ivr.store.errors import StoreRefusedError
from tests.desk.audited import todays
from tests.desk.subjects import CALLER, HOME, LINE, PREFIX, SALMA
from tests.slowly import slow_but

HEADER = {name: ",".join(kind.columns) for name, kind in KINDS.items()}


def number(nth):
    return f"+9689{nth:07}"


def checked(context, kind, *rows, options=None, header=None):
    content = "\n".join((HEADER[kind] if header is None else header, *rows)).encode()
    return imports.check(context, KINDS[kind], content, options or Options(), by=SALMA)


def problems(*given, **how):
    return [(one.line, one.sentence) for one in checked(*given, **how).problems]


def imported(context, kind, *rows, **how):
    file = checked(context, kind, *rows, **how)
    assert file.problems == []
    return imports.Import(context, file, by=SALMA)


def callers(many, verdict="flagged"):
    return [f"{number(nth)},{verdict},a list,2099-12-31" for nth in range(many)]


# Checking.


@pytest.mark.parametrize("kind", KINDS)
def test_the_header_is_fixed_and_a_wrong_one_says_so(context, kind):
    [(line, sentence)] = problems(context, kind, "x", header="number;verdict;note")
    assert line == 1
    assert f"must be {HEADER[kind]}" in sentence


@pytest.mark.parametrize("separator", [",", ";", "\t"], ids=["commas", "semicolons", "tabs"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_file_is_read_as_a_spreadsheet_of_any_country_saves_it(context, separator, encoding):
    lines = (HEADER["callers"].split(","), [CALLER, "flagged", "\u0627\u062d\u062a\u064a\u0627\u0644", "2099-12-31"])
    content = "\r\n".join(map(separator.join, lines)).encode(encoding)
    file = imports.check(context, KINDS["callers"], content, Options(), by=SALMA)
    assert file.problems == []
    assert [one.target.what for one in file.drafts] == [CALLER]


def test_what_separates_the_cells_is_named_where_a_cell_holds_it(context):
    header = HEADER["callers"].replace(",", ";")
    told = problems(context, "callers", f"{CALLER};flagged;a list; with a semicolon;", header=header)
    assert [sentence for _, sentence in told if sentence.endswith("holds a semicolon into quotation marks")]


@pytest.mark.parametrize("cell", ["9.68912E+10", "9,68912E+10", "1E+11"])
def test_a_number_that_a_spreadsheet_shortened_says_how_to_keep_it_whole(context, cell):
    header = HEADER["callers"].replace(",", ";")
    [(line, sentence)] = problems(context, "callers", f"{cell};flagged;a list;", header=header)
    assert line == 2
    assert sentence.endswith("give the column the format Text, and write the numbers in full")


def test_every_wrong_line_is_named_by_its_number(context):
    told = problems(
        context,
        "callers",
        f"{CALLER},flagged,a list,",
        "12,flagged,a list,",
        "",
        f'{number(1)},flagged,"a note\nof two lines",',
        f"{number(2)},doubted,a list,",
        f"{number(3)},flagged,a list,2001-01-01",
        f"{number(4)},flagged,a list, with a comma,",
        f"00968 {CALLER[4:]},blocked,the same number,",
        "anonymous,flagged,a list,",
        f"{number(5)},flagged,,",
    )
    assert [line for line, _ in told] == [3, 5, 7, 8, 9, 10, 11, 12]
    sentences = dict(told)
    assert "no telephone number" in sentences[3]
    assert "control character" in sentences[5]
    assert "choose trusted, flagged, blocked" in sentences[7]
    assert sentences[8] == "until is '2001-01-01', which is over"
    assert "5 cells" in sentences[9]
    assert sentences[10] == f"{CALLER} is in line 2 already: keep one of the two"
    assert "withheld" in sentences[11]
    assert "note is empty" in sentences[12]


@pytest.mark.parametrize(
    ("content", "line", "says"),
    [
        (b"", 1, "the file is empty"),
        (b"caller,verdict,note,until\n", 2, "no line after the header"),
        (b"caller,verdict,note,until\n+96891234567,flagged,\xe9t\xe9,\n", 2, "0xe9 is no UTF-8"),
        (b'caller,verdict,note,until\n+96891234567,flagged,"not closed,\n', 2, "quotation mark"),
    ],
)
def test_a_file_that_cant_be_read_says_where(context, content, line, says):
    [problem] = imports.check(context, KINDS["callers"], content, Options(), by=SALMA).problems
    assert problem.line == line
    assert says in problem.sentence


def test_the_files_of_spreadsheets_are_read(context):
    rows = f"{CALLER},flagged,قائمة الهيئة,\r\n,,,\r\n , ,,\r\n"  # a spreadsheet adds lines of empty cells
    content = f"\ufeffCaller, Verdict ,note,until\r\n{rows}".encode()
    file = imports.check(context, KINDS["callers"], content, Options(), by=SALMA)
    assert file.problems == []
    assert [draft.drafted.note for draft in file.drafts] == ["قائمة الهيئة"]


@pytest.mark.parametrize(
    ("kind", "row", "code", "allowed"),
    [
        ("rules", "+968,flagged,a list,", Code.WHOLE_COUNTRY, Options(whole_country=True)),
        ("lines", f"{LINE},protected,+447911123456,,", Code.FOREIGN, Options(foreign=True)),
    ],
    ids=["a whole country", "a telephone abroad"],
)
def test_what_may_be_a_mistake_is_taken_only_where_it_is_asked_for(context, kind, row, code, allowed):
    assert [one.code for one in checked(context, kind, row).problems] == [code]
    assert checked(context, kind, row, options=allowed).problems == []


def test_the_same_file_for_something_else_is_another_import(context):
    file = checked(context, "callers", *callers(1))
    assert file.word == checked(context, "callers", *callers(1)).word
    assert file.word != checked(context, "callers", *callers(1), options=Options(replaces=True)).word


def test_lines_that_would_ring_each_other_are_refused_together(context):
    told = dict(
        problems(
            context,
            "lines",
            f"{LINE},protected,{HOME},,",
            f"+12025550171,protected,{LINE},,",
            f"{demo.CUSTOMER},protected,{HOME},,",
            options=Options(foreign=True),
        )
    )
    assert told.keys() == {2, 3, 4}
    assert told[2] == f"{LINE} is what the line +12025550171 rings: it can't be a line too"
    assert told[3] == f"{LINE} is a line itself: a line can't ring a line"
    assert demo.PROTECTED_LINE in told[4]


# Storing.


def test_each_kind_is_stored_as_by_its_command_with_an_entry_each(context):
    imported(context, "callers", f"{CALLER},flagged,a list,2099-12-31").run()
    imported(context, "rules", f"{PREFIX},blocked,wangiri,").run()
    imported(context, "lines", f"{LINE},protected,{HOME},en,strict").run()
    assert decisions.of(context, CALLER).verdict == "flagged"
    assert prefixes.find(context, PREFIX).note == "wangiri"
    assert lines.find(context, LINE) == lines.drafted(
        context, LINE, kind="protected", ring_to=HOME, languages="en", mode="strict"
    )
    assert checked(context, "lines", f"{LINE},protected,{HOME},,").drafts[0].drafted.mode == "standard"
    told = todays(context, most=500).entries
    assert sorted(one.action for one in told) == sorted(
        [Action.IMPORT, Action.DECIDE, Action.IMPORT, Action.ADD_RULE, Action.IMPORT, Action.ADD_LINE]
    )
    assert {one.by for one in told} == {"Salma"}
    [entry] = audit.of(context, About.CALLER, CALLER).entries
    assert entry.before is None
    assert entry.after["note"] == "a list"
    assert len({one.form for one in told}) == 3  # one word a file, in all of its entries


def test_a_long_file_is_stored_whole_and_what_says_the_same_changes_nothing(context, announced):
    decisions.decide(context, number(7), "flagged", note="a list", by=SALMA, until="2099-12-31")
    announced.clear()
    seen = []
    counts = imported(context, "callers", *callers(2 * PART + 3)).run(seen.append)
    assert counts == (2 * PART + 2, 1, 0)
    assert sum(seen) == 2 * PART + 3
    assert announced == ["a change"]
    assert len(audit.of(context, About.CALLER, number(7)).entries) == 1
    assert all(decisions.of(context, number(nth)) for nth in (0, PART, 2 * PART + 2))


def test_the_same_file_again_is_done_already_until_it_is_asked_for(context):
    imported(context, "callers", *callers(3)).run()
    decisions.take_back(context, number(1), note="a bakery", by=SALMA)
    again = imported(context, "callers", *callers(3))
    assert again.is_done
    assert again.last.by == "Salma"
    assert again.run() == (3, 0, 3)
    assert decisions.of(context, number(1)).ended_by == "Salma"
    again.begin_again()
    assert again.run() == (1, 2, 0)
    assert decisions.of(context, number(1)).ended_by == ""
    assert imported(context, "callers", *callers(3)).is_done


@pytest.mark.slow
def test_a_file_that_is_imported_again_and_stopped_goes_on_with_all_that_is_left(context):
    many = 9 * PART  # of which eight may be done or begun when the first is told, however slow the telling is
    imported(context, "callers", *callers(many)).run()
    for nth in range(0, many, PART):  # a line of each part
        decisions.take_back(context, number(nth), note="a bakery", by=SALMA)
    again = imported(context, "callers", *callers(many))
    again.begin_again()
    assert imported(context, "callers", *callers(many)).is_done  # it was killed before it stored anything

    def stopped(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        again.run(stopped)
    rest = imported(context, "callers", *callers(many))
    assert not rest.is_done
    rest.run()
    assert not any(decisions.of(context, number(nth)).ended_by for nth in range(0, many, PART))


def test_what_is_known_otherwise_is_replaced_only_if_that_is_asked_for(context):
    prefixes.add(context, PREFIX, "trusted", note="a school", by=SALMA)
    lines.register(context, LINE, kind="report", ring_to="", languages="", mode="standard", by=SALMA)
    for kind, row, code in (
        ("rules", f"{PREFIX},blocked,wangiri,", Code.KNOWN_RULE),
        ("lines", f"{LINE},protected,{HOME},,", Code.KNOWN_LINE),
    ):
        [problem] = imported(context, kind, row).problems()
        assert (problem.line, problem.code) == (2, code)
        with pytest.raises(DeskError, match="line 2: "):  # as if it had become so since it was checked
            imported(context, kind, row).run()
        replacing = imported(context, kind, row, options=Options(replaces=True))
        assert replacing.problems() == []
        assert replacing.run().changed == 1
    assert prefixes.find(context, PREFIX).verdict == "blocked"
    assert lines.find(context, LINE).ring_to == HOME


def test_a_rule_that_is_over_is_replaced_without_asking(context):
    now = context.now()
    store = context.store
    store.put(PrefixRule(prefix=PREFIX, verdict="trusted", note="a fair", until=now - 60, decided_at=now - 9999))
    replacing = imported(context, "rules", f"{PREFIX},blocked,wangiri,")
    assert replacing.problems() == []
    assert replacing.run().changed == 1


def test_a_line_that_cant_be_read_is_not_replaced_unasked(context, store):
    store.table.client.put_item(
        TableName=store.table.name, Item={"pk": {"S": f"LINE#{LINE}"}, "sk": {"S": "LINE"}, "ring_to": {"N": "1"}}
    )
    row = f"{LINE},protected,{HOME},,"
    assert [one.code for one in imported(context, "lines", row).problems()] == [Code.KNOWN_LINE]
    assert imported(context, "lines", row, options=Options(replaces=True)).run().changed == 1


def test_what_was_not_read_is_not_taken_for_new(context, monkeypatch):
    prefixes.add(context, PREFIX, "trusted", note="a school", by=SALMA)
    import_ = imported(context, "rules", f"{PREFIX},blocked,wangiri,")
    monkeypatch.setattr(type(context.store.table), "batch_get", lambda _, keys: ({}, [*keys]))
    with pytest.raises(StoreUnavailableError):
        import_.problems()


def test_a_line_that_rings_somebody_else_forgets_its_callers(context, store):
    lines.register(context, LINE, kind="protected", ring_to=HOME, languages="", mode="standard", by=SALMA)
    store.put(ListEntry(line=LINE, caller=CALLER, word="allow", at=1, source="CA1"))
    row = f"{LINE},protected,+96892223345,,"
    imported(context, "lines", row, options=Options(replaces=True)).run()
    assert [item["sk"] for item in store.table.partition(f"LINE#{LINE}")] == ["LINE"]


REQUESTS = 12  # of an import of three parts, at most


@pytest.mark.parametrize("way", ["refused", "late", "lost"])
@pytest.mark.parametrize("nth", slow_but([2, 4, 7], range(1, REQUESTS)))
def test_an_import_that_was_killed_goes_on_and_nothing_is_done_twice(context, faults, monkeypatch, nth, way):
    monkeypatch.setattr("ivr.desk.imports.running._AT_ONCE", 1)
    monkeypatch.setattr("ivr.desk.imports.running._TRIES", 1)
    monkeypatch.setattr("ivr.desk.imports.running.PART", 4)
    many = 10
    rows = callers(many)
    file = checked(context, "callers", *rows)
    faults.arm(nth, way)
    with suppress(StoreUnavailableError):
        imports.Import(context, file, by=SALMA).run()
    faults.arm(0, way)
    stored = [one for one in range(many) if decisions.of(context, number(one))]
    assert len(stored) in {0, 4, 8, many}
    undone = stored[:1]
    for one in undone:  # what the desk does meanwhile stays
        decisions.take_back(context, number(one), note="a bakery", by=SALMA)
    counts = imports.Import(context, file, by=SALMA).run()
    assert (counts.changed, counts.same) == (many, 0)
    assert counts.before == len(stored)
    for one in range(many):
        entries = audit.of(context, About.CALLER, number(one)).entries
        assert [entry.action for entry in entries[::-1]] == ["decide", "take_back"][: 1 + (one in undone)]
    assert [one for one in undone if not decisions.of(context, number(one)).ended_by] == []
    told = todays(context, most=500).entries
    assert [one.action for one in told].count(Action.IMPORT) == 1


@pytest.mark.parametrize("way", ["refused", "late", "lost"])
def test_a_request_that_fails_is_repeated_and_counted_once(context, faults, monkeypatch, way):
    monkeypatch.setattr("ivr.desk.imports.running._AT_ONCE", 1)
    monkeypatch.setattr("ivr.desk.imports.running._FIRST_PAUSE", 0)
    file = checked(context, "callers", *callers(PART + 1))
    import_ = imports.Import(context, file, by=SALMA)
    faults.arm(2, way)  # the first part's transaction
    assert import_.run() == (PART + 1, 0, 0)
    assert faults.failed == "TransactWriteItems"
    assert len(audit.of(context, About.CALLER, number(0)).entries) == 1


def test_what_dynamodb_refuses_for_good_is_asked_once(context, dynamodb, monkeypatch):
    asked = []

    def refuse(model, **_):
        if model.name == "TransactWriteItems":
            asked.append(1)
            raise ClientError({"Error": {"Code": "ValidationException"}}, model.name)

    dynamodb.meta.events.register("before-call.dynamodb", refuse)
    monkeypatch.setattr("ivr.desk.imports.running._FIRST_PAUSE", 0)
    with pytest.raises(StoreRefusedError):
        imported(context, "callers", *callers(1)).run()
    assert asked == [1]


def test_what_the_desk_changes_at_the_same_moment_is_seen_and_replaced_knowingly(context, dynamodb, monkeypatch):
    monkeypatch.setattr("ivr.desk.imports.running._AT_ONCE", 1)
    raced = []

    def race(model, **_):
        if model.name == "TransactWriteItems" and not raced:
            raced.append(1)
            decisions.decide(context, CALLER, "trusted", note="a bakery", by=SALMA)

    dynamodb.meta.events.register("before-call.dynamodb", race)
    imported(context, "callers", f"{CALLER},flagged,a list,").run()
    after, before = (entry.before for entry in audit.of(context, About.CALLER, CALLER).entries)
    assert before is None
    assert after["verdict"] == "trusted"
    assert decisions.of(context, CALLER).verdict == "flagged"


def test_a_part_fits_into_one_transaction(context, dynamodb):
    sent = []
    dynamodb.meta.events.register(
        "before-parameter-build.dynamodb.TransactWriteItems",
        lambda params, **_: sent.append(len(params["TransactItems"])),
    )
    imported(context, "callers", *callers(PART + 1)).run()
    assert sorted(sent) == [3, 100]  # the most that DynamoDB takes


def test_marks_are_removed_by_the_table_after_a_while(context):
    import_ = imported(context, "callers", *callers(1))
    import_.run()
    [mark] = context.store.table.read_all(ImportMark, context.store.table.partition(import_.last.key.pk))
    assert mark.expires == mark.at + 30 * 24 * 3600
    context.store.put(replace(mark, expires=context.now()))  # the table takes days to remove what has expired
    assert not imported(context, "callers", *callers(1)).is_done


# The pace.


class Clock:
    def __init__(self):
        self.now, self.slept = 100.0, []

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds


def test_writes_wait_for_their_second(context):
    clock = Clock()
    assert USUAL_UNITS <= 900  # a partition of an index takes 1,000 a second, and the desk needs some
    pace = Pace(900, clock, clock.sleep)
    began = []
    for _ in range(40):
        pace.wait(49)
        began.append(clock.now)
    assert began[0] == 100
    for first, second in pairwise(began):
        assert second - first == pytest.approx(49 / 900)
    clock.now += 60  # what was not written in a minute is not made up for at once
    pace.wait(49)
    pace.wait(49)
    assert clock.slept[-2:] == [0, pytest.approx(49 / 900)]


def test_a_long_note_costs_more_than_a_unit():
    short = DeskDecision(caller=CALLER, verdict="flagged", note="a list")
    long = DeskDecision(caller=CALLER, verdict="flagged", note="قائمة" * 190)
    assert write_units(short) == 1
    assert write_units(long) == 2


def test_an_import_waits_for_what_its_audit_entries_cost(context, monkeypatch):
    waited = []
    monkeypatch.setattr("ivr.desk.imports.running.Pace.wait", lambda _, units: waited.append(units))
    imported(context, "callers", *[f"{number(nth)},flagged,{'x' * 600}," for nth in range(10)]).run()
    assert waited == [20]  # an entry holds the note twice, so it begins a second kilobyte


def test_a_line_in_the_deployments_languages_is_fixed_in_them_only_if_that_is_asked_for(context):
    context.store.put(Line(number=LINE, kind="protected", ring_to=HOME))
    row = f"{LINE},protected,{HOME},,"
    first = imported(context, "lines", row)
    assert first.problems() == []
    assert first.run().same == 1
    assert lines.find(context, LINE).languages == ""
    imported(context, "lines", row, options=Options(replaces=True)).run()
    assert lines.find(context, LINE).languages == "ar-en"
