"""The desk's errors as commands print them: the desk's sentence, and what to type instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.desk import Code

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ivr.desk import DeskError

REMEDIES: Mapping[Code, str] = {
    Code.RINGS_NOBODY: "it needs --ring-to",
    Code.NOT_OFFERED: "see LANGUAGES",
    Code.RINGS_SOMEBODY: "leave --ring-to out",
    Code.FOREIGN: "add --foreign if you mean it",
    Code.KNOWN_LINE: "add --replace to change it",
    Code.UNKNOWN_LINE: "look at `ivr lines list`",
    Code.WHOLE_COUNTRY: "add --whole-country if you mean it",
    Code.KNOWN_RULE: "add --replace to change it",
    Code.UNKNOWN_RULE: "look at `ivr rules list`",
    Code.NOT_IN_FORCE: "look at `ivr callers list`",
    Code.CLEARED: "to list it again, decide so with `ivr callers decide`",
    Code.NOT_TO_TAKE: "look at it with `ivr care call-backs --all`",
    Code.NOT_IN_PROGRESS: "look at it with `ivr care call-backs --all`",
}


def in_words(error: DeskError) -> str:
    """One line for a person."""
    remedy = REMEDIES.get(error.code)
    return f"{error.sentence}: {remedy}" if remedy else error.sentence
