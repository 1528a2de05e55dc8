"""The desk as a web page would use it: data, and refusals with a code, without the command line."""

import subprocess
import sys
from pathlib import Path

import pytest

from infra.cli.refusals import REMEDIES, in_words
from infra.local import demo
from ivr.desk import Code, Context, DeskError, calls, decisions, disputes, explanation, lines, reports
from ivr.desk.actor import Actor
from ivr.settings import Settings
from ivr.store.desk import Desk
from tests.conftest import ENVIRONMENT

ROOT = Path(__file__).resolve().parents[2]
SALMA, OMAR = Actor("Salma"), Actor("Omar")
CALLER, LINE, HOME = "+96891234567", "+12025550170", "+96892223344"


@pytest.fixture
def announced():
    return []


@pytest.fixture
def context(store, announced):
    desk = Desk(store.table.name, store.table.client)
    return Context(desk, Settings.from_environment(ENVIRONMENT), lambda: announced.append("a change"))


def refused(code):
    """What the desk refuses with this code."""
    return pytest.raises(DeskError, check=lambda error: error.code == code)


def test_the_desk_loads_no_command_line():
    names = sorted(path.stem for path in (ROOT / "ivr" / "desk").glob("*.py") if path.stem != "__init__")
    assert "decisions" in names
    program = "import sys, " + ", ".join(f"ivr.desk.{name}" for name in names) + "; print('\\n'.join(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not {"click", "rich", "infra", "fpdf"} & set(loaded.stdout.split())


def test_a_decision_changes_what_a_call_would_meet_until_it_is_taken_back(context):
    before = explanation.explain(context, CALLER, demo.PROTECTED_LINE).judgement
    decided = decisions.decide(context, CALLER, "blocked", note=" told us so ", by=SALMA)
    assert (decided.note, decided.decided_by, decided.until) == ("told us so", "Salma", 0)
    blocked = explanation.explain(context, "00968 9123 4567", demo.PROTECTED_LINE)
    assert blocked.judgement.verdict.reason == "desk_blocked"
    assert not blocked.can_be_reported  # nobody is rung
    ended = decisions.take_back(context, CALLER, note="a mistake", by=OMAR)
    assert (ended.ended_by, ended.ended_because) == ("Omar", "a mistake")
    assert explanation.explain(context, CALLER, demo.PROTECTED_LINE).judgement.verdict == before.verdict
    with refused(Code.NOT_IN_FORCE):
        decisions.take_back(context, CALLER, note="once more", by=OMAR)
    assert ended in decisions.decisions(context)  # while it is kept


def test_a_refused_change_is_not_announced(context, announced):
    with refused(Code.WITHHELD):
        decisions.decide(context, "anonymous", "blocked", note="x", by=SALMA)
    with refused(Code.OVER):
        decisions.decide(context, CALLER, "blocked", note="x", by=SALMA, until="2020-01-01")
    with refused(Code.NO_MOMENT):
        decisions.decide(context, CALLER, "blocked", note="x", by=SALMA, until="tomorrow")
    with refused(Code.NOTE):
        decisions.decide(context, CALLER, "blocked", note=" ", by=SALMA)
    with refused(Code.NO_DISPUTE):
        disputes.keep(context, CALLER, note="x", by=SALMA)
    with refused(Code.RINGS_NOBODY):
        lines.register(context, LINE, kind="protected", ring_to="", languages="", mode="standard", by=SALMA)
    assert announced == []


def test_a_dispute_gathers_notes_and_a_cleared_one_cannot_be_kept(context):
    disputes.open_dispute(context, CALLER, "a bakery", by=SALMA)
    assert disputes.open_dispute(context, CALLER, "with a licence", by=SALMA).note == "a bakery; with a licence"
    assert disputes.clear(context, CALLER, note="seen the licence", by=SALMA).state == "cleared"
    with refused(Code.CLEARED):
        disputes.keep(context, CALLER, note="x", by=SALMA)


def test_a_line_is_registered_once_and_changed_on_purpose(context, announced):
    def register(ring_to, **more):
        return lines.register(
            context, LINE, kind="protected", ring_to=ring_to, languages="", mode="strict", by=SALMA, **more
        )

    assert register(HOME).ring_to == HOME
    with refused(Code.KNOWN_LINE):
        register(CALLER)
    assert register(CALLER, changes=True).ring_to == CALLER
    assert [one.ring_to for one in lines.lines(context) if one.number == LINE] == [CALLER]
    assert len(announced) == 2


def test_an_unknown_subject_is_refused_with_a_code(context):
    with refused(Code.NO_REFERENCE):
        reports.by_reference(context, "12345678")
    assert calls.file(context, "CA" + "0" * 32).is_empty


def test_a_command_adds_what_can_be_typed(context):
    with pytest.raises(DeskError) as refusal:
        decisions.take_back(context, CALLER, note="x", by=SALMA)
    assert refusal.value.sentence == f"no decision about {CALLER} is in force"
    assert in_words(refusal.value) == f"no decision about {CALLER} is in force: look at `ivr callers list`"
    assert set(REMEDIES) <= set(Code)
