"""Parameters of Twilio's webhooks, as they are given to a command with --param."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ivr.telephony.twilio import fields
from ivr.telephony.twilio.form import Form

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ivr.telephony.signals import Signals


def read_parameters(pairs: Iterable[str]) -> dict[str, str]:
    """Read NAME=VALUE. Raises ``ClickException`` for what is written otherwise."""
    parameters = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name.strip():
            raise click.ClickException(f"--param is {pair!r}: write it as NAME=VALUE")
        parameters[name.strip()] = value
    return parameters


def signals_of(parameters: Mapping[str, str]) -> Signals:
    """What such a webhook would say of its caller."""
    return fields.signals(Form(list(parameters.items())))
