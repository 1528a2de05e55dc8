"""The peers' modules in this process, as a measured process imports them: by the environment of the bench."""

import importlib
import sys
from pathlib import Path

_NAMES = ("peers", "peers.twilio_side", "peers.fraud_call", "peers.bare", "peers.by_hand", "peers.verbs", "peers.words")


def imported(monkeypatch, name, environment):
    """The module, imported anew: its constants are those of ``environment``."""
    for key, value in environment.items():
        monkeypatch.setenv(key, value)
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    for one in _NAMES:
        monkeypatch.delitem(sys.modules, one, raising=False)
    return importlib.import_module(name)
