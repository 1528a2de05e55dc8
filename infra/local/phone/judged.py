"""The verdict of a call as the page shows it: rule by rule, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infra.local.ways import WAYS
from ivr.desk.explanation import rules_in_words

if TYPE_CHECKING:
    from ivr.desk.explanation import Arithmetic, Explanation

_INCOMPLETE = "Part of the table could not be read, so nobody is trusted."


def as_json(told: Explanation) -> dict[str, Any]:
    """A verdict with every rule of the table, in its order: those that spoke, and the one that gave the verdict."""
    judgement = told.judgement
    verdict, spoke = judgement.verdict, {one.rule: one for one in judgement.spoke}
    is_judged = judgement.route != "report_line"
    return {
        "kind": verdict.kind.value if is_judged else "",
        "reason": verdict.reason.value if is_judged else "",
        "rule": verdict.rule if is_judged else 0,
        "words": rules_in_words()[verdict.rule].words if is_judged else "the report line answers: nobody is judged",
        "note": verdict.note if is_judged else "",
        "way": judgement.route,
        "way_words": WAYS.get(judgement.route, judgement.route),
        "rules": [
            {
                "rule": number,
                "verdict": rule.verdict,
                "words": rule.words,
                "spoke": is_judged and number in spoke,
                "gave": is_judged and number == verdict.rule,
                "note": spoke[number].note if is_judged and number in spoke else "",
            }
            for number, rule in rules_in_words().items()
        ],
        "reputation": _reputation(told.reputation) if told.reputation else None,
        "problem": "" if judgement.case.lookup.complete else _INCOMPLETE,
    }


def nothing(problem: str) -> dict[str, Any]:
    """No verdict, and why."""
    empty = {"kind": "", "reason": "", "rule": 0, "words": "", "note": "", "way": "", "way_words": ""}
    return {**empty, "rules": [], "reputation": None, "problem": problem}


def _reputation(told: Arithmetic) -> dict[str, Any]:
    people = f"{'more than ' if told.more else ''}{told.people} {'person' if told.people == 1 else 'people'}"
    return {
        "people": told.people,
        "spam": round(told.spam, 2),
        "legit": round(told.legit, 2),
        "confidence": round(told.confidence, 3),
        "threshold": told.threshold,
        "words": f"{people} reported it; Wilson's lower bound {told.confidence:.3f}, "
        f"{'at or over' if told.is_over else 'under'} the threshold of {told.threshold}",
    }
