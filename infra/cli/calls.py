"""`ivr calls`: the last calls with their outcomes, and one call in detail from the table and the log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from infra.cli import options, output
from infra.cli.call_log import lines_about
from infra.cli.call_words import in_short
from infra.cli.labels import report_in_words
from infra.cli.options import day_options, days_of
from infra.cli.target import reachable
from ivr.desk import calls as desk
from ivr.desk.call_summary import summary

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TextIO

    from infra.cli.target import Place
    from ivr.desk.calls import CallFile, Row

_FRAME = frozenset({"timestamp", "level", "message", "call_sid", "leg", "leg_sid", "_aws", "frames"})


@click.group
def calls() -> None:
    """List the last calls to protected lines, and show what happened in one."""


@calls.command("list", epilog=options.example("ivr calls list --line +12025550100 --days 7"))
@click.option("--line", default="", help="Only calls to one line.")
@day_options
@output.limits
@output.as_json
@click.pass_obj
def list_calls(
    place: Place, *, line: str, day: str | None, days: int | None, limit: int, every: bool, as_json: bool
) -> None:
    """List the calls of a day, or of the last two, newest first, and how each ended.

    Numbers show their last three digits. A call is "open" until Twilio's callback of its end.
    """
    target = place.target()
    number = desk.line_number(target.desk, line, "--line")
    meant = days_of(day, days, target.settings.timezone)
    with reachable(target):
        shown = map(_as_json, output.up_to(None if every else limit, desk.of_days(target.desk, meant, number)))
        if as_json:
            output.print_json_list(shown)
        else:
            _print(shown, target.settings.timezone)


def _print(shown: Iterable[dict[str, Any]], timezone: str) -> None:
    output.print_table(
        ("Time", "Call", "Line", "Caller", "Verdict", "Reason", "Outcome", "Seconds"),
        (
            (
                output.local_time(row["rang_at"], timezone),
                row["call_sid"],
                row["line"],
                row["caller"],
                row["verdict"],
                row["reason"],
                row["outcome"],
                str(row["seconds"] or "-"),
            )
            for row in shown
        ),
        empty="There was no call to a protected line in that time.",
    )


@calls.command("show", epilog=options.example("ivr calls show CA0123456789abcdef0123456789abcdef"))
@click.argument("call_sid", metavar="SID")
@click.option("--log", type=click.File(encoding="utf-8"), help="A file of the log's JSON lines, or - for stdin.")
@output.as_json
@click.pass_obj
def show(place: Place, *, call_sid: str, log: TextIO | None, as_json: bool) -> None:
    """Show one call: SID is the CallSid of the caller's leg, as log lines name it in call_sid.

    First it says in short what happened and what went wrong, then what the table holds: verdict, legs, keys, reports
    and messages. The lines of the log about this call follow. They are read from the file that `make run` writes, of a
    deployed stack (--stack) from CloudWatch Logs, or from --log.
    """
    target = place.target()
    with reachable(target):
        told = desk.file(target.desk, call_sid)
    lines = lines_about(call_sid, log) if log else target.log.about(call_sid, told.row.rang_at if told.row else 0)
    if told.is_empty and not lines:
        raise desk.unknown(call_sid, "SID")
    shown = _as_told(told, lines, call_sid)
    if as_json:
        output.print_json(shown)
        return
    for name, value in shown.items():
        if name not in {"reports", "messages", "log", "findings"} and value not in ("", 0, {}):
            text = output.local_second(value, target.settings.timezone) if name.endswith("_at") else _in_words(value)
            click.echo(output.plain(f"{name.replace('_', ' ')}: {text}"))
    for report in told.reports:
        click.echo(output.plain(report_in_words(report).replace(report.caller or "\0", _masked(report.caller))))
    for message in told.messages:
        click.echo(
            output.plain(f"message about report {message.reference}: {message.state} {message.outcome}".rstrip())
        )
    for line in lines:
        more = _in_words({name: value for name, value in line.items() if name not in {*_FRAME, line["message"]}})
        whose = line.get("leg", "-")
        click.echo(output.plain(f"{line.get('timestamp', '')} {whose:<9} {line['message']} {more}".rstrip()))


def _as_json(row: Row) -> dict[str, Any]:
    outcome = (f"open ({row.outcome})" if row.outcome else "open") if row.is_open else row.outcome
    shown = {"line": _masked(row.line), "caller": _masked(row.caller), "outcome": outcome}
    names = ("call_sid", "rang_at", "line", "caller", "verdict", "reason", "outcome", "seconds")
    return {name: shown.get(name, getattr(row, name)) for name in names}


def _as_told(told: CallFile, lines: list[dict[str, Any]], call_sid: str) -> dict[str, Any]:
    found = summary(told, lines)
    shown: dict[str, Any] = {"call_sid": call_sid, "in_short": in_short(found)}
    shown |= {"findings": [one._asdict() for one in found], **(_as_json(told.row) if told.row else {})}
    shown |= {**told.moments, **told.words}
    if told.keys is not None:
        shown["keys"] = told.keys
    if told.release is not None:
        shown["release"] = told.release
    shown["reports"] = [
        {"reference": one.reference, "category": one.category, "loss": one.loss, "withdrawn": bool(one.withdrawn)}
        for one in told.reports
    ]
    shown["messages"] = [
        {"reference": one.reference, "state": one.state, "outcome": one.outcome} for one in told.messages
    ]
    return {**shown, "log": lines}


def _masked(number: str) -> str:
    return f"...{number[-3:]}" if number else "withheld"


def _in_words(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_in_words(one)}" for name, one in value.items())
    return str(value)
