"""The tables and functions of the tests of reputation."""

from tests.reputation.conftest import _no_settings_needed, cloud, new_world, world

__all__ = ["_no_settings_needed", "cloud", "new_world", "world"]
