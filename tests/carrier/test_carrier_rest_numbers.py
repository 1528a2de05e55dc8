"""The account and its numbers over REST, as twilio's own client lists, fetches and changes them."""

import pytest
from twilio.base.exceptions import TwilioRestException

from infra.carrier.rest.numbers import own

HERE = "https://ivr.example.com/voice/incoming"


@pytest.fixture
def account(app, rest):
    with_rest = rest()
    account = with_rest.carrier._account
    account.client = with_rest.client
    return account


def test_the_account_says_whether_it_is_active(account):
    fetched = account.client.api.accounts(account.client.username).fetch()
    assert (fetched.status, fetched.type, fetched.sid) == ("active", "Full", account.client.username)
    account.status = "suspended"
    assert account.client.api.accounts(account.client.username).fetch().status == "suspended"


def test_a_number_is_found_by_itself_and_says_what_it_asks_for(account):
    own(account, "+12025550100", voice_url=HERE, voice_method="GET")
    own(account, "+12025550199")
    [found] = account.client.incoming_phone_numbers.list(phone_number="+12025550100")
    assert (found.phone_number, found.voice_url, found.voice_method) == ("+12025550100", HERE, "GET")
    assert (found.voice_fallback_url, found.status_callback_method, found.trunk_sid) == ("", "POST", None)
    assert account.client.incoming_phone_numbers(found.sid).fetch().voice_url == HERE


def test_many_numbers_come_in_pages(account):
    numbers = [own(account, f"+120255501{nth:02}").number for nth in range(7)]
    listed = account.client.incoming_phone_numbers.list(page_size=3)
    assert [one.phone_number for one in listed] == numbers
    assert [asked.endpoint for asked in account.requests] == ["numbers.list"] * 3


def test_an_update_changes_what_it_names_and_an_empty_text_clears(account):
    one = own(account, "+12025550100", voice_url="https://old.example.com/", voice_application_sid="AP" + "1" * 32)
    number = account.client.incoming_phone_numbers(one.sid)
    number.update(voice_url=HERE, voice_fallback_url=HERE, voice_application_sid="")
    fetched = number.fetch()
    assert (fetched.voice_url, fetched.voice_fallback_url, fetched.voice_application_sid) == (HERE, HERE, None)
    assert fetched.voice_method == "POST"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"voice_url": "ivr.example.com"}, 21402),
        ({"voice_method": "PUT"}, 21403),
        ({"voice_fallback_url": HERE}, 21405),
        ({"friendly_name": "x"}, 20001),
    ],
)
def test_an_update_that_twilio_refuses_changes_nothing(account, change, code):
    one = own(account, "+12025550100")
    before = dict(one.settings)
    with pytest.raises(TwilioRestException) as refused:
        account.client.incoming_phone_numbers(one.sid).update(**change)
    assert refused.value.code == code
    assert one.settings == before


def test_an_unknown_number_is_not_found(account):
    with pytest.raises(TwilioRestException) as refused:
        account.client.incoming_phone_numbers("PN" + "0" * 32).fetch()
    assert (refused.value.status, refused.value.code) == (404, 20404)
