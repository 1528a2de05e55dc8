"""A parameter with few values that every run tries, and many that only a whole run does."""

import pytest


def slow_but(quick, values):
    """These values of a parameter; the test is slow for all but the quick ones."""
    return [value if value in quick else pytest.param(value, marks=pytest.mark.slow) for value in values]
