"""What a step answers, before it is written as TwiML."""

from typing import NamedTuple


class Say(NamedTuple):
    arabic: str
    english: str


class Gather(NamedTuple):
    action: str
    says: Say


class DialNumber(NamedTuple):
    action: str
    number: str
    caller_id: str
    whisper: str
    status: str


class DialRoom(NamedTuple):
    action: str
    room: str
    wait: str
    star: bool


class Record(NamedTuple):
    action: str


class Pause(NamedTuple):
    seconds: int


class Redirect(NamedTuple):
    to: str


class Hangup(NamedTuple):
    pass


def by_hand(verbs):
    """The TwiML of these verbs, by f-strings."""
    return '<?xml version="1.0" encoding="UTF-8"?><Response>' + "".join(map(_written, verbs)) + "</Response>"


def _written(verb):
    match verb:
        case Say(arabic, english):
            return (
                f'<Say language="ar-AE" voice="Polly.Hala-Neural">{arabic}</Say>'
                f'<Say language="en-US" voice="Polly.Joanna-Neural">{english}</Say>'
            )
        case Gather(action, says):
            return (
                f'<Gather action="{_quoted(action)}" actionOnEmptyResult="true" finishOnKey="" input="dtmf"'
                f' method="POST" numDigits="1" timeout="6">{_written(says)}</Gather>'
            )
        case DialNumber(action, number, caller_id, whisper, status):
            return (
                f'<Dial action="{_quoted(action)}" answerOnBridge="true" callerId="{caller_id}" method="POST"'
                f' timeout="25"><Number method="POST" statusCallback="{status}" statusCallbackMethod="POST"'
                f' url="{_quoted(whisper)}">{number}</Number></Dial>'
            )
        case DialRoom(action, room, wait, star):
            return (
                f'<Dial action="{_quoted(action)}" hangupOnStar="{str(star).lower()}" method="POST"><Conference'
                ' beep="false" endConferenceOnExit="true" maxParticipants="2" startConferenceOnEnter="true"'
                f' waitMethod="POST" waitUrl="{_quoted(wait)}">{room}</Conference></Dial>'
            )
        case Record(action):
            return (
                f'<Record action="{_quoted(action)}" finishOnKey="#" maxLength="60" method="POST" playBeep="true"'
                ' timeout="8" trim="trim-silence" />'
            )
        case Pause(seconds):
            return f'<Pause length="{seconds}" />'
        case Redirect(to):
            return f'<Redirect method="POST">{_quoted(to)}</Redirect>'
    return "<Hangup />"


def _quoted(url):
    return url.replace("&", "&amp;")


def by_twilio(verbs):
    """The same by Twilio's own library."""
    from twilio.twiml.voice_response import Gather as GatherVerb
    from twilio.twiml.voice_response import VoiceResponse

    def say(at, says):
        at.say(says.arabic, language="ar-AE", voice="Polly.Hala-Neural")
        at.say(says.english, language="en-US", voice="Polly.Joanna-Neural")

    answer = VoiceResponse()
    for verb in verbs:
        match verb:
            case Say():
                say(answer, verb)
            case Gather(action, says):
                gather = GatherVerb(
                    action=action,
                    action_on_empty_result=True,
                    finish_on_key="",
                    input="dtmf",
                    method="POST",
                    num_digits=1,
                    timeout=6,
                )
                say(gather, says)
                answer.append(gather)
            case DialNumber() | DialRoom():
                answer.append(_dial(verb))
            case Record(action):
                answer.record(
                    action=action,
                    finish_on_key="#",
                    max_length=60,
                    method="POST",
                    play_beep=True,
                    timeout=8,
                    trim="trim-silence",
                )
            case Pause(seconds):
                answer.pause(length=seconds)
            case Redirect(to):
                answer.redirect(to, method="POST")
            case Hangup():
                answer.hangup()
    return str(answer)


def _dial(verb):
    from twilio.twiml.voice_response import Dial

    if isinstance(verb, DialNumber):
        dial = Dial(action=verb.action, answer_on_bridge=True, caller_id=verb.caller_id, method="POST", timeout=25)
        dial.number(
            verb.number, method="POST", status_callback=verb.status, status_callback_method="POST", url=verb.whisper
        )
        return dial
    dial = Dial(action=verb.action, hangup_on_star=verb.star, method="POST")
    dial.conference(
        verb.room,
        beep="false",
        end_conference_on_exit=True,
        max_participants=2,
        start_conference_on_enter=True,
        wait_method="POST",
        wait_url=verb.wait,
    )
    return dial
