"""A group of commands that answers wrong input with one line, never with a traceback."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

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
        except click.exceptions.NoArgsIsHelpError as error:
            error.show()
            sys.exit(WRONG_INPUT)
        except click.ClickException as error:
            click.echo(f"ivr: {' '.join(error.format_message().split())}", err=True)
            sys.exit(WRONG_INPUT)
        except (click.Abort, KeyboardInterrupt):
            click.echo("ivr: stopped", err=True)
            sys.exit(_INTERRUPTED)
        except BrokenPipeError:  # `ivr ... | head` has read enough
            sys.stdout = None  # nothing is left to be flushed to it
            sys.exit(0)
        sys.exit(status if isinstance(status, int) else 0)
