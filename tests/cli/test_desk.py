"""The commands of ops and the fraud desk."""

import time
from datetime import UTC, datetime

import pytest

from infra.local import demo
from ivr.reports import Report
from ivr.reputation.items import Reputation
from ivr.screening.desk_decision import DeskDecision, PrefixRule
from ivr.screening.line import Line
from tests.slowly import slow_after

NUMBER = "+12025550170"
HOME = "+96891234567"


# Lines.


def test_lines_are_listed_for_people_and_for_programs(ivr, stack):
    assert demo.CUSTOMER in ivr("lines", "list").out
    assert ivr("lines", "list", "--json").json[1] == {
        "number": demo.REPORT_LINE,
        "kind": "report",
        "ring_to": "",
        "languages": "ar-en",
        "mode": "standard",
    }


def test_a_line_is_added_with_all_that_it_has(ivr, stack):
    options = ["--ring-to", "00968 9123 4567", "--languages", "en", "--mode", "strict"]
    added = ivr("lines", "add", NUMBER, *options, "--json")
    assert added.json["ring_to"] == HOME
    line = Line(number=NUMBER, kind="protected", ring_to=HOME, languages="en", mode="strict")
    assert line in stack.store.lines.all()


@pytest.mark.parametrize(
    ("languages", "says"),
    slow_after(
        1,
        [
            ("ur-ar", "the languages name 'ur', and this deployment offers ar, en: see LANGUAGES"),
            ("ar,en", "the languages are 'ar,en': name one language, or two such as ar-en"),
            ("ar-en-ar", "name one language, or two such as ar-en"),
        ],
    ),
)
def test_a_line_speaks_one_or_two_of_the_languages_that_are_offered(ivr, stack, languages, says):
    assert says in ivr("lines", "add", NUMBER, "--ring-to", HOME, "--languages", languages).refusal


def test_a_line_speaks_the_first_two_unless_told(ivr, stack):
    assert ivr("lines", "add", NUMBER, "--ring-to", HOME, "--json").json["languages"] == "ar-en"


def test_a_report_line_rings_nobody(ivr, stack):
    assert ivr("lines", "add", NUMBER, "--kind", "report").out == f"{NUMBER} is a report line now.\n"
    assert ivr("lines", "add", NUMBER, "--kind", "report", "--ring-to", HOME).refusal


@pytest.mark.parametrize(
    ("why", "arguments"),
    slow_after(
        4,
        [
            ("needs --ring-to", [NUMBER]),
            ("no telephone number", ["12", "--ring-to", HOME]),
            ("no telephone number", [NUMBER, "--ring-to", "anonymous"]),
            ("--foreign", [NUMBER, "--ring-to", "+12025550123"]),
            ("may not be rung", [NUMBER, "--ring-to", "+19005550123", "--foreign"]),
            ("may not be rung", [NUMBER, "--ring-to", "+96890012345"]),
            ("is a line itself", [NUMBER, "--ring-to", demo.PROTECTED_LINE, "--foreign"]),
            ("is a line itself", [NUMBER, "--ring-to", NUMBER, "--foreign"]),
            ("can't be a line too", [demo.CUSTOMER, "--ring-to", HOME]),
            ("is a line already", [demo.PROTECTED_LINE, "--ring-to", HOME]),
            ("'fr'", [NUMBER, "--ring-to", HOME, "--languages", "fr"]),
        ],
    ),
)
def test_a_line_that_would_loop_or_cost_or_replace_is_refused(ivr, stack, why, arguments):
    before = [*stack.store.lines.all()]
    refused = ivr("lines", "add", *arguments)
    assert refused.status == 2
    assert why in refused.err
    assert [*stack.store.lines.all()] == before


def test_a_line_is_changed_only_when_that_is_said(ivr, stack):
    assert ivr("lines", "add", demo.PROTECTED_LINE, "--ring-to", HOME, "--replace").status == 0
    assert next(stack.store.lines.all()).ring_to == HOME


# Callers.


def test_a_decision_is_stored_with_its_note_and_its_last_day(ivr, stack):
    told = ivr("callers", "decide", "1500", "trusted", "--note", "[b]bank", "--until", "2099-12-31")
    assert told.out == "1500 is trusted now, until 2100-01-01 00:00.\n"
    [decision] = [one for one in stack.store.decisions.all() if one.caller == "1500"]
    assert decision.until == datetime(2099, 12, 31, 20, tzinfo=UTC).timestamp()  # midnight in Muscat
    assert "[b]bank" in ivr("callers", "list").out
    [told] = [one for one in ivr("callers", "list", "--json").json if one["caller"] == "1500"]
    assert (told["verdict"], told["note"], told["until"]) == ("trusted", "[b]bank", decision.until)
    assert told["expires"] == decision.until + 90 * 24 * 3600


@pytest.mark.parametrize(
    ("why", "arguments"),
    slow_after(
        4,
        [
            ("withheld", ["anonymous", "blocked", "--note", "x"]),
            ("no telephone number", ["12x", "blocked", "--note", "x"]),
            ("empty", ["", "blocked", "--note", "x"]),
            ("'evil'", [HOME, "evil", "--note", "x"]),
            ("--note", [HOME, "blocked"]),
            ("--note is empty", [HOME, "blocked", "--note", "  "]),
            ("control character", [HOME, "blocked", "--note", "x\x1b[2Jy"]),
            ("--by is empty", [HOME, "blocked", "--note", "x", "--by", ""]),
            ("over", [HOME, "blocked", "--note", "x", "--until", "2020-01-01"]),
            ("write a day", [HOME, "blocked", "--note", "x", "--until", ""]),
            ("write a day", [HOME, "blocked", "--note", "x", "--until", "tomorrow"]),
            ("write a day", [HOME, "blocked", "--note", "x", "--until", "9999-12-31"]),
        ],
    ),
)
def test_a_decision_that_makes_no_sense_is_refused(ivr, stack, why, arguments):
    assert why in ivr("callers", "decide", *arguments).refusal
    assert len([*stack.store.decisions.all()]) == 3


def test_a_decision_may_end_at_a_moment(ivr, stack):
    decided = ivr("callers", "decide", HOME, "flagged", "--note", "x", "--until", "2099-01-01T00:00+00:00", "--json")
    assert decided.json["until"] == datetime(2099, 1, 1, tzinfo=UTC).timestamp()


def test_a_decision_says_who_took_it_and_when(ivr, stack):
    before = int(time.time())
    ivr("callers", "decide", HOME, "flagged", "--note", "x", "--by", "Salma")
    [decision] = [one for one in stack.store.decisions.all() if one.caller == HOME]
    assert decision.decided_by == "Salma"
    assert before <= decision.decided_at <= time.time()
    assert "Salma" in ivr("callers", "list").out


def test_a_decision_is_taken_back_with_who_and_why_and_the_next_call_is_judged_without_it(ivr, stack):
    ivr("callers", "decide", HOME, "blocked", "--note", "a robot", "--by", "Salma")
    assert ivr("explain", HOME, "--line", demo.PROTECTED_LINE, "--json").json["verdict"]["kind"] == "blocked"
    told = ivr("callers", "take-back", HOME, "--note", "it was the school", "--by", "Huda")
    assert told.out == f"{HOME} is blocked no longer.\n"
    assert ivr("explain", HOME, "--line", demo.PROTECTED_LINE, "--json").json["verdict"]["kind"] == "unknown"
    [row] = [line for line in ivr("callers", "list").out.splitlines() if HOME in line]
    for words in ("taken back by Huda", "Salma", "a robot / it was the school", "(over)"):
        assert words in row
    assert "taken back by Huda: it was the school" in ivr("callers", "show", HOME).out
    assert "no decision" in ivr("callers", "take-back", HOME, "--note", "x").err
    [ended] = [one for one in stack.store.decisions.all() if one.caller == HOME]
    assert ended.expires == ended.until + 90 * 24 * 3600  # then it is forgotten


def test_control_characters_are_printed_escaped(ivr, stack):
    stack.store.put(DeskDecision(caller=HOME, verdict="flagged", note="x\x1b[2J\u202ey", until=0))
    listed = ivr("callers", "list").out
    assert "\x1b" not in listed
    assert "\u202e" not in listed
    assert r"x\x1b[2J\u202ey" in listed


# Reports.


def report(at, **more):
    return Report(
        call_sid=f"CA{at}",
        which="screened",
        reference="84072573",
        reported_at=at,
        reporter="ab" * 16,
        expires=0,
        **more,
    )


def test_reports_are_those_of_the_last_two_days_in_words(ivr, stack):
    now = int(time.time())
    stack.store.put(
        report(now, caller=HOME, category="prize", loss="yes", verified=1, counted=1, line=demo.PROTECTED_LINE)
    )
    stack.store.put(report(now - 24 * 3600))
    stack.store.put(report(now - 3 * 24 * 3600))
    listed = ivr("reports", "list").out.splitlines()
    assert len(listed) == 3
    assert "withheld" in listed[1]
    assert all(words in listed[2] for words in (HOME, "a prize", "something lost", "yes", "abababab"))
    assert len(ivr("reports", "list", "--days", "4").out.splitlines()) == 4


def test_the_reports_of_a_day_for_a_program(ivr, stack):
    stack.store.put(report(1_795_000_000, verified=1))
    [found] = ivr("reports", "list", "--day", "2026-11-18", "--json").json
    assert found["reported"] == "2026-11-18T11:06:40Z"
    assert found["verified"] is True
    assert ivr("reports", "list", "--day", "2026-11-19", "--json").json == []
    assert ivr("reports", "list", "--day", "2026-11-19").out == "Nothing was reported in that time.\n"


def test_a_day_is_one_of_the_deployments_time_zone(ivr, stack):
    """Muscat is four hours before UTC: what was reported there after midnight is of the new day."""
    after_midnight = int(datetime(2026, 11, 17, 20, 30, tzinfo=UTC).timestamp())
    stack.store.put(report(after_midnight))
    assert "2026-11-18 00:30" in ivr("reports", "list", "--day", "2026-11-18").out
    assert ivr("reports", "list", "--day", "2026-11-17", "--json").json == []
    assert ivr("reports", "list", "--day", "2026-11-19", "--json").json == []


def test_a_withdrawn_report_is_shown_as_such(ivr, stack):
    stack.store.put(report(1_795_000_000, verified=1, withdrawn=1))
    stack.store.put(report(1_795_000_001, verified=1, counted=1))
    stack.store.put(report(1_795_000_002, counted=0))
    rows = ivr("reports", "list", "--day", "2026-11-18").out.splitlines()[1:]
    assert ["withdrawn" in row for row in rows] == [True, False, False]


@pytest.mark.parametrize(
    "arguments",
    slow_after(
        2,
        [
            ["--day", "yesterday"],
            ["--day", ""],
            ["--days", "0"],
            ["--days", "x"],
            ["--day", "2026-11-18", "--days", "3"],
        ],
    ),
)
@pytest.mark.parametrize("command", ["reports", "messages"])
def test_an_invalid_day_is_refused(ivr, stack, command, arguments):
    assert ivr(command, "list", *arguments).refusal


# Explain.


@pytest.mark.slow
@pytest.mark.parametrize(
    ("caller", "kind", "reason", "way"),
    slow_after(
        5,
        [
            (demo.TRUSTED, "trusted", "desk_trusted", "ring"),
            (demo.FLAGGED, "flagged", "desk_flagged", "flagged"),
            (demo.BLOCKED, "blocked", "desk_blocked", "blocked"),
            (demo.CARE, "flagged", "impersonation", "flagged"),
            ("1500", "flagged", "impersonation", "flagged"),
            (HOME, "unknown", "unknown", "unknown"),
            ("91234567", "unknown", "unknown", "unknown"),
            ("anonymous", "unknown", "withheld", "unknown"),
            ("sip:alice@example.com", "unknown", "withheld", "unknown"),
            (demo.CUSTOMER, "unknown", "unknown", "report_line"),
            (demo.REPORT_LINE, "unknown", "unknown", "loop"),
        ],
    ),
)
def test_explain_gives_the_verdict_and_the_routing(ivr, stack, caller, kind, reason, way):
    told = ivr("explain", caller, "--line", demo.PROTECTED_LINE, "--json").json
    assert (told["verdict"]["kind"], told["verdict"]["reason"], told["way"]) == (kind, reason, way)
    assert told["found"]["line"]["number"] == demo.PROTECTED_LINE


def test_explain_lists_each_rule_that_holds_and_what_was_found(ivr, stack):
    stack.store.put(PrefixRule(prefix="+1303", verdict="blocked", note="the whole block"))
    options = ["--line", demo.PROTECTED_LINE, "--stir", "TN-Validation-Failed-C", "--spam"]
    told = ivr("explain", demo.TRUSTED, *options).out
    assert told.startswith("+13035550121 calls +12025550100: flagged, rule 3 (spoofed)\nThe caller hears the fraud")
    assert [line.split()[0] for line in told.split("\n\n")[1].splitlines()] == ["Rule", "3", "5", "8", "9", "13"]
    assert "caller-id attestation failed" in told
    assert "the whole block" in told.split("\n\n")[2]


SPAM = '{"status":"successful","results":{"nomorobo_spamscore":{"status":"successful","result":{"score":1}}}}'


@pytest.mark.parametrize(
    ("parameter", "reason", "way"),
    slow_after(
        2,
        [
            ("StirVerstat=TN-Validation-Failed-A", "spoofed", "flagged"),
            (f"AddOns={SPAM}", "spam_score", "flagged"),
            (f"ForwardedFrom={demo.CUSTOMER}", "unknown", "loop"),
            ("CallerCity=SALALAH", "unknown", "unknown"),
        ],
    ),
)
def test_explain_reads_a_parameter_as_a_webhook_brings_it(ivr, stack, parameter, reason, way):
    told = ivr("explain", "+96891234567", "--line", demo.PROTECTED_LINE, "--param", parameter, "--json").json
    assert (told["verdict"]["reason"], told["way"]) == (reason, way)


def test_explain_refuses_a_parameter_without_a_value(ivr, stack):
    told = ivr("explain", "+96891234567", "--line", demo.PROTECTED_LINE, "--param", "AddOns")
    assert told.refusal == "ivr: --param is 'AddOns': write it as NAME=VALUE\n"


def test_explain_tells_times_and_sums_as_people_read_them(ivr, stack):
    until = int(datetime(2099, 1, 1, tzinfo=UTC).timestamp())
    stack.store.put(DeskDecision(caller=HOME, verdict="flagged", note="x", until=until))
    stack.store.put(Reputation(caller=HOME, revision=1, as_of=1_795_000_000, spam=2_500_000, live=3, expires=until))
    told = ivr("explain", HOME, "--line", demo.PROTECTED_LINE).out
    assert "until 2099-01-01 04:00" in told
    assert "as of 2026-11-18 15:06" in told
    assert "spam 2.50" in told
    assert str(until) not in told


def test_explain_sees_a_call_that_was_forwarded_to_us(ivr, stack):
    options = ["--line", demo.PROTECTED_LINE, "--forwarded-from", demo.CUSTOMER]
    assert "refused as busy" in ivr("explain", HOME, *options).out


@pytest.mark.parametrize(
    "arguments", slow_after(1, [["12x", "--line", demo.PROTECTED_LINE], [HOME, "--line", "12"], [HOME]])
)
def test_explain_refuses_an_invalid_number(ivr, stack, arguments):
    assert ivr("explain", *arguments).refusal


# Rules by prefix, and lines that go.


def test_a_rule_is_added_changed_listed_and_removed(ivr, stack):
    told = ivr("rules", "add", "+968 90", "flagged", "--note", "rings once", "--by", "Salma")
    assert told.out == "Numbers that begin with +96890 are flagged now, for ever.\n"
    assert "--replace" in ivr("rules", "add", "+96890", "blocked", "--note", "x").refusal
    changed = ivr("rules", "add", "+96890", "blocked", "--note", "worse", "--replace", "--by", "Huda", "--json").json
    assert (changed["verdict"], changed["decided_by"]) == ("blocked", "Huda")
    assert "worse" in ivr("rules", "list").out
    assert [one["prefix"] for one in ivr("rules", "list", "--json").json] == ["+96890"]
    assert ivr("rules", "remove", "+96890", "--note", "over").out == "The rule is removed.\n"
    assert ivr("rules", "list").out == "The desk has no rule for a prefix.\n"
    assert "`ivr rules list`" in ivr("rules", "remove", "+96890", "--note", "x").refusal


def test_a_rule_for_a_whole_country_is_meant(ivr, stack):
    assert "--whole-country" in ivr("rules", "add", "+971", "flagged", "--note", "x").refusal
    assert ivr("rules", "add", "+971", "flagged", "--note", "x", "--whole-country").status == 0


def test_a_line_is_removed_when_it_is_said_what_becomes_of_it(ivr, stack):
    assert "--forget or --keep" in ivr("lines", "remove", demo.PROTECTED_LINE, "--note", "x").refusal
    assert "report line" in ivr("lines", "remove", demo.PROTECTED_LINE, "--note", "cancelled", "--forget").out
    assert demo.PROTECTED_LINE not in ivr("lines", "list").out
    assert "`ivr lines list`" in ivr("lines", "remove", demo.PROTECTED_LINE, "--note", "x", "--keep").refusal


def test_days_are_named_in_one_way(ivr, stack):
    assert "--day and --days exclude each other" in ivr("reports", "list", "--day", "2026-11-18", "--days", "2").refusal
