"""Campaigns as they run: what they are known by, their numbers, and their beginning to who asks for it."""

import html
import re

import pytest

from ivr.reputation.items import Reputation
from ivr.store.campaigns import Campaigns
from ivr.store.writing import refused
from tests.desk.audited import todays
from tests.desk.test_requests import Counting

BLOCK = "+968912345"


@pytest.fixture
def campaign(context):
    """Two reported numbers of one hundred."""
    now, table = context.now(), context.store.table
    campaigns = Campaigns(table, 9999)
    for ending, live in (("67", 3), ("01", 1)):
        one = Reputation(
            caller=BLOCK + ending,
            revision=now,
            expires=now + 9999,
            as_of=now,
            live=live,
            spam=live,
            category="prize",
            first=now - 86_400 * live,
            last=now - 60,
        )
        context.store.put(one)
        items, _ = table.batch_get(campaigns.keys(one.caller))
        assert not refused(table, campaigns.writes(one, items))


def opened(person):
    page = person.get("/desk/callers/campaigns")
    return person.get(html.unescape(re.search(r'<th scope="row"><a class="number" href="([^"]+)"', page.text)[1]))


@pytest.mark.parametrize("page", ["/desk/callers", "/desk/statistics"])
def test_campaigns_are_led_to(visitor, page):
    assert 'href="/desk/callers/campaigns"' in visitor("reader").get(page).text


def test_a_campaign_tells_callers_reports_and_since_when(campaign, visitor):
    page = visitor("reader").get("/desk/callers/campaigns").text
    row = re.search(r'<tr>\s*<th scope="row">.*?</tr>', page, re.DOTALL)[0]
    assert "•••5••" in row
    assert re.findall(r'<td class="count">(\d+)</td>', row) == ["2", "4"]
    assert "a prize" in row
    assert BLOCK[1:] not in page


def test_its_numbers_lead_to_their_callers(campaign, visitor):
    person = visitor("reader")
    page = opened(person).text
    links = re.findall(r'<th scope="row"><a class="number" href="([^"]+)"><bdi>(•••\d+)</bdi>', page)
    assert sorted(masked for _, masked in links) == ["•••501", "•••567"]
    assert "•••5" in person.get(links[0][0]).text
    assert BLOCK[1:] not in page


def test_its_beginning_is_shown_once_and_the_look_is_audited(campaign, visitor, context):
    person = visitor("reader")
    shown = person.submit(opened(person), "/beginning")
    assert f"{BLOCK}••" in shown.text
    assert "/rules/preview" not in shown.text
    assert BLOCK not in opened(person).text
    assert [(one.action, one.what, one.by) for one in todays(context).entries] == [("show_number", BLOCK, "Dana")]
    audit = person.get("/desk/audit").text
    assert 'block of numbers <bdi class="number">•••345</bdi>' in audit
    assert BLOCK[1:] not in audit + person.get("/desk/audit.ndjson").text


def test_who_decides_goes_on_to_a_rule_for_it(campaign, visitor):
    person = visitor("decider")
    shown = person.submit(opened(person), "/beginning")
    preview = person.submit(shown, "/rules/preview", prefix=BLOCK, verdict="flagged", note="a campaign")
    assert "What it would have done last week" in preview.text


@pytest.mark.parametrize("language", ["en", "ar"])
def test_no_campaign_is_said_in_words(visitor, language):
    page = visitor("reader", language=language).get("/desk/callers/campaigns").text
    assert {"en": "No campaign is known.", "ar": "لا توجد حملة معروفة."}[language] in page


def test_a_made_up_campaign_is_no_page(visitor):
    assert visitor("reader").get("/desk/callers/campaigns/made-up").status_code == 404


def test_a_page_is_one_request_beside_the_session(campaign, visitor, dynamodb):
    person, counting = visitor("reader"), Counting(dynamodb)
    assert counting.of(lambda _: person.get("/desk/callers/campaigns"), None) == {"GetItem": 1, "Query": 1}
    assert counting.of(lambda _: opened(person), None) == {"GetItem": 3, "Query": 1}
