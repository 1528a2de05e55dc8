"""Pseudonyms are made with the table's own key, or not at all."""

from __future__ import annotations

import pytest

from infra.carrier import ANNOUNCED, Carrier, Phone
from infra.local import demo
from ivr.desk import Context, DeskError
from ivr.desk.people import person_of
from ivr.locales import catalog
from ivr.secrets.key_fingerprint import FINGERPRINT_KEY, fingerprint
from ivr.settings import Settings
from ivr.store.table_key import WrongKeyError
from tests.conftest import BASE_URL, ENVIRONMENT, NOW
from tests.gate.conftest import KEY, KEY_VALUE, OLD, webhook
from tests.twilio_post import posting

ANOTHER = "d" * 64
TRUSTED = {"From": "+13035550121"}


@pytest.fixture
def kept(store):
    return store.fingerprints.get


@pytest.fixture
def rows(store):
    def rows(begins):
        items = store.table.client.scan(TableName=store.table.name)["Items"]
        return [item for item in items if item["sk"]["S"].startswith(begins)]

    return rows


@pytest.fixture
def ring(container, pickups, rest_server):
    """A call to the protected line, answered by one container."""

    def ring(voice, *, customer=()):
        pickups[demo.CUSTOMER] = Phone(keys=list(customer), name="customer")
        pickups[demo.CARE] = Phone(name="care")
        post = posting(lambda: voice)
        carrier = Carrier(post, base_url=BASE_URL, auth_token=OLD, clock_start=NOW, pickups=pickups, seed=7)
        carrier.answers_on(rest_server)
        call = carrier.place(from_="+96891234567", to=demo.PROTECTED_LINE, phone=Phone(keys=[ANNOUNCED]))
        carrier.run()
        return call

    return ring


def test_the_first_key_becomes_the_tables_key_and_is_not_stored_in_it(container, store, kept):
    assert kept() == ""
    container().answer(webhook(OLD, form=TRUSTED))
    assert kept() == fingerprint(KEY_VALUE)
    assert KEY_VALUE not in str(store.table.client.scan(TableName=store.table.name)["Items"])


def test_a_second_start_with_the_same_key_goes_on(container, kept, rows):
    for sid in ("1", "2"):
        container().answer(webhook(OLD, form={**TRUSTED, "CallSid": "CA" + sid * 32}))
    assert kept() == fingerprint(KEY_VALUE)
    assert {item["pk"]["S"] for item in rows("CALL") if item["pk"]["S"].startswith("CALL#")} >= {"CALL#CA" + "1" * 32}


class TestAnotherKey:
    @pytest.fixture(autouse=True)
    def _started_before(self, container, ssm):
        container().actions.context.hmac_key()
        ssm.put(KEY, ANOTHER)

    def test_is_refused_and_logged_once_with_the_remedy_and_without_the_key(self, container, kept, caplog):
        voice = container()
        for _ in range(3):
            with pytest.raises(WrongKeyError):
                voice.actions.context.hmac_key()
        assert kept() == fingerprint(KEY_VALUE)
        [line] = [record for record in caplog.records if record.metric == "secret_refused"]
        assert line.parameter == "HMAC_KEY"
        assert line.mend.startswith("put_the_key_back")
        assert ANOTHER not in str([vars(record) for record in caplog.records])

    def test_still_rings_the_customer_and_records_no_pseudonym(self, container, ring, rows):
        call = ring(container(), customer=["1"])
        assert any(entry.kind == "bridged" for entry in call.transcript)
        assert rows("CALL") == []

    def test_confirms_no_report(self, container, ring, rows):
        call = ring(container(), customer=["9", "1", "2"])
        said = " ".join(call.transcript.said("customer", "en"))
        recorded = catalog.load("en").prompts["recorded"].say[0].split("{")[0]
        assert recorded not in said
        assert rows("REPORT#") == []

    def test_recovers_without_a_deployment_when_the_right_key_is_back(self, container, ssm, clock):
        voice = container()
        with pytest.raises(WrongKeyError):
            voice.actions.context.hmac_key()
        ssm.put(KEY, KEY_VALUE)
        clock.sleep(60)
        assert voice.actions.context.hmac_key() == KEY_VALUE


def test_the_fingerprint_is_read_once_with_the_look_up(container, store, outage):
    container().actions.context.hmac_key()
    store._lookups._fingerprint = ""  # another container's
    outage.asked.clear()
    voice = container()
    voice.answer(webhook(OLD, form=TRUSTED))
    voice.answer(webhook(OLD, form={**TRUSTED, "CallSid": "CA" + "2" * 32}))
    assert outage.asked == ["BatchGetItem", "TransactWriteItems", "BatchGetItem"]  # the line is engaged by then


def test_during_an_outage_the_key_is_used_and_checked_later(container, store, outage):
    container().actions.context.hmac_key()
    store._lookups._fingerprint = ""
    voice = container(HMAC_KEY=ANOTHER)
    outage.down = True
    assert voice.actions.context.hmac_key() == ANOTHER
    outage.down = False
    with pytest.raises(WrongKeyError):
        voice.actions.context.hmac_key()


def test_of_two_containers_that_start_at_once_on_a_new_table_one_key_wins(container, store):
    table = store.fingerprints
    assert table.keep("first", NOW) == "first"
    assert table.keep("second", NOW) == "first"
    assert store.table.get(FINGERPRINT_KEY)["kept_at"] == NOW


def test_the_desk_refuses_another_key_with_the_remedy(store):
    def with_key(key):
        return Context(store, Settings.from_environment({**ENVIRONMENT, "HMAC_KEY": key}))

    person_of(with_key(ANOTHER), demo.CUSTOMER)
    assert store.table.get(FINGERPRINT_KEY) is None  # only what answers calls says which key it is
    store.fingerprints.keep(fingerprint(KEY_VALUE), NOW)
    with pytest.raises(DeskError, match=r"the HMAC key is refused: .* put that key back"):
        person_of(with_key(ANOTHER), demo.CUSTOMER)
    assert person_of(with_key(KEY_VALUE), demo.CUSTOMER)
