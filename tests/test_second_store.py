"""The tests of the store pass on moto and on ministack, two stand-ins for DynamoDB that share no code."""

from __future__ import annotations

import subprocess
import sys

import pytest

from infra.build import docs
from tests.chosen_database import STAND_INS

# Each folder whose tests are about what is stored; whole calls run on ministack in tests/local and tests/deploy.
OF_THE_STORE = ("desk", "jobs", "redeliver", "reputation", "screening", "statistics")


@pytest.mark.slow
@pytest.mark.parametrize("folder", OF_THE_STORE)
def test_the_stores_tests_pass_on_the_second_stand_in(folder):
    asked = [sys.executable, "-m", "pytest", "-n", "0", "--database=ministack", "-m", "not slow", f"tests/{folder}"]
    run = subprocess.run([*asked, "-p", "no:cacheprovider"], cwd=docs.ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout[-5000:] + run.stderr[-2000:]


def test_the_chosen_stand_in_is_the_one_that_is_asked(request, store):
    chosen = request.config.option.database
    assert chosen in STAND_INS
    assert store.table.client.meta.endpoint_url.startswith("http://127.0.0.1:") == (chosen == "ministack")
