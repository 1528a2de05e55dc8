"""Each DynamoDB operation of a report call fails in turn, in each way: report and answers are stored in the end."""

from __future__ import annotations

import pytest

from infra.carrier import ANNOUNCED, HANG_UP, SILENCE, SPEAK, Phone, rest_client
from infra.local import demo
from tests.network_faults import WAYS, failing_at_once

pytestmark = pytest.mark.no_cover
MOST_OPERATIONS = 60  # of one call


@pytest.fixture
def faults(dynamodb, monkeypatch):
    return failing_at_once(dynamodb, monkeypatch)


@pytest.fixture
def network():
    return {"strict": False}  # a Play whose recording can't be read fails, and the call goes on


@pytest.fixture
def stranger():
    """A new caller each time."""
    numbers = iter(range(10_000))
    return lambda: f"+9689100{next(numbers):04}"


@pytest.fixture
def environment(environment, rest_server):
    return {**environment, "PERSONAL_BLOCK_DAYS": "0", "TWILIO_API_BASE_URL": rest_server.base_url}


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("where", ["whisper", "last call", "message", "typed"])
def test_a_confirmed_reports_answers_are_stored_whichever_operation_fails(  # noqa: C901  # four kinds of call
    where, way, ring, stranger, faults, settle, carrier, pickups, queue, reports, rest_server
):
    client = rest_client(rest_server.base_url, "AC" + "0" * 32, "12345")

    def ring_back(keys):
        pickups[demo.CUSTOMER] = Phone(keys=keys, name="customer")
        client.calls.create(
            to=demo.CUSTOMER,
            from_=demo.PROTECTED_LINE,
            url="https://ivr.example.com/voice/ring_back/start?languages=en&leg=rung_back",
        )
        carrier.run()
        return " ".join(carrier.legs[-1].transcript.said("customer", "en"))

    def call(nth):
        """One report call, of which the nth operation fails; answers with whom it was about, and what was heard."""
        about = stranger()
        if where in {"last call", "message"}:
            ring(about, caller=[ANNOUNCED, SPEAK(7) if where == "message" else SILENCE], customer=["3"])
            settle()
        faults.arm(nth, way)
        if where == "whisper":
            return about, " ".join(ring(about, caller=[ANNOUNCED], customer=["9", "2", "1"]).customer.heard)
        if where == "last call":
            return about, ring_back(["1", "1", "1", "2", "1", HANG_UP])
        if where == "message":
            # The oldest message is told first, and deleted afterwards.
            return about, ring_back(["1", "1", "9", "2", "1", HANG_UP])
        typed = f"00{about[1:]}#"
        return about, " ".join(
            ring("+96890000001", demo.REPORT_LINE, caller=["2", "2", typed, "1", "2", "1", HANG_UP]).caller.heard
        )

    confirmed = 0
    for nth in range(1, MOST_OPERATIONS):
        carrier.wait(86_400)
        about, heard = call(nth)
        failed, made = faults.failed, faults.count
        faults.arm(0, way)
        while queue.waiting:
            queue.empty()
        settle()
        stored = [report for report in reports() if report.caller == about]
        # Where the message could not be played, the same keys lead elsewhere and make no report.
        answered = where != "message" or "Main menu." not in heard
        if answered and "Your report has been recorded." in heard:
            confirmed += 1
            [report] = stored
            assert (report.category, report.loss) == ("secrets", "yes"), f"{nth}: {failed}"
        if where == "message":
            ring_back(["1", "1", "3", HANG_UP])
            settle()
        if made < nth:
            break
    else:
        raise AssertionError("the call has more operations than were tried")
    assert confirmed > 3


@pytest.mark.slow
def test_a_customer_reaches_care_whichever_answer_of_the_table_is_lost(ring, stranger, faults, carrier):
    """The SDK sends the request again, and what it asked for is done already."""
    for nth in range(1, MOST_OPERATIONS):
        carrier.wait(86_400)
        faults.arm(nth, "late")
        call = ring(stranger(), caller=[ANNOUNCED], customer=["0"])
        assert call.rang(demo.CARE), f"{nth}: {faults.failed}"
        if faults.count < nth:
            return
    pytest.fail("a call makes fewer requests")
