import pytest

from infra.carrier import Answer
from infra.carrier.document import BadDocumentError, read_document

HALA = 'voice="Polly.Hala-Neural" language="ar-AE"'


def read(inner, **how):
    return read_document(Answer(200, "text/xml", f"<Response>{inner}</Response>"), **how)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Answer(200, "text/html", "<Response/>"), "12300"),
        (Answer(200, "", "<Response/>"), "12300"),
        (Answer(200, "text/xml", ' <?xml version="1.0"?><Response/>'), "12100"),
        (Answer(200, "text/xml", "<Response><Say>a & b</Say></Response>"), "12100"),
        (Answer(200, "text/xml", ""), "12100"),
        (Answer(200, "text/xml", "<Reply/>"), "12102"),
        (Answer(200, "text/xml", "<!DOCTYPE Response><Response/>"), "12100"),
        (Answer(200, "text/xml", f"<Response><Say>{'ع' * 40_000}</Say></Response>"), "11750"),
    ],
)
def test_a_bad_document_has_twilios_code(answer, code):
    with pytest.raises(BadDocumentError) as failure:
        read_document(answer)
    assert failure.value.code == code


@pytest.mark.parametrize("content_type", ["text/xml", "application/xml; charset=utf-8", "TEXT/XML"])
def test_takes_both_content_types(content_type):
    assert read_document(Answer(200, content_type, "<Response><Hangup/></Response>")).verbs[0].name == "Hangup"


@pytest.mark.parametrize(
    ("inner", "named"),
    [
        ("<Sing>la</Sing>", "Sing"),
        ("<say>hello</say>", "say"),
        ("<Number>+1</Number>", "Number"),
        ('<Say voise="x">hello</Say>', "voise"),
        ('<Gather numDigits="none"/>', "numDigits='none'"),
        ('<Gather input="speech"/>', "input='speech'"),
        ('<Gather finishOnKey="##"/>', "finishOnKey"),
        ('<Dial timeout="4">+12025550111</Dial>', "timeout='4'"),
        ('<Dial timeout="601">+12025550111</Dial>', "timeout='601'"),
        ('<Dial answerOnBridge="yes">+12025550111</Dial>', "answerOnBridge"),
        ('<Reject reason="spam"/>', "reason='spam'"),
        ('<Redirect method="GET">x</Redirect>', "method='GET'"),
        ("<Gather><Dial>+12025550111</Dial></Gather>", "Dial can't be in Gather"),
        ("<Gather>Press one</Gather>", "loose text in Gather"),
        ("Press one", "loose text in Response"),
        ("<Say>one <b>two</b></Say>", "b can't be in Say"),
        ('<Dial><Number statusCallbackEvent="picked">+1</Number></Dial>', "statusCallbackEvent"),
    ],
)
def test_ignored_markup_gives_a_warning(inner, named):
    (warning,) = read(inner).warnings
    assert named in warning.why


def test_entities_and_ssml_are_read():
    document = read('<Say>Fish &amp; chips <break time="1s"/> <emphasis>now</emphasis> &lt;3</Say>')
    assert document.verbs[0].text == "Fish & chips now <3"
    assert document.warnings == ()


@pytest.mark.parametrize(
    "verb", ["<Pause/>", "<Redirect>x</Redirect>", "<Dial>+12025550111</Dial>", "<Record/>", "<Reject/>"]
)
def test_a_whisper_knows_four_verbs(verb):
    document = read(f"<Say>a</Say>{verb}<Hangup/>", whisper=True)
    assert [one.name for one in document.verbs] == ["Say", "Hangup"]
    assert "not allowed in a whisper" in document.warnings[0].why


def test_a_pause_inside_a_whispers_gather_is_named():
    assert "Pause in Gather" in read("<Gather><Pause/></Gather>", whisper=True).warnings[0].why


def test_bad_twiml_goes_to_the_fallback(app, rings):
    app["/voice/incoming"] = "<Say>a & b</Say>"
    app["/voice/fallback"] = "<Say>Sorry</Say>"
    call, network = rings(strict=False)
    assert app.asked("/voice/fallback")[0]["ErrorCode"] == "12100"
    assert call.transcript.said() == ["Sorry"]
    assert [fault.code for fault in network.errors] == ["12100"]


def test_strict_run_raises_every_fault(app, rings):
    from infra.carrier import CarrierError

    app["/voice/incoming"] = '<Sing/><Say voise="x">Hello</Say>'
    with pytest.raises(CarrierError) as raised:
        rings()
    assert [fault.code for fault in raised.value.faults] == ["12200", "12200"]
    assert "Sing" in str(raised.value)
    assert "voise" in str(raised.value)


@pytest.mark.parametrize(
    "attributes",
    [
        HALA,
        'voice="Polly.Zayd-Neural"',
        'voice="Polly.Zeina" language="arb"',
        'voice="Google.ar-XA-Wavenet-B" language="ar-XA"',
    ],
)
def test_an_arabic_voice_speaks_arabic(app, rings, attributes):
    app["/voice/incoming"] = f"<Say {attributes}>مرحبا بكم</Say>"
    call, _ = rings()
    assert call.transcript.said(language="ar") == ["مرحبا بكم"]


@pytest.mark.parametrize(
    "attributes",
    [
        'voice="Polly.Hala-Neural" language="en-US"',
        'voice="Polly.Hala-Neural" language="arb"',
        'voice="Polly.Joanna-Neural" language="ar-AE"',
        'voice="Polly.Joanna-Neural" language="en-US"',
        "",
    ],
)
def test_a_wrong_voice_fails_the_whole_say(app, rings, attributes):
    app["/voice/incoming"] = f"<Say {attributes}>مرحبا بكم</Say><Say>Hello</Say>"
    call, network = rings(strict=False)
    assert call.transcript.said() == ["Hello"]
    assert [fault.code for fault in network.errors] == ["13520"]
