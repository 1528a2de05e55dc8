"""Care's settings: an error names the setting and says what to do."""

from __future__ import annotations

import pytest

from ivr.settings import Settings, SettingsError
from tests.conftest import ENVIRONMENT


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("CARE_HOURS", "Su-Th 08:00-20:00; Sa", "'sa' in 'Sa' is no span of hours: write it as 08:00-20:00"),
        ("CARE_RING_SECONDS", "4", "from 5 to 600"),
        ("CARE_FALLBACK_RING_SECONDS", "soon", "from 5 to 600"),
        ("CARE_LANGUAGES", "fr", "'fr' is not one of LANGUAGES, which are ar, en"),
        ("CARE_WORKFLOW_SID", "WW1", "WW and 32 hexadecimal digits"),
        ("CARE_QUEUE_SECONDS", "5", "from 20 to 3600"),
        ("CALL_BACK_WITHIN_HOURS", "0", "from 1 to 72"),
        ("RETENTION_CALL_BACKS_DAYS", "0", "from 1"),
    ],
)
def test_a_wrong_setting_names_itself_and_the_remedy(name, value, says):
    with pytest.raises(SettingsError) as error:
        Settings.from_environment({**ENVIRONMENT, name: value})
    assert str(error.value).startswith(f"{name} is {value!r}: ")
    assert says in str(error.value)


def test_hours_are_kept_as_they_were_written():
    hours = "Su-Th 08:00-20:00; 2027-01-01 closed"
    assert Settings.from_environment({**ENVIRONMENT, "CARE_HOURS": hours}).care_hours == hours
