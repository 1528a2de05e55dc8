"""What Twilio refuses or skips, and the stand-in reports, by Twilio's error codes; each code has a page at Twilio.

Twilio only logs most of these, or skips the wrong part, and goes on. The stand-in reports each one. Where Twilio's
pages are not precise the stand-in is stricter, and the row says so.
"""

from __future__ import annotations

from typing import NamedTuple


class Refusal(NamedTuple):
    """One thing that Twilio does not accept."""

    code: str
    what: str
    stricter: str = ""
    """What the stand-in refuses beyond Twilio's page."""

    @property
    def page(self) -> str:
        """Twilio's page about the error."""
        return f"https://www.twilio.com/docs/api/errors/{self.code}"


DOCUMENTS = (
    Refusal("11100", "a URL that is none", "longer than 4,000 characters too, which is a limit of callbacks"),
    Refusal("11750", "a document of more than 64 kB"),
    Refusal("12100", "what is not well-formed XML: a blank before it, a character that XML forbids, a DTD"),
    Refusal("12102", "a root that is not Response"),
    Refusal("12200", "a verb, an attribute or a text that is not TwiML there"),
    Refusal("12300", "a content type that is not XML"),
    Refusal("13000", "a Conference beside another noun"),
    Refusal("13201", "a Dial in a whisper"),
    Refusal("13210", "Dial: method", "no GET: it is not simulated"),
    Refusal("13212", "Dial: timeout", "below 5 or above 600 s"),
    Refusal("13213", "Dial: hangupOnStar"),
    Refusal("13214", "Dial: callerId that is no number, or not ours to show", "To and From of any call over SIP"),
    Refusal("13215", "Dial: what it can't hold"),
    Refusal("13216", "Dial: timeLimit"),
    Refusal("13219", "Dial: answerOnBridge"),
    Refusal("13221", "Number: method", "no GET: it is not simulated"),
    Refusal("13224", "a number that can't be dialled", "any that is not in E.164"),
    Refusal("13231", "Conference: endConferenceOnExit"),
    Refusal("13232", "Conference: startConferenceOnEnter"),
    Refusal("13233", "Conference: waitUrl", "a relative one: the page says well formed"),
    Refusal("13234", "Conference: waitMethod", "no GET: it is not simulated"),
    Refusal("13235", "Conference: beep"),
    Refusal("13237", "a Conference whose name has not 1 to 128 characters"),
    Refusal("13238", "a verb in a waitUrl that can't stand there"),
    Refusal("13310", "Gather: finishOnKey", "more than one key too, which is 13311"),
    Refusal("13312", "Gather: method", "no GET: it is not simulated"),
    Refusal("13313", "Gather: timeout"),
    Refusal("13314", "Gather: numDigits"),
    Refusal("13320", "Gather: what it can't hold"),
    Refusal("13326", "Gather: input", "no speech: it is not simulated"),
    Refusal("13338", "Gather: actionOnEmptyResult"),
    Refusal("13410", "Play: loop"),
    Refusal("13420", "Play: what is no sound"),
    Refusal("13430", "Play: digits"),
    Refusal("13510", "Say: loop"),
    Refusal("13511", "Say: voice"),
    Refusal("13520", "Say: no text, or one that its voice can't speak"),
    Refusal("13521", "Say: a text that is too long", "3,000 bytes and 4,500 characters, whatever the voice"),
    Refusal("13610", "Record: method", "no GET: it is not simulated"),
    Refusal("13611", "Record: timeout"),
    Refusal("13612", "Record: maxLength"),
    Refusal("13613", "Record: finishOnKey"),
    Refusal("13616", "Record: playBeep"),
    Refusal("13699", "Record: trim"),
    Refusal("13710", "Redirect: method", "no GET: it is not simulated"),
    Refusal("13810", "Reject: reason"),
    Refusal("13910", "Pause: length"),
    Refusal("14201", "Enqueue: method", "no GET: it is not simulated"),
    Refusal("14202", "Enqueue: waitUrl", "a relative one: the verb's page allows it, this error's does not"),
    Refusal("14203", "Enqueue: action", "a relative one: the verb's page allows it, this error's does not"),
    Refusal("14206", "Enqueue: waitUrlMethod", "no GET: it is not simulated"),
    Refusal("14220", "Enqueue: workflowSid"),
    Refusal("14221", "Enqueue: a Task that is no JSON object"),
    Refusal("16002", "Conference: maxParticipants"),
    Refusal("16020", "a Conference that is full"),
    Refusal("21609", "statusCallback that is not absolute", "a relative one, which a real account refused"),
    Refusal("21626", "statusCallbackEvent"),
)
"""In a document and in what it requests."""

REST = (
    Refusal("20001", "a parameter that this stand-in does not simulate"),
    Refusal("21201", "calls.create: no To"),
    Refusal("21205", "calls: a Url that is not absolute"),
    Refusal("21208", "calls.create: Timeout", "above 600 s"),
    Refusal("21209", "a method that is neither GET nor POST"),
    Refusal("21210", "calls.create: a From that is not verified"),
    Refusal("21211", "a To that is no number"),
    Refusal("21212", "a From that is no number"),
    Refusal("21213", "calls.create: no From"),
    Refusal("21220", "calls.update of a call that is not in progress"),
    Refusal("21602", "messages.create: no Body"),
    Refusal("21603", "messages.create: no From"),
    Refusal("21604", "messages.create: no To"),
    Refusal("21606", "messages.create: a From that is not the account's"),
    Refusal("21609", "a StatusCallback that is not absolute"),
    Refusal("21617", "messages.create: a Body of more than 1,600 characters"),
    Refusal("21626", "calls.create: StatusCallbackEvent"),
    Refusal("32018", "calls: a Twiml of more than 4,000 characters"),
)
"""In a request to the REST API."""
