"""The verdict table, rule by rule, and the promises that hold for all of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.desk.explanation import rules_in_words
from ivr.numbers import phone_number
from ivr.screening.caller_list import ListEntry
from ivr.screening.desk_decision import DeskDecision, PrefixRule
from ivr.screening.line import Line
from ivr.screening.rules import RULES, CallerLookup, ScreeningInput, verdicts
from ivr.telephony.signals import Signals
from ivr.telephony.twilio import fields

NOW = 1_795_000_000
CALLER = "+96891234567"
LINE = Line(number="+12025550100", kind="protected", ring_to="+12025550111")


def evidence(raw=CALLER, *, listed=None, decision=None, rules=(), complete=True, until=0, attestation="", spam_score=0):
    return ScreeningInput(
        caller=phone_number.read(raw, "OM"),
        now=NOW,
        own_numbers=frozenset({"1500", "+12025550150"}),
        lookup=CallerLookup(
            line=LINE,
            listed=ListEntry(line=LINE.number, caller=CALLER, word=listed, until=until) if listed else None,
            decision=DeskDecision(caller=CALLER, verdict=decision, until=until) if decision else None,
            prefix_rules=tuple(PrefixRule(prefix=prefix, verdict=verdict, until=until) for prefix, verdict in rules),
            complete=complete,
        ),
        signals=Signals(fields.attestation(attestation), spam_score),
    )


@pytest.mark.parametrize(
    ("given_", "kind", "reason", "rule"),
    [
        (evidence(listed="block"), "blocked", "own_block", 1),
        (evidence("1500"), "flagged", "impersonation", 2),
        (evidence("+12025550150"), "flagged", "impersonation", 2),
        (evidence("sip:1500@carrier.example"), "flagged", "impersonation", 2),
        (evidence("+12025550150", attestation="TN-Validation-Passed-B"), "flagged", "impersonation", 2),
        (evidence("+12025550150", attestation="TN-Validation-Passed-A"), "unknown", "unknown", 13),
        (evidence("+12025550150", attestation="TN-Validation-Passed-A-Passthrough"), "unknown", "unknown", 13),
        (evidence(attestation="TN-Validation-Failed"), "flagged", "spoofed", 3),
        (evidence(attestation="TN-Validation-Failed-C-Diverted"), "flagged", "spoofed", 3),
        (evidence(attestation="No-TN-Validation"), "unknown", "unknown", 13),
        (evidence(attestation="NULL"), "unknown", "unknown", 13),
        (evidence(listed="allow"), "trusted", "own_allow", 4),
        (evidence(decision="trusted"), "trusted", "desk_trusted", 5),
        (evidence(decision="flagged"), "flagged", "desk_flagged", 5),
        (evidence(decision="blocked"), "blocked", "desk_blocked", 5),
        (evidence(rules=[("+968", "trusted")]), "trusted", "prefix_trusted", 8),
        (evidence(rules=[("+968", "trusted"), ("+9689", "flagged")]), "flagged", "prefix_flagged", 8),
        (evidence(rules=[("+96891", "blocked"), ("+9689", "flagged")]), "blocked", "prefix_blocked", 8),
        (evidence(spam_score=1), "flagged", "spam_score", 9),
        (evidence("anonymous"), "unknown", "withheld", 12),
        (evidence("+266696687"), "unknown", "withheld", 12),
        (evidence("+12"), "unknown", "withheld", 12),
        (evidence("client:somebody"), "unknown", "withheld", 12),
        (evidence(), "unknown", "unknown", 13),
        (evidence("9999"), "unknown", "unknown", 13),
    ],
)
def test_each_rule(given_, kind, reason, rule):
    verdict = verdicts(given_)[0]
    assert (verdict.kind, verdict.reason, verdict.rule) == (kind, reason, rule)


@pytest.mark.parametrize(
    ("given_", "rule"),
    [
        (evidence(listed="block", decision="trusted", attestation="TN-Validation-Failed"), 1),
        (evidence("+12025550150", listed="allow", decision="trusted"), 2),
        (evidence(listed="allow", attestation="TN-Validation-Failed"), 3),
        (evidence(listed="allow", decision="blocked"), 4),
        (evidence(decision="trusted", rules=[("+968", "blocked")], spam_score=1), 5),
        (evidence(rules=[("+968", "trusted")], spam_score=1), 8),
        (evidence("anonymous", spam_score=1), 9),
    ],
)
def test_the_first_rule_that_holds_decides(given_, rule):
    assert verdicts(given_)[0].rule == rule


@pytest.mark.parametrize(
    ("until", "rule"), [(0, 5), (NOW + 1, 5), (NOW, 13), (NOW - 1, 13)], ids=["never", "later", "now", "past"]
)
def test_expired_items_give_no_verdict(until, rule):
    assert verdicts(evidence(decision="flagged", until=until))[0].rule == rule
    assert verdicts(evidence(listed="allow", until=until))[0].rule == (4 if rule == 5 else 13)
    assert verdicts(evidence(rules=[("+968", "flagged")], until=until))[0].rule == (8 if rule == 5 else 13)


@given(
    raw=st.sampled_from([CALLER, "anonymous", "1500", "", "+1", "sip:x@y", "+12025550150"]),
    listed=st.sampled_from([None, "allow", "block"]),
    decision=st.sampled_from([None, "trusted", "flagged", "blocked"]),
    rules=st.lists(st.tuples(st.sampled_from(["+968", "+96891", "+1"]), st.sampled_from(["trusted", "flagged"]))),
    attestation=st.sampled_from(["", "TN-Validation-Passed-A", "TN-Validation-Failed-B"]),
    spam_score=st.integers(0, 1),
)
def test_an_incomplete_look_up_never_trusts(raw, listed, decision, rules, attestation, spam_score):
    given_ = evidence(
        raw,
        listed=listed,
        decision=decision,
        rules=rules,
        complete=False,
        attestation=attestation,
        spam_score=spam_score,
    )
    assert all(verdict.kind != "trusted" for verdict in verdicts(given_))


def test_every_rule_has_its_number_and_they_stand_in_order():
    said = list(rules_in_words())
    assert len(said) == len(RULES)
    # Failed checks come after every rule of the customer or the desk, and before the rules that do not flag.
    assert said == [*range(1, 10), 14, *range(10, 14)]


def test_an_empty_prefix_matches_nobody():
    """A prefix test written the wrong way round lets an empty caller match all."""
    assert verdicts(evidence("anonymous", rules=[("+968", "trusted")]))[0].reason == "withheld"
    assert verdicts(evidence(rules=[("", "trusted")]))[0].reason == "unknown"
