"""The desk's commands on reports: references, the arithmetic, disputes, clearings, dossiers."""

import io
import json
import time
from dataclasses import replace
from pathlib import Path

import pytest
import requests

from infra.local import demo, stackfile
from infra.local.stack import Stack
from ivr.numbers import phone_number
from ivr.pseudonym import pseudonym
from ivr.reports import Report
from ivr.reputation.disputes import Dispute
from ivr.reputation.items import aftermath_key, block_key, campaign_key, familiar_key, members_in, members_key
from ivr.reputation.projections import TallyChange
from ivr.screening.caller_list import ListEntry
from ivr.screening.line import Line
from ivr.store.attributes import typed
from ivr.store.forgetting import kinds
from tests.cli.conftest import typing
from tests.reputation.item_kinds import every_kind

STRANGER = "+96891234567"
LINES = {f"+120255501{n}": f"+120255502{n}" for n in range(60, 65)}


@pytest.fixture(scope="module")
def after_four_reports(shared_databases, tmp_path_factory):
    """Four customers reported one number in four calls; the references they were told, and what the table holds."""
    stack_file = tmp_path_factory.mktemp("reported") / "stack.json"
    with Stack({}, log=io.StringIO(), database=shared_databases.one()) as stack:
        stackfile.write(stack.running, stack_file)
        for line, customer in LINES.items():
            stack.store.put(Line(number=line, kind="protected", ring_to=customer))
        calls = [
            typing(stack_file)("call", "--from", STRANGER, "--to", line, "--keys", "check 9 1 2", "--json")
            for line in list(LINES)[:4]
        ]
        settle(stack)
        items = stack.store.table.client.scan(TableName=stack.store.table.name)["Items"]
    return [call.json["reports"][0]["reference"] for call in calls], items


@pytest.fixture
def reported(after_four_reports, stack):
    """The references of these reports, in a stack that holds again what the table held."""
    references, items = after_four_reports
    puts = [{"Put": {"TableName": stack.store.table.name, "Item": item}} for item in items]
    stack.store.table.client.transact_write_items(TransactItems=puts)  # at once: the stream finds it done
    settle(stack)
    return references


def settle(stack):
    """Wait until all that was written so far was followed."""
    told = requests.get(f"{stack.address}/settled", timeout=30).json()
    assert told == {"settled": True, "put_off": 0}


def test_explain_shows_the_arithmetic(reported, ivr):
    told = ivr("explain", STRANGER, "--line", "+12025550164").out
    assert "flagged, rule 6 (reported)" in told
    assert "4 people reported it" in told
    assert "0.51" in told
    assert "over the threshold of 0.45" in told


@pytest.mark.slow
def test_explain_counts_a_reporter_once_and_shows_the_faded_weight(ivr, stack):
    ivr("call", "--from", STRANGER, "--to", demo.PROTECTED_LINE, "--keys", "check 9 1 2")
    settle(stack)
    told = ivr("explain", STRANGER, "--line", demo.PROTECTED_LINE).out
    assert "Reputation: 1 person reported it; 100 % of what was said is left" in told


def test_a_reference_is_found_and_a_mistyped_one_is_refused(reported, ivr):
    assert "a prize; nothing lost (counts: yes" in ivr("reports", "show", reported[0]).out
    [found] = ivr("reports", "show", reported[0], "--json").json
    assert found["caller"] == STRANGER
    wrong = reported[0][:-1] + str((int(reported[0][-1]) + 1) % 10)
    assert "is no reference" in ivr("reports", "show", wrong).refusal


def test_a_cleared_caller_is_no_longer_flagged(reported, ivr, stack):
    assert "is open" in ivr("callers", "dispute", STRANGER, "--note", "a florist").out
    assert "cleared" in ivr("callers", "clear", STRANGER, "--note", "seen the licence").out
    settle(stack)
    assert stack.store.reputations.get(STRANGER).live == 0
    assert "rule 13" in ivr("explain", STRANGER, "--line", "+12025550164").out
    [dispute] = ivr("callers", "disputes", "--json").json
    assert (dispute["state"], dispute["resolution"]) == ("cleared", "seen the licence")


def test_a_kept_caller_stays_flagged(reported, ivr):
    ivr("callers", "dispute", STRANGER, "--note", "a florist")
    assert "kept" in ivr("callers", "keep", STRANGER, "--note", "no licence").out
    assert "rule 6" in ivr("explain", STRANGER, "--line", "+12025550164").out


def test_a_later_note_is_kept_beside_the_earlier_one(stack, ivr):
    for note in ("a florist", "has shown the licence"):
        assert "is open" in ivr("callers", "dispute", STRANGER, "--note", note).out
    [dispute] = ivr("callers", "disputes", "--json").json
    assert dispute["note"] == "a florist; has shown the licence"
    ivr("callers", "keep", STRANGER, "--note", "forged")
    ivr("callers", "dispute", STRANGER, "--note", "asks again")
    [dispute] = ivr("callers", "disputes", "--json").json
    assert (dispute["state"], dispute["note"], dispute["resolution"]) == ("open", "asks again", "")


def test_a_callers_dispute_stays_theirs_when_the_desk_adds_a_note(stack, ivr):
    opened = Dispute(caller=STRANGER, opened_at=1_700_000_000, source="CA1", expires=int(time.time()) + 9_999)
    stack.store.put(opened)
    ivr("callers", "dispute", STRANGER, "--note", "a florist")
    assert stack.store.disputes.get(STRANGER) == replace(opened, note="a florist")


def test_a_cleared_number_is_not_shown_as_kept_after_a_late_note(stack, ivr):
    ivr("callers", "dispute", STRANGER, "--note", "a florist")
    ivr("callers", "clear", STRANGER, "--note", "seen the licence")
    assert "is cleared already" in ivr("callers", "keep", STRANGER, "--note", "forged").refusal
    [dispute] = ivr("callers", "disputes", "--json").json
    assert (dispute["state"], dispute["resolution"]) == ("cleared", "seen the licence")


def test_only_a_dispute_can_be_kept(stack, ivr):
    assert "no dispute" in ivr("callers", "keep", STRANGER, "--note", "x").refusal
    assert "withheld" in ivr("callers", "dispute", "anonymous", "--note", "x").refusal


@pytest.mark.slow
def test_a_dossier_is_written_as_pdf_and_json(reported, ivr, tmp_path):
    told = ivr("reports", "dossier", reported[0], "--to", str(tmp_path / "out")).out
    assert reported[0] in told
    assert (tmp_path / "out" / f"dossier-{reported[0]}.pdf").read_bytes().startswith(b"%PDF")
    assert {file.stat().st_mode & 0o777 for file in (tmp_path / "out").iterdir()} == {0o600}
    facts = json.loads((tmp_path / "out" / f"dossier-{reported[0]}.json").read_text("utf-8"))
    assert STRANGER in json.dumps(facts)


def test_a_dossier_that_can_not_be_written_is_one_line(reported, ivr, tmp_path):
    (tmp_path / "file").write_text("in the way")
    for to in (tmp_path / "file" / "below", Path("/proc/nowhere")):
        refused = ivr("reports", "dossier", reported[0], "--to", str(to))
        assert refused.status == 2
        assert refused.err.count("\n") == 1
        assert str(to) in refused.err


def test_the_pseudonym_of_a_dossier_is_confirmed_for_a_number_as_the_dossier_promises(reported, ivr):
    customers = [f"+1202555026{n}" for n in range(4)]
    said = [ivr("reports", "confirm", reported[0], number).out for number in customers]
    assert sum("is this number's" in one for one in said) == 1
    assert sum("is another number's" in one for one in said) == 3
    assert "no telephone number" in ivr("reports", "confirm", reported[0], "12").refusal


@pytest.mark.slow  # each on a stack with four reports; tests/desk and tests/reputation forget quickly
class TestForgetting:
    def test_every_item_of_a_caller_is_removed(self, reported, ivr, stack):
        removed = ivr("forget", STRANGER, "--json", "--yes").json["removed"]
        assert removed["calls"] == removed["reports"] == removed["evidence"] == 4
        assert removed["reputation"] == 1
        assert removed["places in blocks of numbers"] == 2
        settle(stack)
        assert ivr("forget", STRANGER, "--yes").out == "Nothing is held about this number.\n"
        assert "rule 13" in ivr("explain", STRANGER, "--line", "+12025550164").out
        everything = json.dumps(stack.store.table.client.scan(TableName=stack.store.table.name)["Items"])
        assert STRANGER not in everything

    def test_the_neighbours_stay_in_their_block(self, ivr, stack):
        put_block(stack, STRANGER[:-1], STRANGER[-1], "3")
        put_block(stack, STRANGER[:-2], STRANGER[-2:], "99")
        assert ivr("forget", STRANGER, "--json", "--yes").json["removed"] == {"places in blocks of numbers": 2}
        assert members(stack, STRANGER[:-1]) == {"m3"}
        assert members(stack, STRANGER[:-2]) == {"m99"}

    def test_a_block_whose_digits_are_also_a_number_stays(self, ivr, stack):
        """Numbers differ in length: a number without its last digit may be another person's."""
        put_block(stack, "+4930123456", "1")
        assert ivr("forget", "+4930123456", "--yes").out == "Nothing is held about this number.\n"
        assert members(stack, "+4930123456") == {"m1"}

    def test_a_forgotten_customers_reports_no_longer_count(self, reported, ivr, stack):
        told = ivr("forget", "+12025550260", "--yes").out
        assert "still rung by a line" in told
        assert stack.store.reputations.get(STRANGER).live == 3
        assert stack.store.lines.recent("+12025550160", 0)

    def test_an_opt_out_stays_while_a_line_rings_the_customer(self, ivr, stack):
        opt_outs = stack.store.opt_outs
        person = pseudonym(demo.CUSTOMER, stack.settings.hmac_key)
        opt_outs.begin(person, 1)
        assert "opt-out from SMS stays" in ivr("forget", demo.CUSTOMER, "--yes").out
        assert opt_outs.is_opted_out(person)
        removed = ivr("forget", demo.CUSTOMER, "--unregister", "--json", "--yes").json["removed"]
        assert removed == {"registrations of lines": 1, "opt-outs from SMS": 1}
        assert not opt_outs.is_opted_out(person)

    @pytest.fixture
    def known_callers(self, stack):
        """A line that knows its callers: one trusted, one blocked, one familiar, one who rang it and others."""
        line, other = "+12025550160", "+12025550161"
        store = stack.store
        for number, customer in ((line, "+12025550260"), (other, "+12025550261")):
            store.put(Line(number=number, kind="protected", ring_to=customer))
        store.put(ListEntry(line=line, caller=STRANGER, word="allow", at=1))
        store.put(ListEntry(line=line, caller="+96891234568", word="block", at=1))
        now = int(time.time())
        for day in ("2026-11-01", "2026-11-02"):
            store.projections.store(TallyChange(familiar_key(line, STRANGER), "talk_days", now, day))
        store.projections.store(TallyChange(aftermath_key(line), "shaken_at", now))
        for rung in (line, other):
            store.projections.store(TallyChange(campaign_key(STRANGER, now), "lines", now, rung))
        return line, other

    def is_known(self, stack, line):
        looked = stack.store.look_up(line, phone_number.read(STRANGER, "OM"), int(time.time()))
        return looked.listed, looked.talk_days, looked.shaken_at, line in looked.campaign_lines

    def test_the_next_owner_of_a_line_inherits_nothing(self, known_callers, stack, ivr):
        line, other = known_callers
        removed = ivr("forget", "+12025550260", "--unregister", "--json", "--yes").json["removed"]
        assert removed["entries in customers' lists"] == 2
        ivr("lines", "add", line, "--ring-to", "+12025550262", "--foreign")
        assert self.is_known(stack, line) == (None, frozenset(), 0, False)
        told = ivr("explain", STRANGER, "--line", line).out
        assert "unknown, rule 13" in told
        campaign = stack.store.look_up(other, phone_number.read(STRANGER, "OM"), int(time.time())).campaign_lines
        assert campaign == {other}

    def test_the_next_owner_inherits_nothing_after_an_immediate_change(self, known_callers, stack, ivr):
        line, _ = known_callers
        ivr("lines", "add", line, "--ring-to", "+12025550262", "--foreign", "--replace")
        assert self.is_known(stack, line)[:3] == (None, frozenset(), 0)

    def test_a_change_of_mode_keeps_what_the_line_knows(self, known_callers, stack, ivr):
        line, _ = known_callers
        ivr("lines", "add", line, "--ring-to", "+12025550260", "--foreign", "--replace", "--mode", "strict")
        assert self.is_known(stack, line)[0].word == "allow"

    def test_nothing_is_removed_without_confirmation(self, reported, ivr):
        refused = ivr("forget", STRANGER, typed="n\n")
        assert "calls: 4" in refused.err
        assert "Remove it for good?" in refused.err
        assert refused.err.endswith("ivr: stopped\n")
        assert ivr("forget", STRANGER, "--dry-run", "--json").json["removed"]["calls"] == 4
        assert "add --yes" in ivr("forget", STRANGER, "--json").err  # a program is asked nothing
        assert ivr("forget", STRANGER, typed="y\n").status == 0
        assert ivr("forget", STRANGER, "--dry-run", "--json").json["removed"] == {}

    def test_a_dry_run_removes_nothing(self, reported, ivr):
        first = ivr("forget", STRANGER, "--dry-run", "--json").json["removed"]
        assert first["calls"] == 4
        assert ivr("forget", STRANGER, "--dry-run", "--json").json["removed"] == first

    def test_without_the_deployments_key_forgetting_is_refused(self, stack, ivr, monkeypatch):
        """Under a key of its own choice it would find nobody, and say that nothing is held."""
        monkeypatch.setenv("AWS_ENDPOINT_URL", stack.database.address)
        monkeypatch.setenv("AWS_REGION", stack.region)
        monkeypatch.setenv("HOME_REGION", "OM")
        monkeypatch.setenv("EXTRA_NUMBER_RANGES", "")
        assert "HMAC_KEY_PARAMETER" in ivr("--table", stack.store.table.name, "forget", STRANGER).refusal


def put_block(stack, block, *members):
    key = block_key(block)
    standing = typed({"as_of": 1, "spam": 4_000_000, "legit": 0, "revision": 1})
    item = {"pk": typed(key.pk), "sk": typed(key.sk), **{f"m{digits}": standing for digits in members}}
    stack.store.table.client.put_item(TableName=stack.store.table.name, Item=item)


def members(stack, block):
    items = [stack.store.table.get(key(block)) or {} for key in (block_key, members_key)]
    return {name for item in items for name in members_in(item)}


@pytest.mark.parametrize(("kind", "key"), every_kind().items())
def test_every_kind_of_item_has_a_word(kind, key):
    [word] = kinds([key._asdict()])
    assert word != kind


def test_a_report_on_a_forged_call_is_listed_with_the_reason_it_does_not_count(stack, ivr):
    forged = Report(
        call_sid="CA" + "5" * 32,
        which="screened",
        reference="55555552",
        reported_at=int(time.time()),
        reporter="5" * 32,
        expires=int(time.time()) + 3600,
        verified=1,
        uncounted="spoofed",
        caller="+96824123456",
        line="+12025550169",
        verdict="flagged",
        reason="spoofed",
    )
    stack.store.put(forged)
    assert "no: the number shown was spoofed" in ivr("reports", "list").out
    [found] = [one for one in ivr("reports", "list", "--json").json if one["reference"] == forged.reference]
    assert (found["verified"], found["counted"], found["uncounted"]) == (True, 0, "spoofed")


def test_explain_says_whether_a_report_would_count(stack, ivr):
    asked = ("explain", "+96824123456", "--line", "+12025550100")
    told = ivr(*asked, "--stir", "TN-Validation-Failed-A").out
    assert "would not count against the number: the number shown was spoofed; it would block nobody" in told
    assert "would count against the number; it would block the number on this line" in ivr(*asked).out
    assert ivr(*asked, "--json").json["if_reported"] == {"uncounted": "", "blocks": True}
    assert "it would block nobody" in ivr("explain", "+13035550121", "--line", "+12025550100").out
