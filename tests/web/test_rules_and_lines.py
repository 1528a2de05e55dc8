"""Rules for prefixes and lines: what a decider adds, changes and removes is stored, with who did it."""

import pytest

from infra.local import demo
from ivr.desk import lines, prefixes
from ivr.desk.actor import Actor
from ivr.web.rendering import masked
from tests.desk.audited import todays
from tests.desk.test_requests import Counting

LINE = "+12025550177"
TELEPHONE = "+12025550178"


@pytest.fixture
def decider(visitor):
    return visitor("decider")


@pytest.fixture
def actions(context):
    """What the audit tells of today's changes, oldest first."""
    return lambda: [
        (one.action, one.by) for one in todays(context, newest_first=False).entries if one.action != "search"
    ]


def add_rule(person, prefix="+96890", verdict="flagged", **fields):
    preview = person.submit(
        person.get("/desk/rules"), "/rules/preview", prefix=prefix, verdict=verdict, note="lists of robots", **fields
    )
    return preview, person.submit(preview, "/rules/add")


def test_a_rule_is_made_after_its_preview(decider, context, actions):
    preview, page = add_rule(decider)
    assert "Nothing is changed yet" in preview.text
    assert "The rule was added." in page.text
    rule = prefixes.find(context, "+96890")
    assert (rule.verdict, rule.note, rule.decided_by) == ("flagged", "lists of robots", "Dana")
    assert actions() == [("add_rule", "Dana")]


def test_the_preview_alone_changes_nothing(decider, context, actions):
    decider.submit(decider.get("/desk/rules"), "/rules/preview", prefix="+96890", verdict="blocked", note="x")
    assert prefixes.find(context, "+96890") is None
    assert actions() == []


@pytest.mark.parametrize(
    ("prefix", "why"), [("+968", "covers a whole country"), ("90", "Write a plus"), ("+", "prefix")]
)
def test_a_prefix_that_can_not_be_meant_is_refused_with_the_remedy(decider, prefix, why):
    page = decider.submit(decider.get("/desk/rules"), "/rules/preview", prefix=prefix, verdict="blocked", note="x")
    assert page.status_code == 409
    assert why in page.text


def test_a_preview_is_a_search_and_in_the_audit(decider, context):
    decider.submit(decider.get("/desk/rules"), "/rules/preview", prefix="+9689123456", verdict="blocked", note="x")
    [entry] = todays(context).entries
    assert (entry.action, entry.about, entry.by) == ("search", "block", "Dana")
    page = decider.get("/desk/audit").text
    assert 'block of numbers <bdi class="number">•••456</bdi>' in page
    assert "9689123456" not in page


def rule_page(person):
    address = person.get("/desk/rules").text.split('href="/desk/rules/')[1].split('"')[0]
    return person.get(f"/desk/rules/{address}")


def change_rule(person, **fields):
    preview = person.submit(rule_page(person), "/change", **fields, step="preview")
    return preview, person.submit(preview, "/change", step="make")


def test_the_preview_of_a_rules_change_changes_nothing_and_keeps_what_was_typed(decider, context):
    add_rule(decider)
    preview = decider.submit(rule_page(decider), "/change", verdict="blocked", note="worse", step="preview")
    assert 'name="note" value="worse"' in preview.text
    assert prefixes.find(context, "+96890").verdict == "flagged"


def test_a_rules_last_day_stays_where_its_form_is_only_read(decider, context):
    add_rule(decider, until="2090-05-06")
    assert 'name="until" type="date" value="2090-05-06"' in rule_page(decider).text


def test_what_somebody_else_changes_between_preview_and_change_is_noticed(decider, context):
    add_rule(decider)
    preview = decider.submit(rule_page(decider), "/change", verdict="blocked", note="worse", step="preview")
    prefixes.change_rule(context, "+96890", "trusted", note="a bank", by=Actor("Salma"))
    assert decider.submit(preview, "/change", step="make").status_code == 409


def test_a_rule_is_changed_and_removed(decider, context, actions):
    add_rule(decider)
    preview, page = change_rule(decider, verdict="blocked", note="worse")
    assert "What it would have done last week" in preview.text
    assert "The rule was changed." in page.text
    assert prefixes.find(context, "+96890").verdict == "blocked"
    preview = decider.submit(rule_page(decider), "/remove", note="calm again", step="preview")
    assert "What it would have done last week" in preview.text
    assert prefixes.find(context, "+96890")
    page = decider.submit(preview, "/remove", step="make")
    assert "The rule was removed." in page.text
    assert prefixes.find(context, "+96890") is None
    assert [action for action, _ in actions()] == ["add_rule", "change_rule", "remove_rule"]


def test_the_preview_of_a_rules_removal_reads_last_week_once(decider, context, store):
    add_rule(decider)
    its_page = rule_page(decider)
    asked = Counting(store.table.client).asked
    preview = decider.submit(its_page, "/remove", note="calm again", step="preview")
    assert "Remove the rule: " in preview.text
    assert 'name="note" value="calm again"' in preview.text
    assert asked["Query"] <= 10  # eight for the calls, one for longer rules, one for the page


def test_what_somebody_else_changes_before_a_rule_is_removed_is_noticed(decider, context):
    add_rule(decider)
    preview = decider.submit(rule_page(decider), "/remove", note="calm again", step="preview")
    prefixes.change_rule(context, "+96890", "trusted", note="a bank", by=Actor("Salma"))
    assert decider.submit(preview, "/remove", step="make").status_code == 409
    assert prefixes.find(context, "+96890").verdict == "trusted"


def test_a_change_of_what_somebody_else_has_changed_meanwhile_is_refused_and_names_them(decider, visitor, context):
    add_rule(decider)
    old = rule_page(decider)
    change_rule(decider, verdict="trusted", note="a bank")
    page = decider.submit(old, "/change", verdict="blocked", note="late", step="make")
    assert page.status_code == 409
    assert "Changed by <bdi>Dana</bdi>" in page.text
    assert prefixes.find(context, "+96890").verdict == "trusted"


def test_a_form_that_is_sent_twice_changes_once(decider, actions):
    preview = decider.submit(
        decider.get("/desk/rules"), "/rules/preview", prefix="+96890", verdict="flagged", note="robots"
    )
    for _ in range(2):
        assert decider.submit(preview, "/rules/add").status_code == 200
    assert actions() == [("add_rule", "Dana")]


def test_a_line_is_added_changed_and_removed(decider, context, actions):
    page = decider.submit(
        decider.get("/desk/lines"),
        "/lines/add",
        number=LINE,
        ring_to=TELEPHONE,
        kind="protected",
        mode="strict",
        languages="en",
        foreign="yes",
    )
    assert "The line was added." in page.text
    stored = lines.find(context, LINE)
    assert (stored.ring_to, stored.mode, stored.languages) == (TELEPHONE, "strict", "en")
    its_page = line_page(decider, LINE)
    page = decider.submit(its_page, "/change", kind="protected", mode="off", languages="", foreign="yes")
    assert "The line was changed." in page.text
    assert (lines.find(context, LINE).mode, lines.find(context, LINE).ring_to) == ("off", TELEPHONE)
    page = decider.submit(line_page(decider, LINE), "/remove", note="gone")
    assert "The line was removed." in page.text
    assert lines.find(context, LINE) is None
    assert [action for action, _ in actions()] == ["add_line", "change_line", "remove_line"]


def line_page(person, number):
    row = next(part for part in person.get("/desk/lines").text.split("<tr>") if number in part)
    return person.get(row.split('href="')[1].split('"')[0])


@pytest.mark.parametrize(
    ("number", "shown"),
    [("+12025550178", "•••178"), ("112233", "•••233"), ("1550", "•••50"), ("911", "•••1"), ("1", "•••"), ("", "•••")],
)
def test_a_masked_number_shows_three_digits_and_never_more_than_half(number, shown):
    assert masked(number) == shown


def test_the_customers_telephone_is_masked(decider):
    page = decider.get("/desk/lines").text
    assert demo.PROTECTED_LINE in page
    assert demo.CUSTOMER not in page
    assert demo.CUSTOMER not in line_page(decider, demo.PROTECTED_LINE).text


@pytest.mark.parametrize("role", ["reader", "agent"])
def test_who_may_not_decide_sees_no_form(visitor, role):
    person = visitor(role)
    for address in ("/desk/rules", "/desk/lines"):
        assert "<h2>" not in person.get(address).text


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "after one minute at the latest"), ("ar", "خلال دقيقة واحدة على الأكثر")],
    ids=["en", "ar"],
)
def test_the_page_of_rules_says_how_late_a_change_counts(visitor, language, said):
    assert said in visitor("reader", language=language).get("/desk/rules").text
