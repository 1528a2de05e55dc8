"""The deployment's secrets: which are accepted, for how long, and how often Parameter Store is asked."""

from __future__ import annotations

import json
import socket
import time
from itertools import pairwise

import pytest

from infra.local.events import event
from ivr.aws.ssm import SSM
from ivr.secrets import SecretUnavailableError
from ivr.secrets.cached import REFRESH_SECONDS
from ivr.secrets.parameter_store import NoAnswerError, ParameterStore
from ivr.secrets.rotation import KEPT_SECONDS
from tests.conftest import BASE_URL, TOKEN
from tests.gate.conftest import FORM, KEY, KEY_VALUE, NEW, OLD, TOKENS, webhook
from tests.slowly import slow_but

SHARED = "webhooks_sharedkey_01kabc"
SECRET = "s" * 43
FORGED = "A" * 27 + "="


def status(voice, *args, **kwargs):
    return voice.answer(webhook(*args, **kwargs))["statusCode"]


class TestAccepted:
    def test_each_of_the_two_tokens_of_an_account_that_rotates(self, container, ssm):
        ssm.put(TOKENS, f"{NEW} {OLD}")
        voice = container()
        assert [status(voice, token) for token in (OLD, NEW, "0" * 31 + "c")] == [200, 200, 403]

    @pytest.mark.parametrize("algorithm", ["HMAC_SHA256", "HMAC_SHA1"])
    def test_a_webhook_that_a_named_shared_key_signed(self, container, ssm, algorithm):
        ssm.put(TOKENS, f"{OLD}\n{SHARED}={SECRET}")
        assert status(container(), SECRET, key=SHARED, algorithm=algorithm) == 200

    def test_a_webhook_that_names_a_key_is_checked_with_that_key_alone(self, container, ssm):
        ssm.put(TOKENS, f"{OLD} {SHARED}={SECRET} {SHARED}2={'t' * 43}")
        voice = container()
        assert status(voice, OLD, key=SHARED) == 403
        assert status(voice, OLD, key=SHARED, algorithm="HMAC_SHA1") == 403
        assert status(voice, SECRET, key=SHARED + "2") == 403
        assert status(voice, SECRET, key="webhooks_sharedkey_unknown") == 403
        assert status(voice, SECRET) == 403  # nor does a key pass for a token

    @pytest.mark.parametrize("algorithm", ["HMAC_MD5", "none", "HMAC_SHA256\nmetric=forged", "+96891234567"])
    @pytest.mark.parametrize("key", ["", f"key={SHARED},"])
    def test_no_algorithm_but_twilios_two(self, container, ssm, key, algorithm, caplog):
        ssm.put(TOKENS, f"{OLD} {SHARED}={SECRET}")
        request = webhook(SECRET if key else OLD)
        request["headers"]["x-twilio-webhooks-signature-settings"] = f"{key}algorithm={algorithm}"
        assert container().answer(request)["statusCode"] == 403
        assert algorithm not in str([vars(record) for record in caplog.records])

    def test_the_fallback_and_the_fetch_of_a_recording_likewise(self, container, ssm):
        ssm.put(TOKENS, f"{NEW} {OLD} {SHARED}={SECRET}")
        voice = container()
        assert status(voice, OLD, path="/voice/fallback") == 200
        assert status(voice, SECRET, path="/voice/fallback", key=SHARED) == 200
        assert status(voice, FORGED, path="/voice/fallback") == 403
        path = f"/voice/recordings/RE{'0' * 32}.mp3"
        assert [voice.answer(get(path, token))["statusCode"] for token in (OLD, NEW, FORGED)] == [404, 404, 403]

    def test_on_a_laptop_both_tokens_and_shared_keys_of_the_environment(self, container):
        voice = container(TWILIO_AUTH_TOKEN=f"{TOKEN} other {SHARED}=short")
        assert [status(voice, token) for token in (TOKEN, "other", "short")] == [200, 200, 403]
        assert status(voice, "short", key=SHARED) == 200


def get(path, token):
    from twilio.request_validator import RequestValidator

    signature = RequestValidator(token).compute_signature(BASE_URL + path, {})
    return event(method="GET", path=path, query="", headers={"X-Twilio-Signature": signature}, body=b"", now_ms=1_000)


class TestCachedTokens:
    def test_a_revoked_token_stops_passing_five_minutes_after_it_was_last_seen_in_parameter_store(
        self, container, ssm, clock
    ):
        voice = container()
        assert status(voice, OLD) == 200
        ssm.put(TOKENS, NEW)
        clock.sleep(KEPT_SECONDS - 1)
        assert status(voice, OLD) == 200
        clock.sleep(1)
        assert status(voice, OLD) == 403

    def test_a_forgers_refresh_neither_shortens_nor_extends_a_tokens_life(self, container, ssm, clock):
        voice = container()
        assert status(voice, OLD) == 200
        ssm.put(TOKENS, NEW)
        for _ in range(KEPT_SECONDS // 10 - 1):
            clock.sleep(10)
            assert status(voice, FORGED) == 403
            assert status(voice, OLD) == 200
        clock.sleep(10)
        assert status(voice, OLD) == 403

    @pytest.mark.slow
    def test_the_last_good_token_serves_while_parameter_store_is_down_and_no_call_waits_for_it_again(
        self, container, ssm, clock
    ):
        voice = container()
        assert status(voice, OLD) == 200
        ssm.down = True
        clock.sleep(KEPT_SECONDS)
        before = len(ssm.asked)
        assert [status(voice, OLD) for _ in range(50)] == [200] * 50
        assert len(ssm.asked) - before == 1

    def test_an_invalid_token_does_not_replace_a_good_one(self, container, ssm, clock):
        voice = container()
        assert status(voice, OLD) == 200
        ssm.put(TOKENS, "YOUR_AUTH_TOKEN")
        clock.sleep(KEPT_SECONDS)
        assert status(voice, OLD) == 200
        assert [name for name, _ in voice.complaints] == [TOKENS]


@pytest.mark.slow
def test_ten_thousand_forgeries_cause_at_most_one_request_a_minute(container, ssm, clock):
    """Over ten minutes, beside real webhooks, by every way in."""
    voice = container()
    assert status(voice, OLD) == 200
    forged = [
        webhook(OLD, signature=FORGED),
        webhook(OLD, path="/voice/fallback", signature=FORGED),
        webhook(OLD, path="/voice/status", signature=FORGED),
        webhook(SECRET, key=SHARED),
        get(f"/voice/recordings/RE{'0' * 32}.mp3", "forger"),
    ]
    started = clock.now
    for number in range(10_000):
        clock.sleep(0.06)
        assert voice.answer(forged[number % len(forged)])["statusCode"] == 403
        if number % 1000 == 0:
            assert status(voice, OLD) == 200
    times = [at for at, _ in ssm.asked if at > started]
    assert len(times) == 10  # one a minute, for as long as they come
    assert all(later - earlier >= REFRESH_SECONDS for earlier, later in pairwise(times))


def test_forgeries_while_parameter_store_is_down_cause_no_extra_requests(container, ssm, clock):
    voice = container()
    assert status(voice, OLD) == 200
    ssm.down = True
    started = clock.now
    for _ in range(1000):
        clock.sleep(0.6)
        assert status(voice, FORGED) == 403
    assert len([at for at, _ in ssm.asked if at > started]) <= 10


@pytest.mark.parametrize("signature", [None, "", "x", "é" * 28, "A" * 5000])
def test_a_malformed_signature_causes_no_request(container, ssm, signature):
    request = webhook(OLD)
    request["headers"]["x-twilio-signature"] = signature or ""
    assert container().answer(request)["statusCode"] == 403
    assert ssm.asked == []


def minute_by_minute(container, ssm, clock, plan, *, containers=3):
    """200 webhooks, three seconds apart, over some containers, a forger among them. Returns how many were refused."""
    voices = [container() for _ in range(containers)]
    signing, refused = OLD, 0
    for number in range(200):
        clock.sleep(3)
        if number in plan:
            signs, stored = plan[number]
            signing = signs or signing
            if stored:
                ssm.put(TOKENS, stored)
        if number == 100:
            voices[0] = container()  # a fresh one in the middle
        voice = voices[number % containers]
        if number % 5 == 0:
            assert status(voice, FORGED) == 403
        if number < 100 or number % 2:
            refused += status(voice, signing) != 200
        else:
            refused += status(voice, signing, path="/voice/fallback") != 200
    return refused


class TestARotationInTheMiddleOf200WebhooksRefusesNone:
    def test_parameter_store_first(self, container, ssm, clock):
        plan = {0: (None, OLD), 40: (None, f"{NEW} {OLD}"), 145: (NEW, None), 160: (None, NEW)}
        assert minute_by_minute(container, ssm, clock, plan) == 0

    def test_twilio_first(self, container, ssm, clock):
        plan = {0: (None, f"{OLD} {NEW}"), 60: (NEW, None), 160: (None, NEW)}
        assert minute_by_minute(container, ssm, clock, plan) == 0

    @pytest.mark.parametrize("at", slow_but((60,), [60, 137]))
    def test_both_at_once_with_no_second_token_and_no_forger(self, container, ssm, clock, at):
        voice, signing = container(), OLD
        refused = 0
        for number in range(200):
            clock.sleep(0.1)
            if number == at:
                ssm.put(TOKENS, NEW)
                signing = NEW
            refused += status(voice, signing) != 200
        assert refused == 0

    def test_to_a_shared_key(self, container, ssm, clock):
        voice = container()
        assert status(voice, OLD) == 200
        ssm.put(TOKENS, f"{OLD} {SHARED}={SECRET}")
        assert [status(voice, SECRET, key=SHARED), status(voice, OLD)] == [200, 200]


class TestParameterStoreFails:
    @pytest.mark.parametrize("kind", slow_but((500, "hangs"), [500, 503, "throttled", "hangs"]))
    def test_twice_in_a_cold_start_and_the_call_is_answered_within_five_seconds(self, container, ssm, clock, kind):
        ssm.failures = [kind, kind]
        began = clock.now
        answer = container().answer(webhook(OLD))
        assert answer["statusCode"] == 200
        assert "<Gather" in answer["body"]
        assert clock.now - began < 5

    @pytest.mark.parametrize("kind", slow_but(("hangs",), [500, "throttled", "hangs"]))
    def test_whatever_it_does_a_webhook_goes_on_within_five_seconds(self, container, ssm, clock, kind):
        ssm.failures = [kind] * 50
        voice = container()
        began = clock.now
        assert status(voice, OLD) == 503
        assert clock.now - began < 5
        clock.sleep(2)
        ssm.failures = []
        assert status(voice, OLD) == 200

    def test_a_permanent_error_is_not_retried(self, container, ssm):
        voice = container(TWILIO_AUTH_TOKEN_PARAMETER="/not/there")
        assert status(voice, OLD) == 503
        assert len(ssm.asked) == 1

    def test_without_a_token_only_the_fallback_answers_with_an_apology(self, container, ssm, outage, caplog):
        ssm.down = True
        voice = container()
        assert status(voice, OLD) == 503
        answer = voice.answer(webhook(FORGED, path="/voice/fallback"))
        assert answer["statusCode"] == 200
        assert "<Say" in answer["body"]
        assert not any(verb in answer["body"] for verb in ("<Dial", "<Gather", "<Redirect"))
        assert outage.asked == []
        assert {record.metric for record in caplog.records} == {"secret_unavailable"}

    def test_a_call_is_put_through_even_without_the_pseudonyms_key(self, container, ssm):
        voice = container(HMAC_KEY_PARAMETER="/not/there")
        answer = voice.answer(webhook(OLD, form={"From": "+13035550121"}))  # trusted by the desk: rung at once
        assert answer["statusCode"] == 200
        assert "<Dial" in answer["body"]

    @pytest.mark.slow
    def test_a_hanging_request_is_given_up_within_five_real_seconds(self, monkeypatch):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            monkeypatch.setenv("AWS_ENDPOINT_URL_SSM", f"http://127.0.0.1:{silent.getsockname()[1]}")
            began = time.monotonic()
            with pytest.raises(NoAnswerError, match="timed_out"):
                ParameterStore().get_patiently(TOKENS)
            assert 2 < time.monotonic() - began < 5

    def test_the_client_gives_up_before_a_caller_would(self):
        service = ParameterStore().client.service
        assert service.connections._connect_timeout + service.connections._read_timeout < 1.5
        assert service._attempts == 1

    def test_so_does_botocores_where_the_environment_asks_for_it(self, monkeypatch):
        monkeypatch.setenv("AWS_USE_DUALSTACK_ENDPOINT", "true")
        config = ParameterStore().client.meta.config
        assert config.connect_timeout + config.read_timeout < 1.5
        assert config.retries["total_max_attempts"] == 1


def test_the_log_says_why_by_the_words_that_the_alarm_names(container, ssm, caplog):
    from infra.local.template import resources

    def why(**changed):
        caplog.clear()
        container(**changed).answer(webhook(OLD, form={"From": "+13035550121"}))
        return {line.why for line in caplog.records if getattr(line, "metric", "") == "secret_unavailable"}

    said = why(TWILIO_AUTH_TOKEN_PARAMETER="/not/there") | why(HMAC_KEY_PARAMETER="/not/there")
    assert said == {"ParameterNotFound"}
    container().actions.context.hmac_key()
    ssm.put(KEY, "short")
    said |= why()
    ssm.put(KEY, "d" * 64)
    said |= why()
    alarm = next(
        one["Properties"]["AlarmDescription"]
        for one in resources().values()
        if one["Properties"].get("MetricName") == "secret_unavailable"
    )
    assert said == {"ParameterNotFound", "ill_shaped", "another_key"}
    assert all(word in alarm for word in {*said, "secret_refused"})


class TestBothInOneRequest:
    def names(self, ssm):
        return [json.loads(body).get("Names") or [json.loads(body)["Name"]] for _, body in ssm.asked]

    def test_a_first_webhook_reads_the_tokens_and_the_key_together(self, container, ssm):
        voice = container()
        assert status(voice, OLD) == 200
        assert voice.secrets.hmac_key() == KEY_VALUE
        assert self.names(ssm) == [[TOKENS, KEY]]

    def test_each_is_read_alone_afterwards(self, container, ssm, clock):
        voice = container()
        assert status(voice, OLD) == 200
        clock.sleep(KEPT_SECONDS)
        assert status(voice, OLD) == 200
        assert self.names(ssm) == [[TOKENS, KEY], [TOKENS]]

    def test_what_was_read_beside_is_read_again_after_a_minute(self, container, ssm, clock):
        secrets = container().secrets
        secrets.hmac_key()
        ssm.put(TOKENS, NEW)
        clock.sleep(REFRESH_SECONDS)
        assert secrets.signers().tokens == (NEW,)
        assert self.names(ssm) == [[KEY, TOKENS], [TOKENS]]

    def test_the_one_that_is_missing_is_named_and_the_other_serves(self, container, ssm):
        voice = container(HMAC_KEY_PARAMETER="/not/there")
        assert status(voice, OLD) == 200
        with pytest.raises(SecretUnavailableError, match="/not/there") as missing:
            voice.secrets.hmac_key()
        assert missing.value.code == "ParameterNotFound"
        assert self.names(ssm) == [[TOKENS, "/not/there"], ["/not/there"]]

    def test_where_the_role_may_not_read_one_the_other_serves(self, container, ssm):
        voice = container()
        ssm.refused = "GetParameters"
        assert status(voice, OLD) == 200
        assert self.names(ssm) == [[TOKENS, KEY], [TOKENS]]

    def test_a_failure_that_passes_is_tried_again_for_both(self, container, ssm):
        ssm.failures = [500]
        voice = container()
        assert status(voice, OLD) == 200
        assert self.names(ssm) == [[TOKENS, KEY]] * 2

    def test_a_secret_of_the_environment_is_not_asked_for(self, container, ssm):
        voice = container(HMAC_KEY=KEY_VALUE)
        assert status(voice, OLD) == 200
        assert self.names(ssm) == [[TOKENS]]

    def test_over_the_road_that_a_function_takes_too(self, ssm):
        store = ParameterStore()
        assert isinstance(store.client, SSM)
        store.expect([TOKENS, KEY])
        assert (store.get(TOKENS), store.get_patiently(KEY)) == (OLD, KEY_VALUE)
        with pytest.raises(NoAnswerError, match="ParameterNotFound"):
            store.get("/not/there")


def test_the_ssm_client_is_made_before_the_snapshot_without_a_request(container, ssm):
    container().secrets.prepare()
    assert ssm.asked == []


class TestAValueThatWasStoredByHand:
    @pytest.mark.slow
    @pytest.mark.parametrize(
        "stored", [f"{OLD}\n", f" {OLD} ", f"\ufeff{OLD}", f'"{OLD}"', f"'{OLD}'\r\n", f"\u200e{OLD}\u00a0", f"“{OLD}”"]
    )
    def test_is_trimmed_of_white_space(self, container, ssm, stored):
        ssm.put(TOKENS, stored)
        voice = container()
        assert status(voice, OLD) == 200
        assert voice.complaints == []

    def test_gives_the_same_pseudonyms_after_trimming(self, container, ssm):
        plain = container().secrets.hmac_key()
        ssm.put(KEY, f'\ufeff"{plain}"\n')
        assert container().secrets.hmac_key() == plain

    @pytest.mark.parametrize("stored", ["YOUR_AUTH_TOKEN", "12345", OLD.upper(), OLD[:-1], OLD + "0", "x=y", '""'])
    def test_that_is_invalid_is_logged_by_its_parameter_and_never_by_its_value(
        self, deployed, store, ssm, stored, caplog
    ):
        from handlers.voice import Voice
        from ivr.settings import Settings

        ssm.put(TOKENS, stored)
        voice = Voice(Settings.from_environment(deployed), store)
        voice.secrets.store = ParameterStore(ssm.client())
        voice.secrets._signers._store = voice.secrets.store
        assert status(voice, OLD) == 503
        [line] = [record for record in caplog.records if record.metric == "secret_refused"]
        assert line.parameter == TOKENS
        assert "32_hexadecimal_digits" in line.mend
        assert stored.strip('"') == "" or stored not in str([vars(record) for record in caplog.records])

    def test_a_good_token_works_beside_an_invalid_one_that_is_logged(self, container, ssm):
        ssm.put(TOKENS, f"{OLD} nonsense")
        voice = container()
        assert status(voice, OLD) == 200
        assert [name for name, _ in voice.complaints] == [TOKENS]

    @pytest.mark.parametrize("stored", ["short", "with a blank " * 5, "é" * 40])
    def test_that_is_an_invalid_pseudonym_key_is_not_used(self, container, ssm, stored):
        ssm.put(KEY, stored)
        voice = container()
        answer = voice.answer(webhook(OLD, form={"From": "+13035550121"}))
        assert "<Dial" in answer["body"]
        assert [name for name, _ in voice.complaints] == [KEY]
        assert stored not in str(voice.complaints)
        assert not [item for item in rows(voice) if item["pk"]["S"].startswith("CALL#")]


def rows(voice):
    store = voice.actions.context.store
    return store.table.client.scan(TableName=store.table.name)["Items"]


def test_the_form_of_these_tests_is_a_valid_webhook():
    assert len(FORM["CallSid"]) == 34
