"""What the desk sees and decides once reports count: references, the arithmetic, disputes, clearings, dossiers."""

import json
import time

import pytest

from ivr.records import Line

STRANGER = "+96891234567"
LINES = {f"+120255501{n}": f"+120255502{n}" for n in range(60, 65)}


@pytest.fixture
def reported(stack, ivr):
    """Four customers reported one number in four calls; the references they were told."""
    told = []
    for line, customer in LINES.items():
        stack.store.put(Line(number=line, kind="protected", ring_to=customer))
    for line in list(LINES)[:4]:
        call = ivr("call", "--from", STRANGER, "--to", line, "--keys", "check 9 1 2", "--json")
        told.append(call.json["reports"][0]["reference"])
    wait_until(lambda: (found := stack.store.reputation(STRANGER)) and found.live == 4)
    return told


def wait_until(holds):
    for _ in range(100):
        if holds():
            return
        time.sleep(0.1)
    raise AssertionError("the stream was not followed in ten seconds")


def test_explain_shows_the_arithmetic(reported, ivr):
    told = ivr("explain", STRANGER, "--line", "+12025550164").out
    assert "flagged, rule 6 (reported)" in told
    assert "4 people testify" in told
    assert "0.51" in told
    assert "over the threshold of 0.45" in told


def test_a_reference_is_found_again_and_a_mistyped_one_is_noticed(reported, ivr):
    assert "a prize; nothing lost (counted" in ivr("reports", "show", reported[0]).out
    [found] = ivr("reports", "show", reported[0], "--json").json
    assert found["caller"] == STRANGER
    wrong = reported[0][:-1] + str((int(reported[0][-1]) + 1) % 10)
    assert "is no reference" in ivr("reports", "show", wrong).refusal


def test_a_cleared_caller_is_flagged_no_more(reported, ivr, stack):
    assert "is open" in ivr("callers", "dispute", STRANGER, "--note", "a florist").out
    assert "cleared" in ivr("callers", "clear", STRANGER, "--note", "seen the licence").out
    wait_until(lambda: stack.store.reputation(STRANGER).live == 0)
    assert "rule 13" in ivr("explain", STRANGER, "--line", "+12025550164").out
    [dispute] = ivr("callers", "disputes", "--json").json
    assert (dispute["state"], dispute["resolution"]) == ("cleared", "seen the licence")


def test_a_kept_caller_stays_flagged(reported, ivr):
    ivr("callers", "dispute", STRANGER, "--note", "a florist")
    assert "kept" in ivr("callers", "keep", STRANGER, "--note", "no licence").out
    assert "rule 6" in ivr("explain", STRANGER, "--line", "+12025550164").out


def test_only_a_dispute_can_be_kept(stack, ivr):
    assert "no dispute" in ivr("callers", "keep", STRANGER, "--note", "x").refusal
    assert "withheld" in ivr("callers", "dispute", "anonymous", "--note", "x").refusal


def test_a_dossier_is_written_as_pdf_and_json(reported, ivr, tmp_path):
    told = ivr("reports", "dossier", reported[0], "--to", str(tmp_path / "out")).out
    assert reported[0] in told
    assert (tmp_path / "out" / f"dossier-{reported[0]}.pdf").read_bytes().startswith(b"%PDF")
    facts = json.loads((tmp_path / "out" / f"dossier-{reported[0]}.json").read_text("utf-8"))
    assert STRANGER in json.dumps(facts)


class TestForgetting:
    def test_a_caller_is_forgotten_whole(self, reported, ivr, stack):
        removed = ivr("forget", STRANGER, "--json").json["removed"]
        assert removed["calls"] == removed["reports"] == removed["evidence"] == 4
        assert removed["reputation"] == 1
        wait_until(lambda: ivr("forget", STRANGER).out.startswith("Nothing is held"))  # after what was in the stream
        assert "rule 13" in ivr("explain", STRANGER, "--line", "+12025550164").out

    def test_a_customer_is_forgotten_and_what_they_said_counts_no_longer(self, reported, ivr, stack):
        told = ivr("forget", "+12025550260").out
        assert "still rung by a line" in told
        assert stack.store.reputation(STRANGER).live == 3
        assert stack.store.line("+12025550160", 0)

    def test_a_dry_run_removes_nothing(self, reported, ivr):
        first = ivr("forget", STRANGER, "--dry-run", "--json").json["removed"]
        assert ivr("forget", STRANGER, "--dry-run", "--json").json["removed"] == first
