"""The words of the call flow's diagrams: the pages' own in English, and those of a file in another language."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ivr.flow.step_parts import words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ivr.flow.page import Page, Position

FOLDER = Path(__file__).with_name("page") / "words"


class FlowWords(NamedTuple):
    """The words of one language. What it lacks is said in English, as the pages name it."""

    steps: Mapping[str, str]
    labels: Mapping[str, str]
    pages: Mapping[str, str]

    def page(self, page: Page) -> str:
        """The title of a page."""
        return self.pages.get(page.name, page.title)

    def step(self, one: Position) -> str:
        """The words of a step."""
        return self.steps.get(f"{one.page}:{one.step}", words(one.step))

    def label(self, label: str) -> str:
        """The words of what leads from a step to another."""
        return self.labels.get(label, label)


ENGLISH = FlowWords({}, {}, {})


@cache
def in_language(code: str) -> FlowWords:
    """The words of a language, by its code; English where there is no file of it."""
    file = next((one for one in FOLDER.glob("*.flow.json") if one.name == f"{code}.flow.json"), None)
    if file is None:
        return ENGLISH
    told = json.loads(file.read_text(encoding="utf-8"))
    texts = json.loads((FOLDER / f"{code}.json").read_text(encoding="utf-8"))
    begins = "server.page."
    pages = {key.removeprefix(begins): text for key, text in texts.items() if key.startswith(begins)}
    return FlowWords(told["steps"], told["labels"], pages)
