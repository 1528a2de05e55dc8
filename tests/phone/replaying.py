"""A saved call script, held again on the stack that it was saved on."""

from __future__ import annotations

from infra.cli.scripts.checking import failures
from infra.cli.scripts.on_stack import stage_on
from infra.cli.scripts.playing import hold
from infra.cli.scripts.reading import parse_script
from infra.cli.scripts.table import set_table


def replayed(text, stack):
    """Hold the script; every expectation is met. Returns the script."""
    written = parse_script(text, "saved.yaml")
    with stage_on(stack.running, written.script) as stage:
        set_table(written.script, stage)
        told = [
            line
            for nth, held in enumerate(hold(written.script, stage))
            for line in written.told(failures(held, stage, nth))
        ]
    assert not told, "\n".join([*told, "", text])
    return written.script
