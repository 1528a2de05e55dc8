"""The quick moto answers as the plain one does, in all that we use of it, and costs the same at every call."""

import re
import subprocess
import sys

import pytest

from tests.plain_moto import history, transactions


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_the_quick_moto_answers_what_plain_moto_answers(seed):
    """Plain moto answers in a process of its own, for this one's was made quick before its first test."""
    plain = subprocess.run(
        [sys.executable, "-m", "tests.plain_moto", str(seed)], capture_output=True, text=True, check=True, timeout=120
    )
    quick = history(seed)
    assert quick == plain.stdout.splitlines()
    told = " ".join(quick)
    for kind in ("TransactionCanceled", "ConditionalCheckFailed", "INSERT", "MODIFY", "REMOVE", "ValidationException"):
        assert re.search(kind, told), kind


def test_a_transaction_costs_the_same_after_hundreds_of_others_and_nothing_is_kept():
    early, late, kept = transactions(600)
    assert late < 2 * early
    assert kept < 10
