"""What the commands talk to: the stack that `make run` started here, or the table that the environment names."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from infra.local import stackfile
from ivr.settings import Settings, SettingsError, documented
from ivr.store import StoreUnavailableError
from ivr.store.desk import Desk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from infra.local.stackfile import Running

NO_KEY = "unused"  # the HMAC key, where the environment names none
# What most commands need no value of, but Settings insists on.
_UNUSED = {"PUBLIC_BASE_URL": "https://unused.invalid", "TWILIO_AUTH_TOKEN": "unused", "HMAC_KEY": NO_KEY}
_NEITHER = (
    "there is nothing to talk to: start a stack in this checkout with `make run`, or set TABLE_NAME, AWS_REGION and "
    "credentials (and AWS_ENDPOINT_URL, if it is not AWS) for a deployed one"
)


@dataclass(frozen=True, slots=True)
class Target:
    """A table to talk to, with the settings of those who answer calls from it."""

    store: Desk
    settings: Settings
    where: str  # in words, for the person who is about to change something

    def announce(self) -> None:
        """Say on stderr what is about to be changed."""
        click.echo(f"Changing {self.where}", err=True)


@dataclass(frozen=True, slots=True)
class Place:
    """Where `ivr` was called: what its commands find their target by."""

    stack_file: Path
    table: str  # --table or TABLE_NAME

    def running(self) -> Running | None:
        """The stack of this checkout, if it runs."""
        written = stackfile.read(self.stack_file)
        return written if written and written.is_alive() else None

    def home_region(self) -> str:
        """Country of numbers written without a country code, before there is anything to talk to."""
        running = self.running()
        return (
            (running.settings if running else os.environ).get("HOME_REGION", "") or documented()["HOME_REGION"][1] or ""
        )

    def target(self) -> Target:
        """What the environment names, else the stack of this checkout. Raises ``click.ClickException`` for neither."""
        if self.table:
            return _named(self.table)
        if os.environ.get("AWS_ENDPOINT_URL") or os.environ.get("AWS_ENDPOINT_URL_DYNAMODB"):
            raise click.ClickException("AWS_ENDPOINT_URL is set and TABLE_NAME is not: set it too, or neither")
        if running := self.running():
            return target_of(running)
        raise click.ClickException(_NEITHER)


def target_of(running: Running) -> Target:
    """A running stack as a target."""
    from infra.local.database import client

    store = Desk(running.table, client(running.dynamodb, running.region))
    where = f"the stack of this checkout: table {running.table} at {running.dynamodb}"
    return Target(store, Settings.from_environment(running.settings), where)


def _named(table: str) -> Target:
    import boto3
    from botocore.exceptions import BotoCoreError

    from ivr.store import client

    if region := os.environ.get("AWS_REGION"):  # which boto3 itself does not read
        os.environ.setdefault("AWS_DEFAULT_REGION", region)
    try:
        made = client()
        profile = boto3.session.Session().profile_name
    except (BotoCoreError, ValueError) as error:
        raise click.ClickException(f"TABLE_NAME is {table}, but AWS can't be reached: {error}") from error
    endpoint = made.meta.endpoint_url
    where = f"table {table} in region {made.meta.region_name} at {endpoint} (profile {profile})"
    return Target(Desk(table, made), settings_here(TABLE_NAME=table), where)


def settings_here(**more: str) -> Settings:
    """The settings that the environment holds, where those of a deployment can't be known."""
    given = {name: value for name, value in os.environ.items() if value.strip()}
    unused = {name: value for name, value in _UNUSED.items() if f"{name}_PARAMETER" not in given}
    try:
        return Settings.from_environment({"TABLE_NAME": "unused", **unused, **given, **more})
    except SettingsError as error:
        raise click.ClickException(str(error)) from error


@contextmanager
def reachable(target: Target) -> Iterator[None]:
    """Turn a store that does not answer into one line."""
    try:
        yield
    except StoreUnavailableError as error:
        raise click.ClickException(f"{target.where} does not answer ({error})") from error
