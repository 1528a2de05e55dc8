"""The `ivr` command and its groups."""

from __future__ import annotations

from pathlib import Path

import click

from infra.cli import (
    audit,
    call,
    caller_file,
    callers,
    calls,
    care,
    disputes,
    doctor,
    explain,
    exports,
    flow,
    forget,
    imports,
    lines,
    messages,
    numbers,
    prompts,
    references,
    reports,
    rules,
    run,
    settings,
)
from infra.cli.group import OneLineGroup
from infra.cli.target import Place
from infra.local import stackfile


def _say_version(context: click.Context, _: click.Parameter, value: bool) -> None:  # noqa: FBT001  # click's own call
    if value and not context.resilient_parsing:
        from infra.provenance import ROOT, commit_of, version

        commit = commit_of(ROOT)
        click.echo(f"ivr {version()}" + (f", commit {commit}" if commit else ", of no git checkout"))
        context.exit()


@click.group(cls=OneLineGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option("--stack", envvar="IVR_STACK", default="", help="Name of a deployed stack, instead of IVR_STACK.")
@click.option("--table", envvar="TABLE_NAME", default="", help="Name of a table, instead of TABLE_NAME.")
@click.option(
    "--stack-file",
    envvar="IVR_STACK_FILE",
    default=stackfile.PATH,
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where a running stack leaves its addresses, instead of .local/stack.json.",
)
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_say_version, help="Which one.")
@click.pass_context
def main(context: click.Context, stack: str, table: str, stack_file: Path) -> None:
    """Call screening against telephone fraud, from the command line.

    With nothing configured, commands talk to the stack that `make run` started in this checkout. With --stack (and
    AWS_REGION, credentials, perhaps AWS_ENDPOINT_URL) they talk to a deployed one, and judge by its settings. With
    --table they talk to a table, and refuse what can't be judged without settings that the environment does not hold.
    """
    context.obj = Place(stack_file, table.strip(), stack.strip())


for _command in (caller_file.show, disputes.dispute, disputes.clear, disputes.keep, disputes.list_disputes):
    callers.callers.add_command(_command)

for _command in (references.show, references.dossier, references.confirm):
    reports.reports.add_command(_command)

for _command in (
    run.run,
    call.call,
    explain.explain,
    doctor.doctor,
    lines.lines,
    numbers.numbers,
    callers.callers,
    rules.rules,
    calls.calls,
    reports.reports,
    messages.messages,
    care.care,
    imports.import_,
    exports.export,
    audit.audit,
    forget.forget,
    flow.flow,
    flow.fallback,
    prompts.prompts,
    settings.settings,
):
    main.add_command(_command)

main.add_command(messages.messages, "sms")  # the word that ops look for
