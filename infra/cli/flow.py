"""`ivr flow`, the diagram of every call, and `ivr fallback`, the apology to be hosted elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from infra.cli import options

if TYPE_CHECKING:
    from infra.cli.target import Place


@click.command(epilog=options.example("ivr flow whisper"))
@click.argument("page", default="", metavar="[PAGE]")
def flow(page: str) -> None:
    """Print the diagram of every call, or of one PAGE (Mermaid), from the pages themselves."""
    from infra.content_checks.diagram import mermaid
    from ivr.flow.pages import BOOK

    if page and page not in BOOK.pages:
        raise click.BadParameter(f"there is no page {page!r}; there are {', '.join(BOOK.pages)}", param_hint="PAGE")
    click.echo(mermaid(BOOK, page))


@click.command(epilog=options.example("ivr fallback"))
@click.pass_obj
def fallback(place: Place) -> None:
    """Print the spoken apology as a TwiML document, to be hosted independently of this service.

    Set it as the fallback of a number at Twilio. Its names and voices are those of the stack that --stack names, or
    the settings of the environment.
    """
    from ivr.call_session import apology_and_goodbye
    from ivr.flow.pages import BOOK
    from ivr.telephony.twilio.twiml import Writer

    settings = place.settings()
    click.echo(Writer(settings).write(apology_and_goodbye(BOOK, settings.spoken(""))))
