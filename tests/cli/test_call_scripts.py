"""`ivr call --script`: a script as QA writes it, against the running stack or one of its own."""

from pathlib import Path
from textwrap import dedent

import pytest

from infra.cli.call import call
from infra.local import demo
from ivr.screening.desk_decision import DeskDecision
from ivr.store.reports import Reports

SCRIPTS = Path(__file__).parents[1] / "calls" / "scripts"
REPORT = dedent(call.help.partition("\b\n")[2]).rstrip() + "\n"  # the script that `ivr call --help` prints


@pytest.fixture
def script(ivr, tmp_path):
    """Hold a script that is written here."""

    def script(text, *options):
        path = tmp_path / "call.yaml"
        path.write_text(text, encoding="utf-8")
        return ivr("call", "--script", str(path), *options)

    return script


@pytest.mark.slow
def test_a_script_passes_repeatedly_on_the_same_stack(script, stack):
    for _ in range(2):
        told = script(REPORT)
        assert told.status == 0, told.out + told.err
        assert "customer  [pressed 9]" in told.out
        assert told.out.splitlines()[-1].startswith("Passed: The customer reports a call about a prize")


@pytest.mark.slow
def test_the_desks_records_are_restored_after_the_script(script, stack):
    mine = DeskDecision(caller="+96891234567", verdict="blocked", note="mine")
    stack.store.put(mine)
    before = "before:\n  lines: [{number: '+12025550100', rings: '+12025550112', mode: strict}]\ncalls:"
    assert script(REPORT.replace("calls:", before)).status == 0
    assert stack.store.decisions.get(mine.caller) == mine
    assert [line.mode for line in stack.store.lines.all() if line.number == demo.PROTECTED_LINE] == ["standard"]


@pytest.mark.slow
def test_each_failed_expectation_is_printed_with_its_line_and_what_happened(script, stack):
    wrong = REPORT.replace("hears: [why.unknown, recorded]", "hears: [recorded, number_ends]\n      happens: [bridged]")
    wrong = wrong.replace("outcome: reported", "outcome: accepted").replace("category: prize", "category: money")
    told = script(wrong.replace("9 1 2", "9 1 2 7"))
    assert told.status == 1
    lines = [line.partition("call.yaml:")[2] for line in told.out.splitlines() if line.startswith("Not met: ")]
    for line, (number, what) in zip(
        lines,
        [
            (3, "keys that nothing asked for: customer: 7"),
            (8, "the customer heard number_ends, but not after recorded"),
            (9, "not on the customer's telephone: bridged. There: dialled"),
            (11, "outcome is reported, not accepted"),
            (14, "category is prize, not money"),
        ],
        strict=True,
    ):
        assert line.startswith(f"{number}: {what}")
    assert told.out.splitlines()[-1].startswith("FAILED: ")


@pytest.mark.slow
def test_a_result_is_printed_as_json(script, stack):
    told = script(REPORT.replace("outcome: reported", "outcome: accepted"), "--json")
    assert told.status == 1
    assert told.json["passed"] is False
    assert [one.partition("call.yaml:")[2] for one in told.json["not_met"]] == ["10: outcome is reported, not accepted"]
    assert [one["status"] for one in told.json["calls"]] == ["completed"]


@pytest.mark.slow
def test_a_script_with_other_settings_gets_a_stack_of_its_own(script, stack):
    branded = REPORT.replace("calls:", "settings: {BRAND_EN: Palm Bank}\ncalls:")
    told = script(branded.replace("[why.unknown, recorded]", "[{words: Palm Bank}, recorded]"))
    assert told.status == 0, told.out
    assert told.err == "The running stack has another BRAND_EN: this script gets a stack of its own.\n"
    assert list(stack.store.reports.of_days(["2026-11-24"])) == []


@pytest.mark.parametrize(
    ("wrong", "line", "why"),
    [
        (("outcome: reported", "outcom: reported"), 10, "'outcom' is none of these: title, after, from, to"),
        (("outcome: reported", "outcome: reportd"), 10, "outcome: 'reportd' is none of these: blocked, loop"),
        (("why.unknown", "why.unknwon"), 8, "no prompt is called 'why.unknwon'. Near it are why.unknown"),
        (("why.unknown", "An unknown number"), 8, "a sentence that is heard is written as {words: ...}"),
        (("keys: 9 1 2", "keys: 9 one"), 7, "keys: the key 'one' is none of these. 9, 123#: pressed after"),
        (("keys: 9 1 2", "keys: !9"), 7, "!9 is no value. A value that begins with *, ! or & stands in quotes"),
        (("keys: 9 1 2", "keys: *"), 7, "A value that begins with *, ! or & stands in quotes"),
        (("keys: 9 1 2", "phone: asleep"), 7, "phone: 'asleep' is none of answers, no-answer, busy"),
        (('"+12025550100"', "care"), 4, "to: the number is 'care', which is no telephone number"),
        (('"+96891234567"', "12"), 3, "from: '12' is no telephone number"),
        (("loss: no", "loss: none of it"), 13, "loss: 'none of it' is none of these: yes, no, none"),
        (("verdict: unknown", "verdict: unknown\n    verdict: flagged"), 10, "verdict stands here a second time"),
        (("verdict: unknown", "talk: long"), 9, "talk: 'long' is no length of time. Write it as 30 seconds"),
        (("verdict: unknown", "talked: perhaps"), 9, "talked: it is yes or no"),
        (("verdict: unknown", "attestation: A"), 9, "attestation: 'A' is no value of Twilio's StirVerstat"),
        (("verdict: unknown", "second_care: {keys: 1}"), 3, "write them under care"),
        (("calls:", "settings: {RING_SECOND: 9}\ncalls:"), 2, "Did you mean RING_SECONDS?"),
        (("calls:", "settings: {TWILIO_API_BASE_URL: ''}\ncalls:"), 2, "no other service than its own carrier"),
        (("calls:", "before: {lines: [{number: '+12025550170'}]}\ncalls:"), 2, "rings is missing"),
        (("calls:\n", "calls:\n- - -\n"), 3, "it holds words with their values"),
        (("title: The", "tilte: The"), 1, "'tilte' is none of these: title, settings, before, calls."),
        (("[why.unknown, recorded]", "recorded"), 8, "hears: it is a list: write each item on a line of its own"),
    ],
)
def test_an_error_in_a_script_names_its_line_and_the_valid_words(script, wrong, line, why):
    old, new = wrong
    told = script(REPORT.replace(old, new, 1))
    assert told.status == 2
    assert any(f"call.yaml:{line}: " in one and why in one for one in told.err.splitlines()), told.err
    assert "Traceback" not in told.err


def test_an_empty_file_says_how_a_script_begins(script):
    assert "the script is empty. It begins with title: and calls:" in script("").err


def test_a_missing_file_is_one_line(ivr):
    assert "No such file or directory (nowhere.yaml)" in ivr("call", "--script", "nowhere.yaml").refusal


def test_options_beside_script_are_refused(ivr):
    told = ivr("call", "--script", str(SCRIPTS / "withheld_number.yaml"), "--to", demo.PROTECTED_LINE)
    assert "--to can't be combined with --script" in told.refusal


def test_its_help_lists_every_word(ivr):
    told = ivr("call", "--script", "--help").out
    for words in ("The file: A call script.", "never_hears", "attestation", "rings_back", "own_list", "withdrawn"):
        assert words in told


@pytest.mark.parametrize(
    ("written", "line", "why"),
    [
        ("title: a\ncalls: &again [*again]\n", 2, "a script has no anchors and aliases (&, *)"),
        (
            "title: a\ncalls:\n  - &call {from: anonymous, to: '+12025550100'}\n  - *call\n",
            3,
            "a script has no anchors",
        ),
        ("title: a\ncalls: " + "[" * 3000 + "]" * 3000, 2, "no more than 20 lists and mappings"),
    ],
    ids=["itself", "anchor", "nested"],
)
def test_a_strangers_script_that_grows_without_end_is_refused_with_its_line(script, written, line, why):
    told = script(written)
    assert told.status == 2
    assert told.err.startswith("ivr: ")
    assert f"call.yaml:{line}: {why}" in told.err


@pytest.mark.slow
def test_a_strangers_script_sends_the_terminal_no_commands(script, stack):
    clears = REPORT.replace("title: The customer", 'title: "\\e[2J\\u202e The customer').replace(
        "prize\n", 'prize"\n', 1
    )
    titled = clears.replace("- from:", '- title: "\\e[2J"\n    from:')
    told = script(titled)
    assert told.status == 0, told.err
    assert not {"\x1b", "\u202e"} & {*told.out}


@pytest.mark.slow
def test_a_script_of_a_short_code_leaves_the_calls_of_everybody_else(ivr, script, stack):
    ivr("call", "--from", "+96891234567", "--to", demo.PROTECTED_LINE, "--keys", "check 9 1 2")
    reports = [*stack.store.reports.of_days(["2026-11-26"])]
    assert script("title: a\ncalls:\n  - {from: '1202', to: '+12025550170'}\n").status == 0
    assert [*stack.store.reports.of_days(["2026-11-26"])] == reports


@pytest.mark.slow
def test_the_days_that_a_script_waits_are_not_read_one_by_one(script, stack, monkeypatch):
    read, of_days = [], Reports.of_days
    monkeypatch.setattr(Reports, "of_days", lambda it, days: of_days(it, [day for day in days if not read.append(day)]))
    call = REPORT.partition("calls:\n")[2].rstrip()
    told = script(f"{REPORT.rstrip()}\n{call.replace('from:', 'after: 9999 days' + chr(10) + '    from:', 1)}\n")
    assert told.status == 0, told.out + told.err
    assert told.out.count("[pressed 9]") == 2
    assert len(read) < 20
