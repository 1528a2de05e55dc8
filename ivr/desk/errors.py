"""What the desk refuses, and why."""

from __future__ import annotations

from enum import StrEnum


class Code(StrEnum):
    """Why something was refused, for programs: a desk may add to each what its people can do there."""

    NO_NUMBER = "no_number"  # of a telephone
    WITHHELD = "withheld"  # a caller without a number
    MAY_NOT_BE_RUNG = "may_not_be_rung"
    FOREIGN = "foreign"
    RINGS_NOBODY = "rings_nobody"
    RINGS_SOMEBODY = "rings_somebody"
    NOT_OFFERED = "not_offered"  # a language
    LOOP = "loop"
    KNOWN_LINE = "known_line"
    UNKNOWN_LINE = "unknown_line"
    NO_KIND = "no_kind"  # of a line
    NO_MODE = "no_mode"
    NO_DAY = "no_day"
    NO_MOMENT = "no_moment"
    OVER = "over"
    NOT_IN_FORCE = "not_in_force"
    NO_DISPUTE = "no_dispute"
    CLEARED = "cleared"
    NO_REFERENCE = "no_reference"
    UNKNOWN_REFERENCE = "unknown_reference"
    UNKNOWN_CALL = "unknown_call"
    NO_TICKET = "no_ticket"
    UNKNOWN_TICKET = "unknown_ticket"
    NOT_TO_TAKE = "not_to_take"
    NOT_IN_PROGRESS = "not_in_progress"
    DONE = "done"
    NO_HOURS = "no_hours"
    NOTE = "note"
    ANOTHER_KEY = "another_key"
    NO_KEY = "no_key"
    NO_PREFIX = "no_prefix"
    WHOLE_COUNTRY = "whole_country"  # is covered by a prefix
    OWN_NUMBER = "own_number"  # likewise
    KNOWN_RULE = "known_rule"
    UNKNOWN_RULE = "unknown_rule"
    NO_VERDICT = "no_verdict"
    CHANGED = "changed"  # by somebody else, since it was shown


class DeskError(Exception):
    """Something was refused. ``code`` says why to programs, and ``sentence`` to people."""

    def __init__(self, code: Code, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
