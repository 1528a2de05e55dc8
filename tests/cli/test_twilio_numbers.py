"""`ivr numbers`: a number of the account is pointed here over REST, and back at what it asked for before."""

import pytest

from infra.carrier import Refused
from infra.carrier.rest.numbers import own
from infra.carrier.rest.webhook_rules import apply
from infra.cli import target as of_cli
from infra.cli.target import Target
from infra.twilio.numbers import Numbers
from ivr.desk import audit
from ivr.secrets.source import Secrets
from ivr.settings import Settings
from ivr.telephony.port import UnknownOutcomeError
from tests.conftest import BASE_URL, ENVIRONMENT

NUMBER, ELSEWHERE = "+12025550100", "https://user:secret@old.example.com/voice"
HERE = {
    "voice_url": f"{BASE_URL}/voice/incoming",
    "voice_method": "POST",
    "voice_fallback_url": f"{BASE_URL}/voice/fallback",
    "voice_fallback_method": "POST",
    "status_callback": f"{BASE_URL}/voice/status",
    "status_callback_method": "POST",
    "voice_application_sid": "",
    "trunk_sid": "",
}


@pytest.fixture
def account(carrier):
    """The account of the deployment, behind twilio's own client."""
    return carrier._account


@pytest.fixture
def deployment(environment, store, account, monkeypatch):
    """What `ivr` talks to: the table in moto, and the account's stand-in."""
    target = Target(store, Settings.from_environment(environment), "the stack call-screening-test")
    monkeypatch.setattr(of_cli, "_named", lambda _: target)
    return target


@pytest.fixture
def numbers(ivr, deployment):
    return lambda *arguments, **options: ivr("--table", ENVIRONMENT["TABLE_NAME"], "numbers", *arguments, **options)


def test_a_number_is_pointed_here_and_back(numbers, account):
    one = own(account, NUMBER, voice_url=ELSEWHERE, voice_method="GET", trunk_sid="TK" + "1" * 32)
    before = dict(one.settings)
    done = numbers("connect", NUMBER, "--yes")
    assert done.status == 0, done.err
    assert one.settings == HERE
    assert "secret" not in done.out
    assert "https://user:***@old.example.com/voice" in done.out
    assert f"`ivr numbers disconnect {NUMBER}` puts it back" in done.out
    shown = numbers("show", NUMBER)
    assert "https://user:***@old.example.com/voice" in shown.out
    assert f"{BASE_URL}/voice/fallback" in shown.out
    assert numbers("disconnect", NUMBER, "--yes").status == 0
    assert one.settings == before
    assert "nothing is kept" in numbers("disconnect", NUMBER, "--yes").refusal


def test_a_second_connect_keeps_what_the_first_one_kept(numbers, account):
    one = own(account, NUMBER, voice_url=ELSEWHERE)
    first = dict(one.settings)
    numbers("connect", NUMBER, "--yes")
    one.settings["voice_url"] = "https://by-hand.example.com/"
    numbers("connect", NUMBER, "--yes")
    assert one.settings == HERE
    numbers("disconnect", NUMBER, "--yes")
    assert one.settings == first


def test_a_connect_that_was_killed_keeps_nothing_older_than_the_next_one_finds(numbers, account, monkeypatch):
    def killed(*_):
        raise SystemExit(137)

    one = own(account, NUMBER, voice_url=ELSEWHERE)
    with monkeypatch.context() as patch:
        patch.setattr(Numbers, "change", killed)
        assert numbers("connect", NUMBER, "--yes").status == 137
    one.settings["voice_url"] = "https://new.example.com/voice"
    before = dict(one.settings)
    numbers("connect", NUMBER, "--yes")
    assert one.settings == HERE
    numbers("disconnect", NUMBER, "--yes")
    assert one.settings == before


@pytest.mark.parametrize("who", ["secret", ":secret", "secret:"])
def test_a_token_in_place_of_a_name_is_not_shown(numbers, account, who):
    one = own(account, NUMBER, voice_url=f"https://{who}@old.example.com/voice")
    before = dict(one.settings)
    told = [numbers("connect", NUMBER, "--yes"), numbers("show", NUMBER), numbers("disconnect", NUMBER, "--yes")]
    assert one.settings == before
    shown = "".join(one.out + one.err for one in told)
    assert "***@old.example.com/voice" in shown
    assert "secret" not in shown


def test_a_second_connect_that_is_refused_keeps_what_the_first_one_kept(numbers, account):
    one = own(account, NUMBER, voice_url=ELSEWHERE)
    first = dict(one.settings)
    numbers("connect", NUMBER, "--yes")
    one.settings["voice_url"] = "https://by-hand.example.com/"
    account.faults.next("numbers.update", Refused(400, 21402))
    assert numbers("connect", NUMBER, "--yes").status == 2
    assert numbers("disconnect", NUMBER, "--yes").status == 0
    assert one.settings == first


def test_what_is_kept_is_in_the_table_and_in_no_audit(numbers, account, deployment):
    own(account, NUMBER, **dict.fromkeys(("voice_url", "voice_fallback_url", "status_callback"), ELSEWHERE))
    numbers("connect", NUMBER, "--yes", "--by", "Salma")
    numbers("disconnect", NUMBER, "--yes", "--by", "Omar")
    entries = audit.of(deployment.desk, audit.About.LINE, NUMBER).entries
    assert [(one.action, one.by) for one in entries] == [("disconnect_number", "Omar"), ("connect_number", "Salma")]
    assert "secret" not in str(entries)


def test_it_asks_and_a_no_changes_nothing(numbers, account, deployment):
    one = own(account, NUMBER, voice_url=ELSEWHERE)
    done = numbers("connect", NUMBER, typed="n\n")
    assert done.status == 130
    assert one.settings["voice_url"] == ELSEWHERE
    assert numbers("connect", NUMBER, typed="y\n").status == 0
    assert one.settings == HERE


def test_a_number_that_points_here_already_is_left_alone(numbers, account):
    own(account, NUMBER, **HERE)
    done = numbers("connect", NUMBER, "--yes")
    assert "points here already" in done.out
    assert [asked.endpoint for asked in account.requests] == ["numbers.list"]
    assert "nothing is kept" in numbers("disconnect", NUMBER, "--yes").refusal


def test_all_numbers_are_listed_with_where_they_go(numbers, account):
    own(account, NUMBER, **HERE)
    own(account, "+12025550101", **{**HERE, "voice_fallback_url": ""})
    own(account, "+12025550102", voice_url=ELSEWHERE)
    own(account, "+12025550103")
    own(account, "+12025550104", **{**HERE, "trunk_sid": "TK" + "1" * 32})
    listed = numbers("show")
    told = dict(line.split(maxsplit=1) for line in listed.out.splitlines() if line.startswith("+"))
    assert {number: where.rsplit(maxsplit=1)[0].strip() for number, where in told.items()} == {
        NUMBER: "here",
        "+12025550101": "here, but not all settings are so",
        "+12025550102": "to https://user:***@old.example.com/voice",
        "+12025550103": "nowhere",
        "+12025550104": "to TK" + "1" * 32,
    }
    assert f"2 of 5 point at {BASE_URL}." in listed.out
    assert [one["here"] for one in numbers("show", "--json").json] == [True, True, False, False, False]


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (Refused(401, 20003), "refuses the credentials"),
        (Refused(400, 21402), "error 21402, which https://www.twilio.com/docs/errors/21402 explains"),
        (Refused(429, 20429), "too many requests"),
    ],
)
def test_an_error_of_twilio_is_one_plain_line_and_nothing_is_kept(numbers, account, fault, told):
    one = own(account, NUMBER, voice_url=ELSEWHERE)
    account.faults.next("numbers.update", fault, *([fault] if fault.code == 20003 else []))
    failed = numbers("connect", NUMBER, "--yes")
    assert failed.status == 2
    assert told in failed.err.splitlines()[-1]
    assert one.settings["voice_url"] == ELSEWHERE
    assert "nothing is kept" in numbers("disconnect", NUMBER, "--yes").refusal


@pytest.mark.parametrize("is_done", [True, False], ids=["done", "not done, or later"])
@pytest.mark.parametrize("look", [None, Refused(503)], ids=["and it can be seen", "and it can't be seen"])
def test_nothing_is_lost_when_twilio_does_not_say_whether_it_did_it(numbers, account, is_done, look, monkeypatch):
    one = own(account, NUMBER, voice_url=ELSEWHERE)
    before, change = dict(one.settings), Numbers.change

    def unanswered(*asked):
        if is_done:
            change(*asked)
        account.faults.next("numbers.list", look)
        raise UnknownOutcomeError("timed_out")

    with monkeypatch.context() as patch:
        patch.setattr(Numbers, "change", unanswered)
        told = numbers("connect", NUMBER, "--yes")
    if is_done and look is None:
        assert told.status == 0
    else:
        assert told.status == 2
        assert f"kept: look at it with `ivr numbers show {NUMBER}`" in told.err
    one.settings.update(HERE)  # perhaps Twilio does it only now
    assert numbers("disconnect", NUMBER, "--yes").status == 0
    assert one.settings == before


def test_a_failure_to_put_a_number_back_keeps_what_is_to_be_put_back(numbers, account):
    one = own(account, NUMBER, voice_url=ELSEWHERE)
    numbers("connect", NUMBER, "--yes")
    account.faults.next("numbers.update", Refused(503))
    assert numbers("disconnect", NUMBER, "--yes").status == 2
    assert numbers("disconnect", NUMBER, "--yes").status == 0
    assert one.settings["voice_url"] == ELSEWHERE


@pytest.mark.parametrize("number", ["+12025550155", "1500", "x"])
def test_a_number_that_the_account_does_not_have_is_one_line(numbers, account, number):
    assert "is no number of the Twilio account" in numbers("connect", number, "--yes").refusal


@pytest.mark.parametrize(
    ("fault", "told"), [(Refused(401, 20003), "refuses the credentials"), (Refused(429, 20429), "too many requests")]
)
def test_an_error_of_the_list_is_one_plain_line_too(numbers, account, fault, told):
    account.faults.always("numbers.list", fault)
    assert told in numbers("show").refusal


def test_a_stack_that_twilio_can_not_reach_connects_nothing(numbers, environment, account, monkeypatch):
    environment["PUBLIC_BASE_URL"] = "http://127.0.0.1:8080"
    target = Target(None, Settings.from_environment(environment), "the stack call-screening-test")
    monkeypatch.setattr(of_cli, "_named", lambda _: target)
    assert "put a tunnel in front of this one" in numbers("connect", NUMBER, "--yes").refusal
    assert not account.requests


def test_a_stack_with_simulated_telephones_has_no_account(ivr, stack):
    assert "simulated telephones, which have no Twilio account" in ivr("numbers", "show").refusal


@pytest.mark.parametrize(
    ("others", "shared_key"),
    [
        ([], "of_all"),
        ([{"matchType": "PREFIX_MATCH", "prefix": f"{BASE_URL}/"}], "the_last"),
        ([{"matchType": "PREFIX_MATCH", "prefix": f"{BASE_URL}/voice/"}], "the_last"),
        ([{"matchType": "PREFIX_MATCH", "prefix": "https://another.example/"}], "of_all"),
        ([{"matchType": "EXACT_MATCH", "value": f"{BASE_URL}/voice/status"}], "of_all"),
        (
            [
                {"matchType": "PREFIX_MATCH", "prefix": f"{BASE_URL}/voice/incoming"},
                {"matchType": "PREFIX_MATCH", "prefix": f"{BASE_URL}/"},
                {"matchType": "EXACT_MATCH", "value": f"{BASE_URL}/voice/incoming"},
            ],
            "the_last",
        ),
        (
            [
                {"matchType": "PREFIX_MATCH", "prefix": f"{BASE_URL}/"},
                {"matchType": "PREFIX_MATCH", "prefix": f"{BASE_URL}/voice/"},
            ],
            "the_last",
        ),
    ],
    ids=["the default", "a prefix", "a longer prefix", "another prefix", "another URL", "this very URL", "the longest"],
)
def test_of_several_rules_the_one_that_fits_best_delivers_webhooks(deployment, account, others, shared_key):
    for nth, match in enumerate([{"matchType": "DEFAULT"}, *others]):
        key = "of_all" if nth == 0 else "the_last" if nth == len(others) else "another"
        apply(account, match, {"signature": {"sharedKeyId": key}})
    numbers = Numbers(deployment.settings, Secrets(deployment.settings, lambda *_: None))
    assert [one.shared_key for one in numbers.deliveries(HERE["voice_url"])] == [shared_key]
