"""A stand-in for Twilio's voice network: scripted telephone calls against webhooks, in simulated time."""

from infra.carrier.carrier import Call, Carrier, CarrierError
from infra.carrier.leg import Leg
from infra.carrier.network import Fault
from infra.carrier.phone import ANNOUNCED, BARGE_IN, HANG_UP, SILENCE, STUTTER, Phone, SharedKeys, Token
from infra.carrier.posting import Answer, Post, http_post
from infra.carrier.transcript import Entry, Transcript, render

__all__ = [
    "ANNOUNCED",
    "BARGE_IN",
    "HANG_UP",
    "SILENCE",
    "STUTTER",
    "Answer",
    "Call",
    "Carrier",
    "CarrierError",
    "Entry",
    "Fault",
    "Leg",
    "Phone",
    "Post",
    "SharedKeys",
    "Token",
    "Transcript",
    "http_post",
    "render",
]
