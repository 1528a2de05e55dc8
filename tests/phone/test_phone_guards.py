"""No other page than the phone's own can ring, and nothing of it is deployed."""

import http.client
import json

import pytest
import requests

from infra.build import contents
from infra.local import demo
from tests.phone.conftest import STRANGER

CALL = {"from": STRANGER, "to": demo.PROTECTED_LINE, "people": {"customer": "busy"}}


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
    ],
    ids=str,
)
@pytest.mark.parametrize("path", ["/phone/calls", "/phone/faults", "/phone/calls/x/hang_up", "/phone/calls/x/legs/y"])
def test_a_foreign_page_is_refused(page, path, headers):
    answer = page.post(path, CALL, **headers)
    assert (answer.status_code, answer.json()["error"].startswith("this came from another page")) == (403, True)
    assert page.get("/phone/calls").json() == {"calls": []}


def test_the_pages_own_request_and_a_programs_are_taken(page):
    for headers in ({"Origin": page.address, "Sec-Fetch-Site": "same-origin"}, {}):
        assert page.post("/phone/calls", CALL, **headers).status_code == 201


def test_a_form_or_text_of_a_foreign_page_is_refused(page):
    """Such a request needs no consent of this server, so a browser would send it."""
    for kind in ("text/plain", "application/x-www-form-urlencoded"):
        answer = requests.post(
            f"{page.address}/phone/calls", data=json.dumps(CALL), headers={"Content-Type": kind}, timeout=5
        )
        assert answer.status_code == 415


@pytest.mark.parametrize("path", ["/", "/phone/callers", "/phone/calls", "/phone/calls/x/events"])
def test_another_host_name_for_this_machine_reads_nothing(stack, path):
    connection = http.client.HTTPConnection("127.0.0.1", int(stack.address.rpartition(":")[2]), timeout=5)
    connection.request("GET", path, headers={"Host": "evil.example"})
    assert connection.getresponse().status == 403


def test_the_page_says_what_it_may_load(page):
    answer = page.get("/")
    assert answer.status_code == 200
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert "unsafe" not in policy
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert page.get("/phone/page/../routes.py").status_code == 404
    assert page.get("/phone/page/..%2froutes.py").status_code == 404


def test_nothing_of_the_phone_is_in_an_artifact():
    """An artifact holds what these patterns match; that handlers import nothing of infra is a contract of its own."""
    kept = [*contents.OURS, *(pattern for patterns in contents.DATA_OF_OURS.values() for pattern in patterns)]
    assert not [pattern for pattern in kept if not pattern.startswith(("handlers/", "ivr/"))]
