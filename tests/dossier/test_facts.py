from __future__ import annotations

import json
from dataclasses import replace

from infra import dossier
from infra.cli.labels import CATEGORIES, LOSSES
from ivr.calls.verdict import Reason, VerdictKind
from ivr.dossier.wording import words

NOW = 1_795_000_000
KEYS = {
    "": "call format known made not_claimed numbers operator reference report timezone verdict_history",
    "made": "ar en epoch local utc",
    "operator": "ar en",
    "numbers": "caller line",
    "report": ("call_sid category counted loss reported reporter source verified which withdrawn"),
    "call": "accepted call_sid caller ended line rang reason talked verdict",
}


def test_the_json_keys_are_stable(facts_of, report, call, decision):
    facts = facts_of(report, call, [decision])
    assert {name: " ".join(sorted(facts[name] if name else facts)) for name in KEYS} == KEYS
    assert {" ".join(sorted(entry)) for entry in facts["verdict_history"]} == {"at by in_force reason until verdict"}
    assert facts["format"] == "formal-complaint-dossier/1"


def test_a_verified_report_is_told_whole(facts_of, report, call):
    facts = facts_of(report, call)
    assert facts["reference"] == "48301926"
    assert facts["numbers"] == {"caller": "+96891234567", "line": "+12025550100"}
    assert facts["operator"] == {"en": "Example Telecom", "ar": "الاتصالات النموذجية"}
    told = facts["report"]
    assert told["reporter"] == "9f" * 16
    assert told["category"]["code"] == "secrets"
    assert told["loss"] == {
        "code": "yes",
        "en": "Something was lost or given away",
        "ar": "فُقد شيء أو أُعطي للمتصل",
    }
    assert told["verified"]["value"] is True
    assert facts["call"]["verdict"]["code"] == "flagged"
    assert "verified" in [one["code"] for one in facts["known"]]
    assert "caller_id" in [one["code"] for one in facts["not_claimed"]]


def test_times_are_the_deployments_in_both_languages_with_western_digits(facts_of, report, call):
    rang = facts_of(report, call)["call"]["rang"]
    assert rang == {
        "epoch": NOW - 900,
        "utc": "2026-11-18T10:51:40Z",
        "local": "2026-11-18T14:51:40+04:00",
        "en": "Wednesday 18 November 2026, 14:51:40 (UTC+04:00)",
        "ar": "الأربعاء 18 نوفمبر 2026، الساعة 14:51:40 (UTC+04:00)",
    }


def test_another_time_zone_may_fall_on_another_day(facts_of, report, call):
    made = facts_of(report, call, timezone="Pacific/Auckland")["made"]
    assert made["en"] == "Thursday 19 November 2026, 00:06:40 (UTC+13:00)"


def test_verdict_history_has_the_rules_word_and_then_the_desks(facts_of, report, call, decision):
    rules, desk = facts_of(report, call, [decision])["verdict_history"]
    assert rules["by"] == "rules"
    assert rules["reason"] == {
        "code": "reported",
        "en": "enough other customers had reported this number",
        "ar": "أبلغ عن هذا الرقم عدد كافٍ من العملاء الآخرين",
    }
    assert rules["at"]["epoch"] == call.rang_at
    assert (desk["by"], desk["verdict"]["code"], desk["in_force"]) == ("desk", "blocked", True)
    assert desk["until"]["epoch"] == decision.until


def test_a_decision_that_ended_is_told_as_over(facts_of, report, call, decision):
    entry = facts_of(report, call, [replace(decision, until=NOW)])["verdict_history"][-1]
    assert entry["in_force"] is False


def test_the_desks_notes_and_decisions_on_others_stay_with_the_desk(facts_of, report, call, decision):
    facts = facts_of(report, call, [decision, replace(decision, caller="+96891234568", verdict="trusted")])
    assert len(facts["verdict_history"]) == 2
    assert "for the desk alone" not in json.dumps(facts)


def test_a_withheld_caller_has_no_number_and_no_decisions(facts_of, withheld, decision):
    report, call = withheld
    facts = facts_of(report, call, [decision, replace(decision, caller="")])
    assert facts["numbers"]["caller"] is None
    assert [entry["by"] for entry in facts["verdict_history"]] == ["rules"]
    assert "verified_withheld" in [one["code"] for one in facts["known"]]
    assert "withheld" in [one["code"] for one in facts["not_claimed"]]


def test_an_unverified_report_does_not_claim_a_call(facts_of, typed):
    facts = facts_of(typed)
    assert facts["call"] is None
    assert facts["numbers"]["line"] is None
    assert facts["report"]["verified"]["value"] is False
    assert facts["report"]["source"]["code"] == "typed"
    assert facts["report"]["category"]["code"] == ""
    assert facts["verdict_history"] == []
    assert [one["code"] for one in facts["known"]] == ["records", "typed", "identifier", "pseudonym"]
    assert facts["not_claimed"][0]["code"] == "typed"  # no caller showed this number


def test_an_unverified_report_on_a_screened_call(facts_of, report):
    facts = facts_of(replace(report, verified=0))
    assert "unverified" in [one["code"] for one in facts["known"]]


def test_the_reports_own_copy_of_the_verdict_outlives_the_call_record(facts_of, report):
    (entry,) = facts_of(report)["verdict_history"]
    assert (entry["verdict"]["code"], entry["at"]) == ("flagged", None)


def test_a_report_says_whether_it_counts_and_was_withdrawn(facts_of, report, call):
    told = facts_of(report, call)["report"]
    assert (told["counted"]["value"], told["withdrawn"]["value"]) == (True, False)
    told = facts_of(replace(report, counted=0, withdrawn=1), call)["report"]
    assert (told["counted"]["value"], told["withdrawn"]["value"]) == (False, True)


def test_a_call_says_whether_the_two_talked_and_when_it_ended(facts_of, report, call):
    told = facts_of(report, call)["call"]
    assert told["talked"]["value"] is True
    assert told["ended"]["epoch"] == NOW - 800
    assert facts_of(report, replace(call, talked=0, ended_at=0))["call"]["ended"] is None


def test_every_word_of_the_product_has_a_meaning_in_both_languages():
    known = words()
    assert set(known["reasons"]) == {reason.value for reason in Reason}
    assert set(known["verdicts"]) == {kind.value for kind in VerdictKind}
    assert set(known["categories"]) == set(CATEGORIES)
    assert set(known["losses"]) == set(LOSSES)


def test_each_text_stands_in_both_languages_with_the_same_places_to_fill():
    def leaves(value, path=()):
        if isinstance(value, dict) and "en" in value:
            yield path, value
        elif isinstance(value, dict):
            for name, inner in value.items():
                yield from leaves(inner, (*path, name))

    for path, text in leaves(words()):
        assert set(text) == {"en", "ar"}, path
        if isinstance(text["en"], str):
            assert text["en"].count("{") == text["ar"].count("{"), path
            assert not any("٠" <= letter <= "٩" for letter in text["ar"]), path


def test_an_unknown_code_stands_for_itself(facts_of, report, call):
    assert facts_of(replace(report, category="romance"), call)["report"]["category"]["en"] == "romance"


def test_the_json_file_reads_back_as_the_facts(facts_of, report, call):
    facts = facts_of(report, call)
    assert json.loads(dossier.json_file(facts)) == facts
    assert "الاتصالات النموذجية" in dossier.json_file(facts).decode()
