"""A group of commands that answers wrong input with one line, never with a traceback."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING, Any

import click

from infra.cli.output import one_line
from infra.cli.refusals import in_words
from ivr.desk import DeskError

if TYPE_CHECKING:
    from collections.abc import Sequence

WRONG_INPUT = 2  # exit status; 1 is for a call in which the application did something wrong
_INTERRUPTED = 130


class OneLineGroup(click.Group):
    """The root of the commands."""

    def main(self, args: Sequence[str] | None = None, **extra: Any) -> Any:  # type: ignore[override]
        """Run a command and end the process."""
        try:
            status = super().main(args, **{**extra, "standalone_mode": False})
            sys.stdout.flush()  # a full disk shows here at the latest
        except click.exceptions.NoArgsIsHelpError as error:
            error.show()
            sys.exit(WRONG_INPUT)
        except click.ClickException as error:
            click.echo(f"ivr: {one_line(error.format_message())}", err=True)
            sys.exit(WRONG_INPUT)
        except DeskError as error:
            click.echo(f"ivr: {one_line(in_words(error))}", err=True)
            sys.exit(WRONG_INPUT)
        except BrokenPipeError:  # `ivr ... | head` has read enough
            sys.stdout = None  # nothing is left to be flushed to it
            sys.exit(0)
        except UnicodeEncodeError as error:
            cant = f"the output's encoding, {error.encoding}, can't show all of it"
            click.echo(f"ivr: {cant}: set PYTHONIOENCODING=utf-8", err=True)
            sys.stdout = io.StringIO()  # what is left of the output is lost, and that was said
            sys.exit(WRONG_INPUT)
        except OSError as error:
            where = f" ({error.filename})" if error.filename else ""
            click.echo(f"ivr: {error.strerror or type(error).__name__}{where}", err=True)
            sys.stdout = io.StringIO()  # what is left of the output is lost, and that was said
            sys.exit(WRONG_INPUT)
        except (click.Abort, KeyboardInterrupt):
            click.echo("ivr: stopped", err=True)
            sys.exit(_INTERRUPTED)
        sys.exit(status if isinstance(status, int) else 0)
