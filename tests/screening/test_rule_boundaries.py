"""Each rule of the verdict table at its bound: the last value that holds, the first that does not, and its reason."""

from __future__ import annotations

import pytest

from ivr.calls.verdict import Reason, Verdict, VerdictKind
from ivr.desk.explanation import rules_in_words
from ivr.numbers.phone_number import read
from ivr.records.base import DAY
from ivr.reputation.items import Block, Reputation
from ivr.reputation.scoring import MILLION, Score
from ivr.screening.caller_list import ListEntry
from ivr.screening.desk_decision import DeskDecision, PrefixRule
from ivr.screening.rules import CallerLookup, ScreeningInput, verdicts
from ivr.telephony.signals import Signals
from ivr.telephony.twilio import fields

NOW = 1_795_000_000
LINE, CALLER, OWN, HOSPITAL = "+12025550100", "+96891234567", "+96824123456", "+96824599000"
ATTESTED, FORGED = "TN-Validation-Passed-A", "TN-Validation-Failed-A"
BY_REPORT = "CA1#screened"


def case(raw=CALLER, *, attestation="", spam_score=0, threshold=10, **lookup):
    return ScreeningInput(
        caller=read(raw, "OM"),
        lookup=CallerLookup(**lookup),
        now=NOW,
        own_numbers=frozenset({OWN, "1500"}),
        always_ring=frozenset({HOSPITAL}),
        signals=Signals(fields.attestation(attestation), spam_score),
        campaign_threshold=threshold,
    )


def listed(word, caller=CALLER, **more):
    return ListEntry(line=LINE, caller=caller, word=word, **more)


def decision(verdict, **more):
    return DeskDecision(caller=CALLER, verdict=verdict, **more)


def prefix(prefix, verdict, **more):
    return PrefixRule(prefix=prefix, verdict=verdict, **more)


def bad(caller=CALLER, reports=4, category="prize"):
    spam = reports * MILLION
    return Reputation(
        caller=caller, revision=1, expires=NOW + DAY, as_of=NOW, spam=spam, live=reports, category=category
    )


BAD_BLOCK = Block({str(n): Score(as_of=NOW, spam=4 * MILLION) for n in range(4)})
TWO_DAYS = frozenset({"2026-11-03", "2026-11-04"})


def lines(many):
    return frozenset(f"+1202555{n:04}" for n in range(many))


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        # 1: the customer's own block, for as long as it lasts
        (case(listed=listed("block")), "own_block"),
        (case(listed=listed("block", until=NOW + 1)), "own_block"),
        (case(listed=listed("block", until=NOW)), "unknown"),
        (case(listed=listed("block", until=NOW - 1)), "unknown"),
        (case(listed=listed("taken_back")), "unknown"),
        (case(listed=listed("block", source=BY_REPORT)), "own_block"),
        (case(listed=listed("block", source=BY_REPORT), decision=decision("flagged")), "own_block"),
        (case(listed=listed("block", source=BY_REPORT), decision=decision("trusted", until=NOW)), "own_block"),
        # ... but none that a report made by itself against a number that is vouched for
        (case(listed=listed("block", source=BY_REPORT), decision=decision("trusted")), "desk_trusted"),
        (case(HOSPITAL, listed=listed("block", source=BY_REPORT)), "unknown"),
        (case(OWN, listed=listed("block", source=BY_REPORT)), "impersonation"),
        # ... and the customer's own word holds against those too
        (case(listed=listed("block"), decision=decision("trusted")), "own_block"),
        (case(HOSPITAL, listed=listed("block")), "own_block"),
        (case(OWN, listed=listed("block"), attestation=ATTESTED), "own_block"),
        # 2: the operator's own number, unless the network vouches for it
        (case(OWN), "impersonation"),
        (case("1500"), "impersonation"),
        (case(OWN, attestation="TN-Validation-Passed-B"), "impersonation"),
        (case(OWN, attestation="TN-Validation-Passed-AB"), "impersonation"),
        (case(OWN, attestation=FORGED), "impersonation"),
        (case(OWN, attestation=ATTESTED), "unknown"),
        (case(OWN, attestation=f"{ATTESTED}-Diverted"), "unknown"),
        (case(CALLER, attestation=ATTESTED), "unknown"),
        # 3: a number that the network found forged
        (case(attestation=FORGED), "spoofed"),
        (case(attestation="TN-Validation-Failed"), "spoofed"),
        (case("anonymous", attestation=FORGED), "spoofed"),
        (case(attestation="No-TN-Validation"), "unknown"),
        # 4: the customer's own allow
        (case(listed=listed("allow")), "own_allow"),
        (case(listed=listed("allow", until=NOW + 1)), "own_allow"),
        (case(listed=listed("allow", until=NOW)), "unknown"),
        (case(listed=listed("allow", source="CA1")), "own_allow"),
        # 5: the desk's decision
        (case(decision=decision("trusted")), "desk_trusted"),
        (case(decision=decision("flagged")), "desk_flagged"),
        (case(decision=decision("blocked")), "desk_blocked"),
        (case(decision=decision("blocked", until=NOW + 1)), "desk_blocked"),
        (case(decision=decision("blocked", until=NOW)), "unknown"),
        # 6: reports, on the caller or on their block of numbers, and never against the operator's attested call
        (case(reputation=bad(reports=4)), "reported"),
        (case(reputation=bad(reports=3)), "unknown"),
        (case(blocks=(BAD_BLOCK,)), "reported_block"),
        (case(blocks=(Block({}), BAD_BLOCK)), "reported_block"),
        (case(reputation=bad(), blocks=(BAD_BLOCK,)), "reported"),
        (case(OWN, attestation=ATTESTED, reputation=bad(OWN), blocks=(BAD_BLOCK,)), "unknown"),
        (case(OWN, attestation=f"{ATTESTED}-Passthrough", reputation=bad(OWN)), "unknown"),
        (case(CALLER, attestation=ATTESTED, reputation=bad()), "reported"),
        (case(CALLER, attestation=ATTESTED, blocks=(BAD_BLOCK,)), "reported_block"),
        # 7: one caller, many lines
        (case(campaign_lines=lines(10)), "campaign"),
        (case(campaign_lines=lines(9)), "unknown"),
        (case(campaign_lines=lines(3), threshold=3), "campaign"),
        # 8: the desk's prefix rules
        (case(prefix_rules=(prefix("+968", "trusted"),)), "prefix_trusted"),
        (case(prefix_rules=(prefix("+96891", "blocked"), prefix("+968", "trusted"))), "prefix_blocked"),
        (case(prefix_rules=(prefix("+968", "trusted"), prefix("+96891", "flagged"))), "prefix_flagged"),
        (case(prefix_rules=(prefix("+968", "flagged"), prefix("+96891", "blocked", until=NOW))), "prefix_flagged"),
        (case(prefix_rules=(prefix("+968", "flagged", until=NOW + 1),)), "prefix_flagged"),
        (case(prefix_rules=(prefix("+968", "flagged", until=NOW),)), "unknown"),
        (case(prefix_rules=(prefix("+971", "flagged"),)), "unknown"),
        (case(prefix_rules=(prefix("", "trusted"),)), "unknown"),
        (case("anonymous", prefix_rules=(prefix("", "trusted"), prefix("+968", "trusted"))), "withheld"),
        # 9: a third party's score
        (case(spam_score=1), "spam_score"),
        (case(spam_score=0), "unknown"),
        # 10: familiar
        (case(talk_days=TWO_DAYS), "familiar"),
        (case(talk_days=frozenset({"2026-11-03"})), "unknown"),
        (case(talk_days=TWO_DAYS, distrusted=True), "unknown"),
        (case(talk_days=TWO_DAYS, complete=False), "unknown"),
        # 11: aftermath
        (case(shaken_at=NOW), "aftermath"),
        (case(shaken_at=NOW - 60), "aftermath"),
        (case(shaken_at=NOW - 61), "unknown"),
        (case(shaken_at=NOW + 1), "unknown"),
        (case(shaken_at=0), "unknown"),
        (case("anonymous", shaken_at=NOW), "aftermath"),
        # 12 and 13
        (case("anonymous"), "withheld"),
        (case("client:alice"), "withheld"),
        (case("9999"), "unknown"),
        (case(), "unknown"),
    ],
)
def test_each_rule_holds_up_to_its_bound_and_not_beyond(given, reason):
    assert verdicts(given)[0].reason == reason


ALL = {
    "listed": listed("block"),
    "decision": decision("flagged"),
    "reputation": bad(),
    "campaign_lines": lines(10),
    "prefix_rules": (prefix("+968", "flagged"),),
    "talk_days": TWO_DAYS,
    "shaken_at": NOW,
}


def test_all_rules_that_hold_are_listed_in_the_tables_order():
    said = verdicts(case(**ALL, attestation=FORGED, spam_score=1))
    assert [one.rule for one in said] == [1, 3, 5, 6, 7, 8, 9, 10, 11, 13]
    said = verdicts(case(OWN, **{**ALL, "listed": listed("allow", OWN)}, spam_score=1))
    assert [one.rule for one in said] == [2, 4, 5, 6, 7, 8, 9, 10, 11, 13]
    assert [one.rule for one in verdicts(case("anonymous"))] == [12, 13]


FLAGGED, TRUSTED, BLOCKED, UNKNOWN = (
    VerdictKind.FLAGGED,
    VerdictKind.TRUSTED,
    VerdictKind.BLOCKED,
    VerdictKind.UNKNOWN,
)


@pytest.mark.parametrize(
    ("given", "verdict"),
    [
        (case(listed=listed("block")), Verdict(BLOCKED, Reason.OWN_BLOCK, 1)),
        (case(OWN), Verdict(FLAGGED, Reason.IMPERSONATION, 2)),
        (case(attestation=FORGED), Verdict(FLAGGED, Reason.SPOOFED, 3)),
        (case(listed=listed("allow")), Verdict(TRUSTED, Reason.OWN_ALLOW, 4)),
        (case(decision=decision("trusted", note="a bank")), Verdict(TRUSTED, Reason.DESK_TRUSTED, 5, "a bank")),
        (case(decision=decision("flagged", note="prizes")), Verdict(FLAGGED, Reason.DESK_FLAGGED, 5, "prizes")),
        (case(decision=decision("blocked", note="robot")), Verdict(BLOCKED, Reason.DESK_BLOCKED, 5, "robot")),
        (case(reputation=bad(category="money")), Verdict(FLAGGED, Reason.REPORTED, 6, category="money")),
        (case(blocks=(BAD_BLOCK,)), Verdict(FLAGGED, Reason.REPORTED_BLOCK, 6)),
        (case(campaign_lines=lines(10)), Verdict(FLAGGED, Reason.CAMPAIGN, 7)),
        (case(prefix_rules=(prefix("+968", "trusted"),)), Verdict(TRUSTED, Reason.PREFIX_TRUSTED, 8, "+968")),
        (
            case(prefix_rules=(prefix("+968", "flagged", note="wangiri"),)),
            Verdict(FLAGGED, Reason.PREFIX_FLAGGED, 8, "wangiri"),
        ),
        (case(prefix_rules=(prefix("+968", "blocked"),)), Verdict(BLOCKED, Reason.PREFIX_BLOCKED, 8, "+968")),
        (case(spam_score=1), Verdict(FLAGGED, Reason.SPAM_SCORE, 9)),
        (case(talk_days=TWO_DAYS), Verdict(UNKNOWN, Reason.FAMILIAR, 10)),
        (case(shaken_at=NOW), Verdict(FLAGGED, Reason.AFTERMATH, 11)),
        (case("anonymous"), Verdict(UNKNOWN, Reason.WITHHELD, 12)),
        (case(), Verdict(UNKNOWN, Reason.UNKNOWN, 13)),
    ],
)
def test_each_rule_gives_its_verdict_and_reason(given, verdict):
    assert verdicts(given)[0] == verdict
    assert rules_in_words()[verdict.rule].verdict.split(",")[0] in {verdict.kind, "as decided"}


@pytest.mark.parametrize(
    "spoken_for",
    [
        {"listed": listed("allow")},
        {"decision": decision("trusted")},
        {"prefix_rules": (prefix("+968", "trusted"),)},
        {"talk_days": TWO_DAYS},
    ],
)
def test_an_unprocessed_key_forbids_trust_and_familiarity(spoken_for):
    assert verdicts(case(**spoken_for))[0].reason != "unknown"
    assert verdicts(case(**spoken_for, complete=False))[0].reason == "unknown"


@pytest.mark.parametrize(
    "spoken_against", [{"decision": decision("blocked")}, {"reputation": bad()}, {"shaken_at": NOW}]
)
def test_an_unprocessed_key_clears_nobody(spoken_against):
    assert verdicts(case(**spoken_against, complete=False))[0] == verdicts(case(**spoken_against))[0]


def test_an_empty_look_up_gives_the_verdict_unknown():
    nothing = CallerLookup()
    assert (nothing.caller_is_line, nothing.distrusted, nothing.shaken_at, nothing.complete) == (False, False, 0, True)


def test_an_input_with_defaults_is_unknown():
    assert verdicts(ScreeningInput(read(CALLER, "OM"), CallerLookup(), NOW))[0] == Verdict(UNKNOWN, Reason.UNKNOWN, 13)
    assert (
        verdicts(ScreeningInput(read(CALLER, "OM"), CallerLookup(campaign_lines=lines(10)), NOW))[0].reason
        == "campaign"
    )
    assert (
        verdicts(ScreeningInput(read(CALLER, "OM"), CallerLookup(campaign_lines=lines(9)), NOW))[0].reason == "unknown"
    )
