"""`ivr settings`: what a deployment may set."""

from __future__ import annotations

import click

from infra.cli import options, output
from infra.local.documented import documented


@click.command(epilog=options.example("ivr settings --json"))
@click.option("--markdown", is_flag=True, help="Print a Markdown table, for the documentation.")
@output.as_json
def settings(*, markdown: bool, as_json: bool) -> None:
    """List every setting (an environment variable), what it is for, and its default."""
    if markdown:
        click.echo("| Setting | Default | What it is |\n|---|---|---|")
        for name, (doc, default) in documented().items():
            click.echo(f"| `{name}` | {_shown(default)} | {doc} |")
        return
    if as_json:
        output.print_json(
            [{"name": name, "doc": doc, "default": default} for name, (doc, default) in documented().items()]
        )
        return
    output.print_table(
        ("Setting", "Default", "What it is"),
        ((name, _shown(default), doc) for name, (doc, default) in documented().items()),
        empty="",
    )


def _shown(default: str | None) -> str:
    return "(must be set)" if default is None else default or "-"
