"""`ivr call`, which is `make call`: ring a line of the running stack and read the call."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Literal, cast
from urllib.parse import urlsplit

import click

from infra.cli import output
from infra.cli.keys import read_keys, write_key
from infra.cli.numbers import caller_id, full_number
from infra.cli.target import target_of
from infra.cli.words import report_as_json, report_in_words
from ivr.store import StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.carrier import Answer, Call, Carrier, Post, SharedKeys
    from infra.cli.dialogue import Dialogue
    from infra.cli.target import Place
    from infra.local.stackfile import Running
    from ivr.store import Store

_FAULTS = 1  # exit status

PickUp = Literal["answers", "no-answer", "busy", "voicemail", "declines"]
_pick_up = click.Choice(["answers", "no-answer", "busy", "voicemail", "declines"])


@click.command
@click.option("--from", "from_", required=True, help="Who calls: a number, a short code, a sip: address or anonymous.")
@click.option("--to", required=True, help="The line that is called.")
@click.option("--keys", help='What both legs press, in the order in which they are asked, such as "check 9 1 2".')
@click.option("--customer", default="answers", show_default=True, type=_pick_up, help="What the customer does.")
@click.option("--care", default="answers", show_default=True, type=_pick_up, help="What customer care does.")
@click.option("--second-care", default="answers", show_default=True, type=_pick_up, help="And its second number.")
@click.option("--talk", default=30.0, show_default=True, type=click.FloatRange(1, 14400), help="Seconds of talk.")
@click.option("--param", multiple=True, metavar="NAME=VALUE", help="A parameter of Twilio's, such as StirVerstat=...")
@click.option("--seed", type=int, help="Draw the same CallSids, and so the same digits, every time.")
@click.option("--webhooks", is_flag=True, help="Print the requests to the service too.")
@output.as_json
@click.pass_obj
def call(place: Place, /, from_: str, to: str, keys: str | None, **options: Any) -> None:
    """Ring a line and print the call: both legs, both languages.

    KEYS are tokens separated by spaces or commas: digits; "check", the announced digit; "-", no key; "hangup"; "!5", 5
    pressed into the prompt. Without --keys you are asked for each, as a telephone would wait for you. No real time
    passes. Where no stack runs, one is started for this call alone.
    """
    tokens = None if keys is None else read_keys(keys)
    parameters = _parameters(options["param"])
    home_region = place.home_region()
    caller_id(from_, home_region)
    line = full_number(to, home_region, "--to")
    with _stack(place) as running:
        talk = _Talk(running, target_of(running).store, line, tokens, options)
        talk.place(from_.strip(), parameters)
        talk.report()
    if talk.carrier.errors or talk.carrier.failures:
        sys.exit(_FAULTS)


class _Talk:
    """One call, from placing it to its last line on the screen."""

    def __init__(
        self, running: Running, store: Store, line: str, tokens: list[Any] | None, options: dict[str, Any]
    ) -> None:
        from infra.carrier import Carrier, Phone, SharedKeys

        self.store, self.line, self.options = store, line, options
        self.script: SharedKeys = SharedKeys(tokens or [])
        self.dialogue: Dialogue | None = None
        if tokens is None and _at_a_terminal():
            from infra.cli.dialogue import Dialogue

            self.dialogue = Dialogue(err=options["as_json"], webhooks=options["webhooks"])
        ask = self.dialogue.ask if self.dialogue else None
        settings = running.settings

        def phone(name: str, answers: str) -> Phone:
            return Phone(keys=self.script, name=name, answers=cast("PickUp", answers), ask=ask)

        self.caller = Phone(keys=self.script, name="caller", ask=ask)
        pickups = {
            settings["CARE_FALLBACK_NUMBER"]: phone("second care", options["second_care"]),
            settings["CARE_NUMBER"]: phone("care", options["care"]),
            _customer_of(store, line): phone("customer", options["customer"]),
        }
        self.carrier: Carrier = Carrier(
            _post_to(running),
            base_url=settings["PUBLIC_BASE_URL"],
            auth_token=settings["TWILIO_AUTH_TOKEN"],
            account_sid=settings.get("TWILIO_ACCOUNT_SID") or "AC" + "0" * 32,
            pickups=pickups,
            talk_seconds=options["talk"],
            strict=False,
            seed=options["seed"],
        )

    def place(self, from_: str, parameters: dict[str, str]) -> None:
        """Let the call happen."""
        self.call: Call = self.carrier.place(from_=from_, to=self.line, phone=self.caller, parameters=parameters)
        if self.dialogue:
            self.dialogue.call = self.call
        self.carrier.run()

    def report(self) -> None:
        """Print the call, what it left in the table, and what went wrong."""
        left = [write_key(token) for token in self.script.tokens]
        try:
            _, reports = self.store.call_with_reports(self.call.sid)
        except StoreUnavailableError:
            reports = []
            click.echo("What the call left in the table can't be said: it does not answer.", err=True)
        if self.options["as_json"]:
            output.print_json(
                {
                    "call_sid": self.call.sid,
                    "from": self.call.leg.from_,
                    "to": self.call.leg.to,
                    "status": self.call.status,
                    "billed": self.call.billed,
                    "transcript": [
                        asdict(entry)
                        for entry in self.call.transcript
                        if self.options["webhooks"] or entry.kind != "webhook"
                    ],
                    "reports": [report_as_json(report) for report in reports],
                    "keys_left": left,
                    "errors": [str(fault) for fault in self.carrier.errors],
                    "failures": [str(fault) for fault in self.carrier.failures],
                }
            )
        else:
            self._print()
            for report in reports:
                click.echo(f"\nStored: {report_in_words(report)}")
        if left:
            click.echo(f"Keys that nothing asked for: {' '.join(left)}", err=True)
        for fault in (*self.carrier.errors, *self.carrier.failures):
            click.echo(f"Went wrong: {fault}", err=True)

    def _print(self) -> None:
        from infra.carrier import render

        if self.dialogue:
            self.dialogue.show()
        else:
            click.echo(render(self.call.transcript, webhooks=self.options["webhooks"]))


def _customer_of(store: Store, line: str) -> str:
    """Who is rung for this line; the demo's customer where that can't be read."""
    import time

    from infra.local import demo

    try:
        known = store.line(line, int(time.time()))
    except StoreUnavailableError:
        return demo.CUSTOMER
    return known.ring_to if known and known.ring_to else demo.CUSTOMER


def _post_to(running: Running) -> Post:
    """Post to the gateway itself, whatever public address the webhooks are signed over."""
    from infra.carrier import http_post

    post = http_post()

    def post_here(url: str, form: list[tuple[str, str]], headers: dict[str, str]) -> Answer:
        public = urlsplit(url)
        path = public.path + (f"?{public.query}" if public.query else "")
        return post(running.gateway + path, form, headers)

    return post_here


@contextmanager
def _stack(place: Place) -> Iterator[Running]:
    """The stack of this checkout, or one for this call alone."""
    if running := place.running():
        yield running
        return
    from infra.local.stack import Stack, StackError
    from ivr.settings import SettingsError

    click.echo("No stack runs here (make run starts one): this call gets one of its own, with demo data.", err=True)
    try:
        stack = Stack({"LOG_LEVEL": "ERROR", **os.environ}, log=sys.stderr)
        stack.start()
    except (SettingsError, StackError) as error:
        raise click.ClickException(str(error)) from error
    try:
        yield stack.running
    finally:
        stack.stop()


def _parameters(pairs: tuple[str, ...]) -> dict[str, str]:
    parameters = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name.strip():
            raise click.ClickException(f"--param is {pair!r}: write it as NAME=VALUE")
        parameters[name.strip()] = value
    return parameters


def _at_a_terminal() -> bool:
    return sys.stdin.isatty()
