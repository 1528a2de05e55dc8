"""mypy, pages and diagrams use what an action declares beside its code."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Literal, get_args, get_type_hints

import pytest

from ivr import actions
from ivr.actions import declared, registry
from ivr.call_session import CallSession
from ivr.flow.engine import STORE_DOWN, ActionCall, ActionResult
from ivr.flow.page import PageError
from ivr.flow.pages import BOOK
from ivr.flow.state import State
from ivr.observability.log import Log
from ivr.secrets import SecretUnavailableError
from ivr.settings import Settings
from ivr.telephony.webhook import Webhook
from tests.conftest import ENVIRONMENT, NOW

PREFERENCES = Path(actions.__file__).with_name("sms_preferences.py")
TYPES = {"ActionCall": ActionCall, "Webhook": Webhook}


def test_pages_and_actions_agree():
    assert BOOK.action_faults(registry.results()) == []


def test_the_start_refuses_pages_and_actions_that_differ(monkeypatch):
    found = declared.DECLARED["send_texts"]
    monkeypatch.setitem(declared.DECLARED, "send_texts", found._replace(results=("resumed",)))
    with pytest.raises(PageError) as refused:
        CallSession(BOOK, Settings.from_environment(ENVIRONMENT), actions=None)
    assert str(refused.value) == (
        "choices:send_texts: the action 'send_texts' never has the result 'sent'; "
        "choices:send_texts: the action 'send_texts' may have the result 'resumed', and no exit is for it"
    )


@pytest.mark.no_cover
def test_mypy_refuses_a_result_that_the_action_did_not_declare(tmp_path):
    """``make check`` would say it of the file itself: here one result is changed in a copy."""
    changed = tmp_path / "changed.py"
    text = PREFERENCES.read_text(encoding="utf-8")
    assert 'return ActionResult("sent")' in text
    changed.write_text(text.replace('return ActionResult("sent")', 'return ActionResult("resumed")'), encoding="utf-8")
    mypy = [sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent", str(changed)]
    ran = subprocess.run(mypy, capture_output=True, text=True, check=False, cwd=PREFERENCES.parents[2])
    assert ran.returncode == 1
    assert "Literal['resumed']" in ran.stdout
    assert "Found 1 error" in ran.stdout


def test_the_results_read_from_the_source_are_those_of_the_type():
    for method in declared_methods():
        declaration = declared._BY_METHOD[method.__qualname__]
        module = sys.modules[method.__module__]
        hints = get_type_hints(method, {**vars(module), **TYPES})
        (literal,) = get_args(hints["return"])
        assert declaration.results == tuple(result for result in get_args(literal) if result != STORE_DOWN), (
            declaration.name
        )


def declared_methods():
    classes = (one for name, one in vars(registry).items() if name.endswith("Actions") and name != "Actions")
    methods = [method for one in classes for method in vars(one).values() if hasattr(method, "__qualname__")]
    found = [method for method in methods if method.__qualname__ in declared._BY_METHOD]
    assert len(found) == len(declared.DECLARED) > 40
    return found


def without_results() -> ActionResult[str]: ...


def with_other_text() -> Literal["stored"]: ...


def with_nothing(): ...


def with_results_or_none() -> ActionResult[Literal["stored"]] | None: ...


@pytest.mark.parametrize("method", [without_results, with_other_text, with_nothing, with_results_or_none])
def test_an_action_without_results_is_refused_as_it_is_declared(method):
    with pytest.raises(TypeError, match=f"{method.__name__}: its return type must be ActionResult"):
        declared.action("greet", "Somebody is greeted.")(method)
    assert "greet" not in declared.DECLARED


def test_a_name_is_taken_once():
    with pytest.raises(TypeError, match="two actions are called 'screen'"):
        declared.action("screen", "Looks up the caller again.")(without_results)


def test_the_start_refuses_an_action_that_no_object_performs(monkeypatch):
    """Such as one whose class the registry forgets: its page would fail in a call."""
    monkeypatch.setitem(declared.DECLARED, "greet", declared.DECLARED["screen"]._replace(name="greet"))
    with pytest.raises(TypeError, match="no object here performs the declared actions greet"):
        registry.Actions(Settings.from_environment(ENVIRONMENT), hmac_key=None, api=None, store=None, log=None)


def test_every_action_has_a_sentence_for_the_diagrams():
    for declaration in declared.DECLARED.values():
        assert declaration.sentence.endswith("."), declaration.name


def test_an_action_that_lacks_the_key_is_logged_and_leaves_as_if_the_table_were_down(store, caplog):
    def refused():
        raise SecretUnavailableError("/call-screening/hmac-key", "AccessDeniedException")

    performing = registry.Actions(
        Settings.from_environment(ENVIRONMENT), refused, api=None, store=store, log=Log("INFO")
    )
    webhook = Webhook("/voice/report_line/typed", "", NOW, "CA1", "CA1", caller="+96892223344", called="+12025550199")
    asked = ActionCall("record_number", State(draft="typed-1a2b3c4d"), "")
    assert performing.perform(asked, webhook).name == STORE_DOWN
    counted = [record.metric for record in caplog.records if hasattr(record, "metric")]
    assert counted == ["secret_unavailable", "report_not_recorded"]
