"""A stand-in for Twilio's voice network: scripted telephone calls against webhooks, in simulated time."""

from infra.carrier.call import Call
from infra.carrier.carrier import Carrier, CarrierError
from infra.carrier.clocks import AsFastAsItGoes, Clock, RealTime, let_time_go_on
from infra.carrier.handset import CannotError, Handset
from infra.carrier.leg import Leg
from infra.carrier.network import Fault
from infra.carrier.phone import (
    ANNOUNCED,
    BARGE_IN,
    HANG_UP,
    HANG_UP_IN_TALK,
    HANG_UP_RINGING,
    PRESS_IN_TALK,
    SILENCE,
    SPEAK,
    STUTTER,
    InTalk,
    Phone,
    PickUp,
    SharedKeys,
    Token,
)
from infra.carrier.posting import Answer, Get, Post, http_get, http_post
from infra.carrier.recordings import Recording
from infra.carrier.rest.client import rest_client
from infra.carrier.rest.faults import DoneButTimedOut, Faults, Late, Refused, Reset, Slow, TimedOut
from infra.carrier.rest.server import RestServer
from infra.carrier.rest.sms import Message
from infra.carrier.room import Alone
from infra.carrier.transcript import Entry, Sound, Transcript, render

__all__ = [
    "ANNOUNCED",
    "BARGE_IN",
    "HANG_UP",
    "HANG_UP_IN_TALK",
    "HANG_UP_RINGING",
    "PRESS_IN_TALK",
    "SILENCE",
    "SPEAK",
    "STUTTER",
    "Alone",
    "Answer",
    "AsFastAsItGoes",
    "Call",
    "CannotError",
    "Carrier",
    "CarrierError",
    "Clock",
    "DoneButTimedOut",
    "Entry",
    "Fault",
    "Faults",
    "Get",
    "Handset",
    "InTalk",
    "Late",
    "Leg",
    "Message",
    "Phone",
    "PickUp",
    "Post",
    "RealTime",
    "Recording",
    "Refused",
    "Reset",
    "RestServer",
    "SharedKeys",
    "Slow",
    "Sound",
    "TimedOut",
    "Token",
    "Transcript",
    "http_get",
    "http_post",
    "let_time_go_on",
    "render",
    "rest_client",
]
