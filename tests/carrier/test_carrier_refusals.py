"""The stand-in refuses what Twilio refuses, with Twilio's code: each row of its table has an example."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest
from twilio.twiml import voice_response

from infra.carrier import Answer, CarrierError, Phone
from infra.carrier.document import BadDocumentError, read_document
from infra.carrier.shapes import SHAPES
from tests.carrier.conftest import BASE
from tests.carrier.refusals import DOCUMENTS, REST

NUMBER = "+12025550111"
WORKFLOW = f'workflowSid="WW{"0" * 32}"'


def call(verb, attributes="", text=""):
    return f"<{verb} {attributes}>{text}</{verb}>"


def number(attributes):
    return call("Dial", "", call("Number", attributes, NUMBER))


def room(attributes="", name="r"):
    return call("Dial", "", call("Conference", attributes, name))


def queue(attributes):
    return f"<Enqueue {attributes}><Task>{{}}</Task></Enqueue>"


# The document that answers the first webhook, and the code of its refusal.
REFUSED = [
    ("11100", "<Redirect/>"),
    ("11100", call("Gather", f'action="/voice/{"x" * 4000}"')),
    ("12200", "<Sing/>"),
    ("12200", call("Say", 'voise="x"', "Hello")),
    ("12200", "<Leave/>"),
    ("13000", f"<Dial><Number>{NUMBER}</Number><Conference>r</Conference></Dial>"),
    ("13000", f"<Dial><Conference>r</Conference><Number>{NUMBER}</Number></Dial>"),
    ("13210", call("Dial", 'method="PUT"', NUMBER)),
    ("13212", call("Dial", 'timeout="601"', NUMBER)),
    ("13213", call("Dial", 'hangupOnStar="yes"', NUMBER)),
    ("13214", call("Dial", 'callerId="sip:+12025550100@pbx.example"', NUMBER)),
    ("13214", call("Dial", 'callerId="anonymous"', NUMBER)),
    ("13214", call("Dial", 'callerId="+12025550177"', NUMBER)),
    ("13215", call("Dial", "", "<Say>Hello</Say>")),
    ("13216", call("Dial", 'timeLimit="0"', NUMBER)),
    ("13219", call("Dial", 'answerOnBridge="yes"', NUMBER)),
    ("13221", number('method="PUT"')),
    ("13224", call("Dial", "", "1500")),
    ("13231", room('endConferenceOnExit="yes"')),
    ("13232", room('startConferenceOnEnter="yes"')),
    ("13233", room('waitUrl="wait"')),
    ("13234", room('waitMethod="PUT"')),
    ("13235", room('beep="loud"')),
    ("13237", room(name="")),
    ("13237", room(name="x" * 129)),
    ("13310", call("Gather", 'finishOnKey="a"')),
    ("13312", call("Gather", 'method="PUT"')),
    ("13313", call("Gather", 'timeout="-1"')),
    ("13314", call("Gather", 'numDigits="0"')),
    ("13320", call("Gather", "", "<Hangup/>")),
    ("13326", call("Gather", 'input="speech"')),
    ("13338", call("Gather", 'actionOnEmptyResult="yes"')),
    ("13410", call("Play", 'loop="-1"', f"{BASE}/a.mp3")),
    ("13430", call("Play", 'digits="x"', f"{BASE}/a.mp3")),
    ("13510", call("Say", 'loop="-1"', "Hello")),
    ("13511", call("Say", 'voice="robot"', "Hello")),
    ("13520", "<Say/>"),
    ("13521", call("Say", "", "x" * 3001)),
    ("13521", call("Say", 'voice="Polly.Hala-Neural" language="ar-AE"', "ع" * 751)),
    ("13610", call("Record", 'method="PUT"')),
    ("13611", call("Record", 'timeout="-1"')),
    ("13612", call("Record", 'maxLength="0"')),
    ("13613", call("Record", 'finishOnKey="a"')),
    ("13616", call("Record", 'playBeep="yes"')),
    ("13699", call("Record", 'trim="yes"')),
    ("13710", call("Redirect", 'method="PUT"', "/voice/done")),
    ("13810", call("Reject", 'reason="spam"')),
    ("13910", call("Pause", 'length="0"')),
    ("14201", queue(f'{WORKFLOW} method="PUT"')),
    ("14202", queue(f'{WORKFLOW} waitUrl="wait"')),
    ("14203", queue(f'{WORKFLOW} action="done"')),
    ("14206", queue(f'{WORKFLOW} waitUrlMethod="PUT"')),
    ("14220", queue('workflowSid="WW1"')),
    ("14221", f"<Enqueue {WORKFLOW}><Task>[]</Task></Enqueue>"),
    ("16002", room('maxParticipants="1"')),
    ("21609", number('statusCallback="/voice/status"')),
    ("21609", room('statusCallback="/voice/status"')),
    ("21609", number('statusCallback="https://an_ivr.example/voice/status"')),
    ("21626", number('statusCallbackEvent="picked"')),
]
BROKEN = {
    "11750": f"<Response><Say>{'x' * 65_536}</Say></Response>",
    "12100": "<Response><Say>a \x0b b</Say></Response>",
    "12102": "<Reply/>",
}
# Those with a test of their own, below or beside this one.
ELSEWHERE = {"12300", "13201", "13238", "13420", "16020"}


@pytest.mark.parametrize(("code", "inner"), REFUSED)
def test_an_invalid_attribute_is_refused_with_twilios_code(code, inner, app, rings):
    app["/voice/incoming"] = [inner, "<Hangup/>"]
    app["/voice/done"] = app["/voice/fallback"] = "<Hangup/>"
    with pytest.raises(CarrierError) as raised:
        rings(Phone(patience=5), pickups={NUMBER: Phone(talks_for=1)})
    assert code in {fault.code for fault in raised.value.faults}


@pytest.mark.parametrize("character", ["\0", "\x0b", "\x1b", "\ufffe", "&#11;", "&#0;"], ids=ascii)
def test_an_escaped_character_that_xml_forbids_breaks_the_document(character):
    with pytest.raises(BadDocumentError) as broken:
        read_document(Answer(200, "text/xml", f"<Response><Say>a{character}b</Say></Response>"))
    assert broken.value.code == "12100"


@pytest.mark.parametrize(("code", "body"), BROKEN.items(), ids=BROKEN)
def test_an_unreadable_document_is_refused_with_its_code(code, body):
    with pytest.raises(BadDocumentError) as broken:
        read_document(Answer(200, "text/xml", body))
    assert broken.value.code == code


@pytest.mark.parametrize(
    ("where", "inner", "code"), [("whisper", f"<Dial>{NUMBER}</Dial>", "13201"), ("wait", "<Hangup/>", "13238")]
)
def test_a_misplaced_verb_is_refused_with_its_code(where, inner, code):
    document = read_document(Answer(200, "text/xml", f"<Response>{inner}</Response>"), **{where: True})
    assert [wrong.code for wrong in document.warnings] == [code]


def test_a_conference_takes_at_most_its_participants(app, carrier):
    app["/voice/incoming"] = room('maxParticipants="2"')
    network = carrier(strict=False)
    for after in range(3):
        network.place(from_=f"+9689123456{after}", to="+12025550100", phone=Phone(talks_for=30), after=after)
    network.run()
    assert [fault.code for fault in network.errors] == ["16020"]


@pytest.mark.parametrize(
    ("from_", "to"),
    [("+96891234567", "sip:+12025550100@pbx.example"), ("sip:+96891234567@pbx.example", "+12025550100")],
)
@pytest.mark.parametrize("shown", ["+96891234567", "+12025550100"])
def test_a_call_over_sip_shows_verified_numbers_alone(app, carrier, from_, to, shown):
    app["/voice/incoming"] = call("Dial", f'callerId="{shown}"', NUMBER)
    for verified, refused in (((), True), ((shown,), False)):
        network = carrier(strict=False, verified=verified, pickups={NUMBER: Phone(talks_for=1)})
        network.place(from_=from_, to=to, phone=Phone())
        network.run()
        assert [fault.code for fault in network.errors] == ["13214"] * refused


@pytest.mark.parametrize("ends", ["hangs_up", "bridges"])
def test_an_empty_whisper_hangs_up_unless_told_otherwise(app, rings, ends):
    app["/voice/incoming"] = call("Dial", "", call("Number", 'url="whisper"', NUMBER))
    app["/voice/whisper"] = ""
    happened, _ = rings(pickups={NUMBER: Phone(talks_for=5)}, empty_whisper=ends)
    assert ("bridged" in {entry.kind for entry in happened.transcript}) == (ends == "bridges")


def test_every_row_of_the_table_has_an_example():
    assert {row.code for row in DOCUMENTS} == {code for code, _ in REFUSED} | set(BROKEN) | ELSEWHERE
    assert all(row.page.endswith(row.code) for row in (*DOCUMENTS, *REST))
    tested = "".join(file.read_text("utf-8") for file in sorted(Path(__file__).parent.glob("test_carrier_*.py")))
    for row in REST:
        assert re.search(rf"\b{row.code}\b", tested), f"nothing is refused with {row.code} in a test"


def test_every_attribute_is_one_that_twilios_own_library_writes():
    """A second check of our table: the library's classes are generated from Twilio's own description of TwiML."""
    nouns = {"Number": voice_response.Dial, "Conference": voice_response.Dial, "Task": voice_response.Enqueue}
    for name in SHAPES:
        writes = getattr(nouns.get(name, voice_response.VoiceResponse), name.lower())
        known = {parameter.replace("_", "") for parameter in inspect.signature(writes).parameters}
        assert {attribute.lower() for attribute in SHAPES[name].attributes} <= known, name
