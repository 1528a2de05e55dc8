"""What a turn knows beyond its leg's state: settings that pages speak of, this webhook's call, and what actions found.

Types alone: nothing here is imported where a call runs.
"""

from __future__ import annotations

from typing import TypedDict


class Facts(TypedDict, total=False):
    """Facts by name. None of them rides in a URL, so that numbers may be among them."""

    # From the settings, and from what the provider can do.
    care_number: str
    care_fallback_number: str
    report_number: str
    ring_seconds: int
    care_ring_seconds: int
    care_fallback_ring_seconds: int
    languages: tuple[str, ...]  # what is spoken where nobody chose
    offered_languages: tuple[str, ...]
    care_languages: tuple[str, ...]
    care_workflow_sid: str
    home_region: str
    extra_number_ranges: tuple[str, ...]
    message_seconds: int  # 0: no messages are taken
    sms_from: str
    can_ring: bool

    # Of this webhook's call.
    call_sid: str
    screened_sid: str
    own_caller_id: str
    can_move: bool

    # What an action of this turn found.
    ring_to: str
    caller_id: str
    line_languages: tuple[str, ...]
    number: str
    day: str  # two digits
    clock: str  # four digits
    ending: str  # the last digits of a number
    when: str  # one of ivr.flow.used_prompts.WHENS
    position: int  # in a queue, from 1
    recording: str
