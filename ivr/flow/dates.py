"""How prompts say a time to come: a word for the day, which has a prompt of its own, and the time of day."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from ivr.flow.used_prompts import WHENS

if TYPE_CHECKING:
    from datetime import tzinfo

    from ivr.flow.facts import Facts

TODAY, TOMORROW, *_WEEKDAYS, LATER = WHENS


def said(moment: int, now: int, zone: tzinfo) -> Facts:
    """The values that prompts say for a time to come (epoch seconds): ``when`` (one of WHENS), ``day``, ``clock``.

    The name of the weekday is enough for the next six days; after that prompts say the day of the month.
    """
    then = datetime.fromtimestamp(moment, zone)
    ahead = (then.date() - datetime.fromtimestamp(now, zone).date()).days
    words = {0: TODAY, 1: TOMORROW} | dict.fromkeys(range(2, 7), _WEEKDAYS[then.weekday()])
    return {"when": words.get(ahead, LATER), "day": f"{then:%d}", "clock": f"{then:%H%M}"}
