import pytest

from ivr.desk import Context
from ivr.settings import Settings
from tests.conftest import ENVIRONMENT
from tests.network_faults import failing_at_once


@pytest.fixture
def announced():
    return []


@pytest.fixture
def context(store, announced):
    return Context(store, Settings.from_environment(ENVIRONMENT), lambda: announced.append("a change"))


@pytest.fixture
def faults(dynamodb, monkeypatch):
    return failing_at_once(dynamodb, monkeypatch)
