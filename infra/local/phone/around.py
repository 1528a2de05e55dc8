"""What the phone's calls need of the stack that they run in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from infra.local.phone.changes import Changes
    from infra.local.phone.faults import FaultSwitch
    from infra.local.stackfile import Running
    from ivr.settings import Settings
    from ivr.store.desk import Desk


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """A running stack. ``store`` is the handlers' own, which meets the faults; ``table`` is the same without them."""

    running: Running
    settings: Settings
    store: Desk
    table: Desk
    changes: Changes
    faults: FaultSwitch
