"""The two secrets: a changed HMAC key is found in the history and put back, a lost one is replaced on purpose."""

import pytest

from ivr.secrets.key_fingerprint import fingerprint
from tests.conftest import ENVIRONMENT
from tests.gate.conftest import KEY, KEY_VALUE, OLD, TOKENS, clock, container, deployed, ssm, webhook

__all__ = ["clock", "container", "deployed", "ssm"]

ANOTHER = "d" * 64
SECTION = "The HMAC key was changed, or is lost"
NAMES = {"/call-screening/hmac-key": KEY, "/call-screening/twilio-auth-token": TOKENS}
TRUSTED = {"From": "+13035550121"}
A_MINUTE = 61


@pytest.fixture
def changed(container, ssm, store):
    """The table has taken the right key; then somebody stored another one."""
    container().answer(webhook(OLD, form=TRUSTED))
    ssm.put(KEY, ANOTHER)
    return container()


def test_the_value_from_before_is_in_the_history_and_put_back(changed, type_in, clock, caplog):
    [told] = type_in(SECTION, "aws ssm get-parameter-history", **NAMES)
    assert KEY_VALUE in told
    changed.answer(webhook(OLD, form=TRUSTED))
    assert "another_key" in {getattr(one, "why", "") for one in caplog.records}
    type_in(SECTION, "aws ssm put-parameter --overwrite", THE_VALUE_FROM_BEFORE=KEY_VALUE, **NAMES)
    clock.sleep(A_MINUTE)
    assert changed.actions.context.hmac_key() == KEY_VALUE


def test_a_new_key_is_taken_once_the_table_has_forgotten_the_lost_one(changed, container, store, type_in):
    assert store.fingerprints.get() == fingerprint(KEY_VALUE)
    type_in(SECTION, "aws dynamodb delete-item", TABLE=ENVIRONMENT["TABLE_NAME"])
    container().answer(webhook(OLD, form=TRUSTED))
    assert store.fingerprints.get() == fingerprint(ANOTHER)


def test_both_tokens_are_stored_while_the_account_rotates(container, type_in):
    new = "b" * 32
    type_in("The auth token was changed, or got out", "aws ssm put-parameter", **{"NEW OLD": f"{new} {OLD}"}, **NAMES)
    for token in (new, OLD):
        assert container().answer(webhook(token, form=TRUSTED))["statusCode"] == 200
