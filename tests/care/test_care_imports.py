"""Care costs nothing before somebody asks for it: neither its modules nor a time zone are loaded."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ENVIRONMENT

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import sys
from handlers.voice import Voice
from ivr.settings import Settings
from ivr.store import Store
Voice(Settings.from_environment(), Store("table", None))
print("\\n".join(sys.modules))
"""


@pytest.mark.parametrize(("hours", "loaded"), [({}, set()), ({"CARE_HOURS": "Su-Th 08:00-20:00"}, {"ivr.care.hours"})])
def test_only_the_check_of_the_hours_is_loaded_before_care_is_asked_for(hours, loaded):
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        env={**ENVIRONMENT, **hours, "PATH": ""},
    )
    modules = set(run.stdout.split())
    of_care = ("ivr.care.", "ivr.store.call_backs", "zoneinfo", "dateutil.rrule")
    assert {name for name in modules if name.startswith(of_care)} == loaded
