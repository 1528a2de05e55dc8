"""`ivr call`, which is `make call`: ring a line of the running stack and read the call."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from infra.cli import options, output
from infra.cli.pick_up import PickingUp
from infra.cli.provider_parameters import read_parameters
from infra.cli.started import started
from ivr.desk.numbers import caller_id, full_number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.cli.dialogue import Dialogue
    from infra.cli.target import Place
    from infra.local.stackfile import Running

_FAULTS = 1  # exit status
_INTERRUPTED = 130  # as a shell writes a command that Ctrl-C ended

_PICKING_UP = PickingUp()
_BESIDE_A_SCRIPT = frozenset({"script", "seed", "webhooks", "as_json", "list_keys"})


def _list_keys(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:  # noqa: FBT001  # click's
    if wanted:
        from infra.cli.keys import key_words

        output.print_table(("Key", "What it does", "Example"), key_words(), empty="")
        ctx.exit()


def _words_of_scripts(ctx: click.Context, _: click.Parameter, path: Path | None) -> Path | None:
    if path and path.name in ctx.help_option_names:
        from infra.cli.scripts.words import script_words

        click.echo(script_words())
        ctx.exit()
    return path


@click.command(
    epilog=options.example(
        'ivr call --from +96891234567 --to +12025550100 --keys "check 9 1 2"',
        "ivr call --script tests/calls/scripts/withheld_number.yaml",
    )
)
@click.option("--from", "from_", help="Who calls: a number, a short code, a sip: address or anonymous.")
@click.option("--to", help="The line that is called.")
@click.option("--keys", help='What all legs press, in the order in which they are asked, such as "check 9 1 2".')
@click.option("--caller-keys", help='What the caller alone does, such as "check ring:hangup@20".')
@click.option("--customer-keys", help='What the customer alone does, rung back too, such as "1 talk:*@12 2".')
@click.option("--care-keys", help='What customer care does, on both its numbers, such as "1 talk:hangup@25".')
@click.option(
    "--customer", default="answers", show_default=True, type=_PICKING_UP, help="What the customer does, rung back too."
)
@click.option("--care", default="answers", show_default=True, type=_PICKING_UP, help="What customer care does.")
@click.option("--second-care", default="answers", show_default=True, type=_PICKING_UP, help="And its second number.")
@click.option("--talk", default=30.0, show_default=True, type=click.FloatRange(1, 14400), help="Seconds of talk.")
@click.option("--param", multiple=True, metavar="NAME=VALUE", help="A parameter of Twilio's, such as StirVerstat=...")
@click.option("--seed", type=int, help="Draw the same CallSids, and so the same digits, every time.")
@click.option("--webhooks", is_flag=True, help="Print the requests to the service too.")
@click.option(
    "--list-keys", is_flag=True, is_eager=True, expose_value=False, callback=_list_keys, help="List the key words."
)
@click.option(
    "--script",
    type=click.Path(path_type=Path),
    callback=_words_of_scripts,
    metavar="FILE",
    help="A call script: YAML with calls and what is expected of them. It replaces --from to --param; --script --help "
    "lists its words.",
)
@output.as_json
@click.pass_context
def call(context: click.Context, /, from_: str | None, to: str | None, script: Path | None, **options: Any) -> None:
    """Ring a line and print the call: all legs, both languages, and what it sets off.

    KEYS are words separated by spaces or commas: digits; "check", the announced digit; "talk:*@12", star after 12
    seconds of talk; "hangup", and more, which --list-keys tells. A leg with keys of its own presses those; all others
    take theirs from --keys in turn. With no keys at all you press them yourself, on every telephone, in the talk too:
    Enter is no key, Ctrl-D hangs up, Ctrl-C lets everybody hang up. No real time passes. Where no stack runs, one is
    started for this call alone.

    An SMS about a report is printed when it is sent. A person who requests a ring-back on the report line is rung
    back at once, on the telephone that called, and goes on with the same KEYS: the customer's "2 1" on the report
    line (in English, the last call), then "1 1 1 1 2" on the ring-back (it is me, my last call, report it, a prize,
    nothing lost).

    With --script FILE the calls are in a file, with what each person should hear and what should be stored. The exit
    status is 1 where an expectation is not met; each such one is printed with file and line. The running stack forgets
    the script's numbers first; where its settings are not the script's, the script gets a stack of its own. This is a
    script; more stand in tests/calls/scripts/, and --script --help lists all words:

    \b
        title: The customer reports a call about a prize
        calls:
          - from: "+96891234567"
            to: "+12025550100"
            caller: {keys: check}
            customer:
              keys: 9 1 2
              hears: [why.unknown, recorded]
            verdict: unknown
            outcome: reported
            stored:
              reports:
                - {category: prize, loss: no}
    """  # noqa: D301  # \b is click's mark of lines that are not to be filled; a raw string would print it
    place: Place = context.obj
    if script:
        _run_script(context, place, script, options)
        return
    if from_ is None or to is None:
        missing, of_make = ("--from", "FROM=+96891234567") if from_ is None else ("--to", "TO=+12025550100")
        raise click.UsageError(f"Missing option '{missing}' (of make call: {of_make}), or --script FILE.")
    from infra.cli.keys import Keys  # with the telephone network: no other command waits for it

    keys = Keys.read(options)
    parameters = read_parameters(options["param"])
    home_region, extra_ranges = place.numbering()
    caller = caller_id(from_, home_region, extra_ranges)
    line = full_number(to, home_region, "--to", extra_ranges)
    with _stack(place) as running:
        from infra.cli.run_call import Talk

        dialogue = _dialogue(options) if keys.are_none and _at_a_terminal() else None
        talk = Talk(running, options, caller=caller.text, line=line, keys=keys, dialogue=dialogue)
        talk.hold(from_.strip(), parameters)
        talk.report()
    if talk.interrupted:
        sys.exit(_INTERRUPTED)
    if talk.went_wrong:
        sys.exit(_FAULTS)


def _run_script(context: click.Context, place: Place, script: Path, options: dict[str, Any]) -> None:
    from infra.cli.run_script import run_script

    given = [
        parameter.opts[0]
        for parameter in context.command.params
        if parameter.name not in _BESIDE_A_SCRIPT
        and context.get_parameter_source(parameter.name or "") is ParameterSource.COMMANDLINE
    ]
    if given:
        raise click.UsageError(f"{given[0]} can't be combined with --script: the script sets it.")
    beside = {name: options[name] for name in ("seed", "webhooks", "as_json")}
    run_script(place, script, **beside)


def _dialogue(options: dict[str, Any]) -> Dialogue:
    from infra.cli.dialogue import Dialogue

    return Dialogue(err=options["as_json"], webhooks=options["webhooks"], talk_seconds=options["talk"])


@contextmanager
def _stack(place: Place) -> Iterator[Running]:
    """The stack of this checkout, or one for this call alone."""
    if running := place.running():
        yield running
        return
    click.echo("No stack runs here (make run starts one): this call gets one of its own, with demo data.", err=True)
    with started({"LOG_LEVEL": "ERROR", **os.environ}, log=sys.stderr) as stack:
        yield stack.running


def _at_a_terminal() -> bool:
    return sys.stdin.isatty()
