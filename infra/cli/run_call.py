"""One call of `ivr call`: places it, waits for its follow-up work, and prints it."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from infra.carrier import Carrier, Phone, Recording, render
from infra.cli import output
from infra.cli.interrupt import hanging_up
from infra.cli.labels import report_as_json, report_in_words
from infra.cli.obstacles import Obstacles, verdict_in_words
from infra.cli.pick_up import PicksUp
from infra.cli.provider_parameters import signals_of
from infra.cli.target import target_of
from infra.cli.transcript import Transcript
from infra.local import demo, understanding
from infra.local.follow_ups import FollowUps, reachable_over_rest
from infra.local.reaching import Reaching
from ivr.desk.explanation import judge_call
from ivr.pseudonym import pseudonym
from ivr.store import StoreUnavailableError

if TYPE_CHECKING:
    from infra.carrier import Call
    from infra.cli.dialogue import Dialogue
    from infra.cli.keys import Keys, LegKeys
    from infra.local.stackfile import Running
    from ivr.reports import Report
    from ivr.screening.judging import Judgement
    from ivr.store import Store


class Talk:
    """A call to ``line`` from a telephone of the number ``caller``, empty where it is withheld.

    The people press ``keys``, or what the ``dialogue`` asks for if there is one.
    """

    def __init__(
        self,
        running: Running,
        options: dict[str, Any],
        *,
        caller: str,
        line: str,
        keys: Keys,
        dialogue: Dialogue | None,
    ) -> None:
        self.running, self.options, self.number, self.line, self.dialogue = running, options, caller, line, dialogue
        self.target = target_of(running)
        self.store = self.target.store
        self.keys = keys
        self.afterwards = FollowUps(running, output.say)
        self.reaching = Reaching(running, self.afterwards.of_webhook)
        self.phones = self._phones()
        settings = running.settings
        understanding.teach()
        self.carrier = Carrier(
            self.reaching.post(),
            get=self.reaching.get(),
            sounds=understanding.heard_in,
            recordings=self._recordings(caller),
            base_url=settings["PUBLIC_BASE_URL"],
            auth_token=settings["TWILIO_AUTH_TOKEN"],
            account_sid=settings.get("TWILIO_ACCOUNT_SID") or "AC" + "0" * 32,
            pickups=self.phones,
            # A line that calls come in by is a number of the account; what the setting names is verified.
            verified=filter(None, {line, self.target.settings.sip_caller_id}),
            talk_seconds=max(options["talk"], keys.talk_seconds),
            strict=False,
            seed=options["seed"],
        )

    def hold(self, from_: str, parameters: dict[str, str]) -> None:
        """Run the call and its follow-up work."""
        self.reported_before = self._last_report()
        self.judged = self._judge(from_, parameters)
        phone = self._phone("caller", PicksUp("answers"), self.keys.caller)
        self.call = self.carrier.place(from_=from_, to=self.line, phone=phone, parameters=parameters)
        self.transcript = Transcript(self.carrier, self.call, self.phones)
        if self.dialogue:
            self.dialogue.transcript = self.transcript
        reachable, hangs_up = (
            reachable_over_rest(self.carrier, self.running, output.say),
            hanging_up(self.carrier, self.dialogue),
        )
        with reachable as self.reaching.rest_address, hangs_up as self.interrupt:
            self.carrier.run()
            self.afterwards.of_call(self.carrier)

    @property
    def interrupted(self) -> bool:
        """Whether Ctrl-C ended the call."""
        return self.interrupt.came

    @property
    def went_wrong(self) -> bool:
        """Whether the service did anything wrong."""
        return bool(self.carrier.errors or self.carrier.failures)

    def report(self) -> None:
        """Print the call, its stored reports, and what went wrong."""
        left, judged = self.keys.left, self.judged
        obstacles = self._obstacles()
        try:
            reports = self._reports()
        except StoreUnavailableError:
            reports = []
            click.echo("The table does not answer, so what the call stored is unknown.", err=True)
        if self.options["as_json"]:
            output.print_json(
                {
                    "call_sid": self.call.sid,
                    "from": self.call.leg.from_,
                    "to": self.call.leg.to,
                    "status": self.call.status,
                    "billed": self.call.billed,
                    "verdict": asdict(judged.verdict) if judged and judged.route != "report_line" else None,
                    "way": judged.route if judged else "",
                    "obstacles": obstacles,
                    "transcript": [
                        asdict(entry)
                        for entry in self.transcript.whole()
                        if self.options["webhooks"] or entry.kind != "webhook"
                    ],
                    "calls_set_off": [
                        {"call_sid": call.sid, "from": call.leg.from_, "to": call.leg.to, "status": call.status}
                        for call in self._set_off
                    ],
                    "messages": [
                        {"to": sent.to, "from": sent.from_, "segments": sent.segments, "body": sent.body}
                        for sent in self.carrier.messages
                    ],
                    "reports": [report_as_json(report) for report in reports],
                    "keys_left": left,
                    "errors": [str(fault) for fault in self.carrier.errors],
                    "failures": [str(fault) for fault in self.carrier.failures],
                }
            )
        else:
            self._print()
            if judged:
                click.echo(f"\nVerdict: {verdict_in_words(judged)}")
            for obstacle in obstacles:
                click.echo(obstacle)
            for report in reports:
                click.echo(f"\nStored: {report_in_words(report)}")
        if left:
            click.echo(f"Keys that nothing asked for: {' '.join(left)}", err=True)
        for fault in (*self.carrier.errors, *self.carrier.failures):
            click.echo(f"Went wrong: {fault}", err=True)

    def _judge(self, from_: str, parameters: dict[str, str]) -> Judgement | None:
        """The judgement on this call. None: the table doesn't answer."""
        try:
            return judge_call(
                self.target.desk,
                self.target.settings.number(from_),
                self.line,
                signals=signals_of(parameters),
                forwarded_from=parameters.get("ForwardedFrom", ""),
            )
        except StoreUnavailableError:
            return None

    def _obstacles(self) -> list[str]:
        """Why the call was not connected, and why its ring-back did not come, as printed lines."""
        if self.judged is None:
            return []
        found = Obstacles(self.target, self.judged, self.call)
        try:
            of_call, of_ring_back = found.of_the_call(), found.of_the_ring_back(came=bool(self._set_off))
        except StoreUnavailableError:
            return []
        lines = {"Not connected": of_call, "No ring-back": of_ring_back}
        return [f"{label}: {why}" for label, why in lines.items() if why]

    def _print(self) -> None:
        if self.dialogue:
            self.dialogue.show()
        else:
            click.echo(render(self.transcript.whole(), webhooks=self.options["webhooks"]))

    @property
    def _set_off(self) -> list[Call]:
        """The further calls that were placed during or because of this one."""
        return [call for call in self.carrier.calls if call.sid != self.call.sid]

    def _reports(self) -> list[Report]:
        """The reports of these calls. Raises ``StoreUnavailableError``."""
        found = [report for call in self.carrier.calls for report in self.store.calls.with_reports(call.sid)[1]]
        last = self._last_report()  # on a ring-back, a person reports an earlier call
        if last and last != self.reported_before:
            known = {(report.call_sid, report.which) for report in found}
            report = None if last in known else self.store.reports.get(*last)
            found += [report] if report else []
        return found

    def _last_report(self) -> tuple[str, str] | None:
        """The last report of the person who calls, by its CallSid and name; it may be on an earlier call."""
        try:
            last = self.store.latest.report(pseudonym(self.number, self.running.settings["HMAC_KEY"]))
        except StoreUnavailableError:
            return None
        return (last.call_sid, last.which) if last else None

    def _phones(self) -> dict[str, Phone]:
        """The telephones, by number. The caller's answers a ring-back like the customer's."""
        settings, options = self.running.settings, self.options
        customer = self._phone("customer", options["customer"], self.keys.customer)
        return {
            self.number: customer,
            settings["CARE_FALLBACK_NUMBER"]: self._phone("second care", options["second_care"], self.keys.care),
            settings["CARE_NUMBER"]: self._phone("care", options["care"], self.keys.care),
            _customer_of(self.store, self.line): customer,
        }

    def _phone(self, name: str, picks_up: PicksUp, keys: LegKeys) -> Phone:
        asked = self.dialogue
        return Phone(
            keys=keys.script,
            name=name,
            answers=picks_up.how,
            joins_after=picks_up.joins_after,
            rings_for=picks_up.rings_for,
            hangs_up_after=keys.hangs_up_after,
            ask=asked.ask if asked else None,
            ask_in_talk=asked.ask_in_talk if asked else None,
            ask_ringing=asked.ask_ringing if asked else None,
        )

    def _recordings(self, caller: str) -> list[Recording]:
        """The recordings of earlier calls, whose simulated carrier has ended."""
        table, key = self.store.voicemails, self.running.settings["HMAC_KEY"]
        try:
            people = {pseudonym(number, key) for number in (caller, _customer_of(self.store, self.line))}
            left = [message for person in people for message in table.of_person(person, int(time.time()))]
        except StoreUnavailableError:
            return []
        return [Recording(one.recording, one.call_sid, one.seconds, one.at) for one in left]


def _customer_of(store: Store, line: str) -> str:
    """The number that this line rings; the demo's customer if the line can't be read."""
    try:
        known = store.lines.recent(line, int(time.time()))
    except StoreUnavailableError:
        return demo.CUSTOMER
    return known.ring_to if known and known.ring_to else demo.CUSTOMER
