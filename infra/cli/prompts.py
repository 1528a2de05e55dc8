"""`ivr prompts`: the whole script of the product, and its check."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from infra.cli.target import Place
    from ivr.prompts.catalog import Catalog

_FAULTS = 1  # exit status


@click.group
def prompts() -> None:
    """Print the whole script of the product, or check it."""


@prompts.command
@click.pass_obj
def show(place: Place) -> None:
    """Print all that is ever spoken, call by call, in both languages, for somebody who reads no code."""
    from infra.content_checks.script import script
    from ivr.flow.pages import BOOK

    click.echo(script(BOOK, _catalogs(), _brands(place)))


@prompts.command
@click.pass_obj
def check(place: Place) -> None:
    """Check prompts and pages: languages that differ, what can't be spoken or takes too long, ways of actions."""
    from infra.content_checks.problems import problems
    from ivr.actions.registry import ways
    from ivr.flow.pages import BOOK

    found = [*problems(BOOK, _catalogs(), _brands(place)), *BOOK.action_faults(ways())]
    for problem in found:
        click.echo(problem)
    if found:
        sys.exit(_FAULTS)


def _catalogs() -> dict[str, Catalog]:
    from ivr.flow.state import LANGUAGES
    from ivr.prompts import catalog

    return {language: catalog.load(language) for language in LANGUAGES}


def _brands(place: Place) -> dict[str, str]:
    """The brand of what is talked to, by language."""
    settings = place.settings()
    return {"ar": settings.brand_ar, "en": settings.brand_en}
