"""Runs every call script beside this file with the real handlers and the carrier: one test a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.cli.scripts.checking import failures
from infra.cli.scripts.playing import hold
from infra.cli.scripts.reading import read_script
from infra.cli.scripts.stage import Stage
from infra.cli.scripts.table import set_table
from ivr.settings import Settings

SCRIPTS = sorted((Path(__file__).parent / "scripts").glob("*.yaml"))


@pytest.fixture
def stage(request, environment, network, pickups):
    """Where a script is held, once its settings are set."""

    def build(script):
        environment.update(script.settings)
        network.update(strict=False, verified={call.to for call in script.calls})
        carrier, settle, follow_up = map(request.getfixturevalue, ("carrier", "settle", "follow_up"))

        def all_that_follows():
            while True:
                settle()
                follow_up()
                if not carrier.network.commands:
                    return
                carrier.run()

        settings = Settings.from_environment(environment)
        store = request.getfixturevalue("store")
        return Stage(carrier=carrier, pickups=pickups, store=store, settings=settings, settle=all_that_follows)

    return build


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_script(path, stage):
    written = read_script(path)
    held_on = stage(written.script)
    set_table(written.script, held_on)
    held = enumerate(hold(written.script, held_on))
    told = written.told(failure for nth, call in held for failure in failures(call, held_on, nth))
    assert not told, "\n".join(told)
