"""The phone in the browser: telephones that a person holds, over the carrier in real time. Never deployed.

`make run` serves the page at / (``page/index.html``) and its files at /phone/page/...; everything else is JSON.
Answers on 127.0.0.1 and localhost alone. A POST takes ``Content-Type: application/json``, and no ``Origin`` or
``Sec-Fetch-Site`` of another place. What is refused is answered 4xx with {"error": "what is wrong and what to do"}.

Requests
--------
GET /phone/callers
    {"lines": [{"number", "kind": "protected"|"report", "words"}],
     "callers": [{"id", "from", "words", "verdict", "parameters"}],
     "people": {"customer": [...], "care": [...]}, "speeds": ["real", "fast"]}
    Ready-made callers, one or more of each verdict (as it would be now), and what may stand in ``people`` of a call.
POST /phone/calls  {"from", "to", "parameters"?: {}, "people"?: {"customer"?, "care"?, "second_care"?},
                    "speed"?: "real"|"fast", "seed"?: int}  ->  201 {"call": "ID"}
    ``from`` as it is dialled: a number, a short code, a sip: address, or "anonymous". A person is "live" (the default:
    held by a person at the page), "voicemail", "screening", "screening@8" (whose owner joins after 8 s),
    "nobody", "busy" or "declines". The caller is always live.
GET /phone/calls
    {"calls": [{"call", "from", "to", "speed", "over": bool, "events": int}]}, the newest first.
GET /phone/calls/ID/events
    Server-Sent Events (below), from the first one, or after the header ``Last-Event-ID`` (or ``?after=N``). Any number
    of windows may listen. 204 where the call is over and everything was seen, so that a browser does not come again.
POST /phone/calls/ID/legs/SID  {"do": ..., "keys"?: "9"}  ->  202 {}
    answer | decline      while the leg is ringing
    press, with keys      0-9 * #, at any moment; each key of the text is a key press of its own
    speak | quiet         begin, or stop, to speak into a recording (a message after the beep)
    wait                  at speed "fast" alone: nothing is done here; time goes on until somebody is asked again
    hang_up               at any moment
    409 where the leg can't do that now (it does not ring, or has ended); the error says why.
POST /phone/calls/ID/hang_up  {}  ->  202 {}
    Everybody hangs up.
GET /phone/calls/ID/script
    The call as a call script (text/yaml), which `ivr call --script` replays. 409 while the call goes on.
GET /phone/faults, POST /phone/faults
    {"dynamodb": "up"|"down"|"slow", "rest": "up"|"down"|"slow", "duplicates": bool, "disorder": bool,
     "slow_seconds": 0.1 to 30}; a POST may hold some of them, and is answered with all. They hold for the running stack
    (dynamodb, rest) and for the phone's calls (duplicates, disorder), from now on, until they are switched off.
GET /phone/flow?language=CODE
    {"pages": [{"page", "title", "steps": {step: its words}}]}
GET /phone/flow/PAGE.json?language=CODE
    {"page", "title", "width", "height",
     "steps": [{"id": "page:step", "page", "step", "words", "shape", "says": ["prompt.key"], "entry": bool,
                "elsewhere": bool, "x", "y", "width", "height"}],
     "edges": [{"from": id, "to": id, "words": [..], "aside": bool, "points": [[x, y], ...], "at": [x, y]}]}
    One page's call flow, laid out in layers from the top: x and y are the middle of a step, in pixels of an SVG's
    viewBox of width by height, and ``at`` is where the words of an edge stand. Words are English in a language that
    there are none of. ``elsewhere``: a step of another page that this one leads to. ``shape`` is that of
    the diagrams in the docs: hexagon (menu), slant (typed digits, message), diamond (decision), box (something is
    done), round (said), move, circle (the two meet), flag (a short wait), ring (a telephone rings), oval (the end).

Events
------
Each has an id (1, 2, ...), a name and one line of JSON. ``at``: seconds since the call was placed, by the carrier.

call     {"call", "from", "to", "shown", "speed", "people", "seed", "placed": epoch seconds}    the first one
leg      {"at", "sid", "name": "caller"|"customer"|"care"|"second care", "number", "shown": the number that its
          telephone shows, "direction": "inbound"|"outbound-dial"|"outbound-api", "parent": sid or "",
          "live": bool, "state": "queued"|"initiated"|"ringing"|"in-progress"|"completed"|"busy"|"no-answer"|"failed"|
          "canceled"|"rejected",
          "asked": ""|"ring"|"keys"|"talk"|"record"|"dial": what this telephone may do besides hanging up (dial: it
          hears another one ring), "turn": whether all was said before that is said, and this person's act is waited
          for, "star": whether * ends the present talk,
          "reason": how it ended, in words}
         A telephone rang, answered, was asked for something, or ended. The last one of a sid is how it stands.
entry    {"at", "sid", "leg": name, "kind", "text", "language", "direction": "rtl"|"ltr", "seconds": how long it is
          spoken, "replaces": the event id of the entry that this one corrects, or 0, "cut": bool,
          "sound": the address of the sound that was played, or ""}
         What was heard or done; ``kind`` as in a transcript: said, played, paused, pressed, silent, recorded, bridged,
         joined, left, hung up, ... Something said comes as it begins; if it is interrupted, once more with "cut".
webhook  {"at", "sid", "leg", "method", "path", "asked": "page:step" or "", "page", "step", "form": {},
          "signature": "verified"|"refused"|"", "status": 200 (0: no connection), "ms", "twiml", "error",
          "delivery": 1 or more}
         ``asked`` is the step that was answered; page and step are where the leg stands now, "" for a status callback.
         The present step of a leg is that of its last webhook with a step.
verdict  {"at", "kind", "reason", "rule", "words", "way", "way_words", "note", "rules": [{"rule", "verdict", "words",
          "spoke": bool, "gave": bool, "note"}], "reputation": null or {"people", "spam", "legit", "confidence",
          "threshold", "words"}, "problem": ""}
         kind is "" where there is none: on the report line, or while the table does not answer ("problem" says so).
record   {"at", "change": "new"|"changed"|"gone", "kind": "call"|"report"|..., "key": [pk, sk] (masked),
          "attributes": {}, "was": {the attributes that changed, as they were; null: there was none}}
sms      {"at", "sid", "to", "from", "leg": whose telephone it is, or "", "body", "segments", "direction"}
faults   as GET /phone/faults                                          first if one is on, then at each change
ended    {"at", "status", "billed", "outcome", "talked", "went_wrong": ["..."], "notes": ["..."]}        the last one
"""
