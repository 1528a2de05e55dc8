"""`ivr numbers`: point a number of the Twilio account at this deployment, and back."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import click

from infra.cli import options, output
from infra.cli.target import reachable
from ivr.desk import connected_numbers as desk
from ivr.secrets import SecretUnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.cli.target import Place, Target
    from infra.twilio.numbers import Numbers, OwnNumber
    from ivr.desk.actor import Actor
    from ivr.telephony.number_settings import NumberSettings

_LABELS = {
    "voice_url": "A call comes in",
    "voice_method": "... by",
    "voice_fallback_url": "Primary handler fails",
    "voice_fallback_method": "... by",
    "status_callback": "Call status changes",
    "status_callback_method": "... by",
    "voice_application_sid": "TwiML app instead",
    "trunk_sid": "SIP trunk instead",
}
_MOST_ASKED = 1000


@click.group
def numbers() -> None:
    """Point numbers of the Twilio account at a deployment, and back at what they asked for before."""


@numbers.command("show", epilog=options.example("ivr numbers show +12025550100"))
@click.argument("number", required=False)
@output.limit_alone
@output.as_json
@click.pass_obj
def show(place: Place, *, number: str | None, limit: int, as_json: bool) -> None:
    """Show where NUMBER of the Twilio account points, and what is kept from before; without NUMBER: all of them.

    For example: ivr --stack call-screening-prod numbers show +12025550100
    """
    from infra.twilio.numbers import is_here

    target = _target(place)
    with twilio(target) as account:
        found = [_of_account(account, target, number)] if number else account.all(limit)
    with reachable(target):
        kept = {one.number: desk.find(target.desk, one.number) for one in found}
    if as_json:
        output.print_json([_as_json(one, target, kept=kept[one.number] is not None) for one in found])
    elif number:
        [one] = found
        before = kept[one.number]
        _print({"Now": one.settings, **({"Before it was connected": before.before} if before else {})})
    else:
        rows = ((one.number, _where(one, target), "yes" if kept[one.number] else "-") for one in found)
        output.print_table(("Number", "Calls go", "Kept from before"), rows, empty="The account has no number.")
        here = sum(is_here(one, target.settings) for one in found)
        click.echo(f"{here} of {len(found)} point at {target.settings.public_base_url}.")


@numbers.command("connect", epilog=options.example("ivr numbers connect +12025550100 --by salma"))
@click.argument("number")
@click.option("--yes", is_flag=True, help="Do not ask before it is changed.")
@click.option("--untested", is_flag=True, help="Do not try first whether the stack answers.")
@options.by
@output.as_json
@click.pass_obj
def connect(place: Place, *, number: str, yes: bool, untested: bool, by: Actor, as_json: bool) -> None:
    """Point NUMBER of the Twilio account at this deployment: its calls, its fallback and its status callbacks, by POST.

    A stack that does not answer a test webhook gets no number. What the number asks for now is kept in the table, and
    `ivr numbers disconnect` puts it back. A second connect keeps what the first one kept, unless the number was pointed
    elsewhere since. For example: ivr --stack call-screening-prod numbers connect +12025550100
    """
    from infra.twilio.numbers import differences, is_elsewhere, wanted

    target = _target(place)
    after = wanted(target.settings)
    if not after.voice_url.startswith("https://"):
        raise click.ClickException(
            f"Twilio can't reach {target.settings.public_base_url}: name a deployed stack with --stack, or put a "
            "tunnel in front of this one and set PUBLIC_BASE_URL to its https address"
        )
    with twilio(target) as account:
        one = _of_account(account, target, number)
    if not differences(one.settings, after):
        output.tell(_as_json(one, target, kept=True), f"{one.number} points here already.", as_json=as_json)
        return
    if place.stack and not untested:
        _see_that_it_answers(place.stack)
    _agreed(one, after, yes=yes, as_json=as_json)
    with reachable(target):
        was_kept = desk.find(target.desk, one.number) is not None
        # A number that is wholly elsewhere was pointed there since: what is kept of an earlier time is no use any more.
        desk.keep(target.desk, one.number, one.settings, by=by, replaces=is_elsewhere(one, target.settings))
    try:
        now = _changed(target, one, after)
    except _UnknownError:  # what it asked for stays kept: it may be all that is left of it
        raise
    except click.ClickException:
        if not was_kept:
            with reachable(target):
                desk.drop(target.desk, one.number, by=by)
        raise
    stack = f"--stack {place.stack} " if place.stack else ""
    output.tell(
        _as_json(now, target, kept=True),
        f"{one.number} points at {target.settings.public_base_url} now. What it asked for before is kept in the table; "
        f"`ivr {stack}numbers disconnect {one.number}` puts it back.",
        as_json=as_json,
    )


@numbers.command("disconnect", epilog=options.example("ivr numbers disconnect +12025550100 --yes"))
@click.argument("number")
@click.option("--yes", is_flag=True, help="Do not ask before it is changed.")
@options.by
@output.as_json
@click.pass_obj
def disconnect(place: Place, *, number: str, yes: bool, by: Actor, as_json: bool) -> None:
    """Point NUMBER back at what it asked for before it was connected.

    For example: ivr --stack call-screening-prod numbers disconnect +12025550100
    """
    target = _target(place)
    with twilio(target) as account:
        one = _of_account(account, target, number)
    with reachable(target):
        kept = desk.find(target.desk, one.number)
    if kept is None:
        raise click.ClickException(
            f"nothing is kept of {one.number} from before: `ivr numbers connect` did not point it here. Change it in "
            "the Twilio console"
        )
    _agreed(one, kept.before, yes=yes, as_json=as_json)
    now = _changed(target, one, kept.before)
    with reachable(target):
        desk.drop(target.desk, one.number, by=by)
    words = f"{one.number} asks for what it asked for before it was connected."
    output.tell(_as_json(now, target, kept=False), words, as_json=as_json)


def _target(place: Place) -> Target:
    """The target, if it talks to Twilio. Raises ``click.ClickException``."""
    target = place.target()
    running = None if place.stack or place.table else place.running()
    if running and running.exchange == target.settings.twilio_api_base_url:
        raise click.ClickException(
            "the stack of this checkout talks to simulated telephones, which have no Twilio account: name a deployed "
            "stack with --stack, or start this one as `ivr run --help` says for the real Twilio API"
        )
    return target


@contextmanager
def twilio(target: Target) -> Iterator[Numbers]:
    """The numbers of the target's account. What goes wrong there becomes ``click.ClickException``."""
    from infra.twilio.numbers import TROUBLES, Numbers, in_words
    from ivr.secrets.source import Secrets

    if not target.settings.twilio_account_sid:
        raise click.ClickException("TWILIO_ACCOUNT_SID of this deployment is empty: without it there are no numbers")
    try:
        yield Numbers(target.settings, Secrets(target.settings, target.desk.on_problem))
    except SecretUnavailableError as error:
        raise click.ClickException(
            f"the auth token can't be read from {error} ({error.code}): `ivr doctor` says what to do"
        ) from error
    except TROUBLES as error:
        raise click.ClickException(in_words(error)) from error


class _UnknownError(click.ClickException):
    """Twilio did not say whether it changed a number, and it does not look changed, or can't be looked at."""


def _changed(target: Target, one: OwnNumber, after: NumberSettings) -> OwnNumber:
    """Change a number, and return it. Where Twilio does not say whether it did, the number is looked at.

    Raises ``_UnknownError``, and ``click.ClickException`` where nothing was changed.
    """
    from infra.twilio.numbers import TROUBLES, differences, in_words
    from ivr.telephony.port import UnknownOutcomeError

    with twilio(target) as account:
        try:
            return one._replace(settings=account.change(one.sid, after))
        except UnknownOutcomeError as error:
            with suppress(*TROUBLES):
                now = account.find(one.number)
                if now and not differences(now.settings, after):
                    return now
            raise _UnknownError(
                f"{in_words(error)}. Whether {one.number} was changed is not known, and what it asked for before is "
                f"kept: look at it with `ivr numbers show {one.number}`, then type the command again"
            ) from error


def _see_that_it_answers(stack: str) -> None:
    """Raise ``click.ClickException`` for a stack that does not answer a call."""
    from infra.doctor import webhooks
    from infra.doctor.findings import Level
    from infra.doctor.patient import Deployed

    patient = Deployed(stack)
    for check in webhooks.CHECKS.all:
        found = check.find(patient)
        for one in found if isinstance(found, list) else [found]:
            if one.level is Level.WRONG:
                raise click.ClickException(
                    f"no number is pointed at a stack that does not answer: {one.saw}. `ivr doctor` says what to do; "
                    "--untested points it there all the same"
                )


def _of_account(account: Numbers, target: Target, number: str) -> OwnNumber:
    """The account's number. Raises ``click.ClickException`` for one that it does not have."""
    wanted = target.settings.number(number).text
    found = account.find(wanted) if wanted.startswith("+") else None
    if found is None:
        raise click.ClickException(
            f"{number} is no number of the Twilio account {target.settings.twilio_account_sid}: `ivr numbers show` "
            "lists them. A number that comes by BYOC, a trunk or call forwarding is pointed here where it comes from"
        )
    return found


def _agreed(one: OwnNumber, after: NumberSettings, *, yes: bool, as_json: bool) -> None:
    """Show before and after, and ask. Raises ``click.Abort`` for a no."""
    if as_json and not yes:
        raise click.ClickException("--json can't ask: add --yes")
    if not as_json:
        _print({"Now": one.settings, "Afterwards": after})
    if not yes:
        click.confirm(f"Change {one.number}?", abort=True, err=True)


def _print(columns: dict[str, NumberSettings]) -> None:
    from infra.twilio.numbers import shown

    rows = ((label, *(shown(getattr(one, name)) or "-" for one in columns.values())) for name, label in _LABELS.items())
    output.print_table(("Voice setting", *columns), rows, empty="")


def _where(one: OwnNumber, target: Target) -> str:
    from infra.twilio.numbers import differences, is_here, shown, wanted

    if is_here(one, target.settings):
        return "here" if not differences(one.settings, wanted(target.settings)) else "here, but not all settings are so"
    asked = one.settings
    if asked.trunk_sid or asked.voice_application_sid:
        return f"to {asked.trunk_sid or asked.voice_application_sid}"
    return f"to {shown(asked.voice_url)}" if asked.voice_url else "nowhere"


def _as_json(one: OwnNumber, target: Target, *, kept: bool) -> dict[str, object]:
    from infra.twilio.numbers import is_here, shown

    settings = {name: shown(value) for name, value in one.settings._asdict().items()}
    return {"number": one.number, "here": is_here(one, target.settings), "kept_from_before": kept, **settings}
