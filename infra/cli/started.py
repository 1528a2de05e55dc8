"""A stack of a command's own, for as long as the command runs."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from infra.local.stack import Stack


@contextmanager
def started(environment: Mapping[str, str], **options: Any) -> Iterator[Stack]:
    """A stack, started, with the ``options`` of ``Stack``. Raises ``click.ClickException`` where it can't start."""
    from infra.local.http_server import PortError
    from infra.local.stack import Stack, StackError
    from ivr.settings import SettingsError

    try:
        stack = Stack(environment, **options)
        stack.start()
    except PortError as error:
        port = options.get("port", 0)
        raise click.ClickException(f"{error}, as in: make run PORT={port + 1 if port < 65535 else 8080}") from error
    except (SettingsError, StackError) as error:
        raise click.ClickException(str(error)) from error
    try:
        yield stack
    finally:
        stack.stop()
