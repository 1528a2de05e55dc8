"""The call-flow diagram, drawn from the pages themselves, as a Mermaid flowchart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.flow.page import Position
from ivr.flow.step_parts import Only

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.flow.page import Book, Page
    from ivr.flow.step_parts import Shape
    from ivr.flow.steps import Step

# What a step is can be seen from its shape.
_SHAPES: dict[Shape, tuple[str, str]] = {
    "hexagon": ("{{", "}}"),
    "slant": ("[/", "/]"),
    "diamond": ("{", "}"),
    "box": ("[[", "]]"),
    "round": ("(", ")"),
    "ring": ("[\\", "/]"),
    "oval": ("([", "])"),
    "move": ("[/", "\\]"),
    "circle": ("((", "))"),
    "flag": (">", "]"),
}
_LEGEND = (
    "hexagon: menu; slanted: typed digits or a message; diamond: decision; double sides: something is done;",
    "rounded: said; inverted trapezoid: the leg is moved; circle: the two join a conference; flag: a short wait;",
    "trapezoid: a telephone rings; oval: the leg ends; thick: calls come in; dotted: heard before or while waiting",
)


def mermaid(book: Book, page: str = "") -> str:
    """The diagram of every call, each page a frame; or that of one page, with the steps of others that it leads to.

    Bare Mermaid, ending without a line feed; the same book gives the same text. Raises ``KeyError``, unknown page.
    """
    pages = [book.pages[page]] if page else list(book.pages.values())
    lines = ["flowchart TB", *(f"  %% {line}" for line in _LEGEND)]
    for one in pages:
        lines += _frame(one)
    drawn = {Position(one.name, step) for one in pages for step in one.steps}
    abroad: dict[Position, str] = {}
    for one in pages:
        for step in one.steps.values():
            here = Position(one.name, step.name)
            for there, arrow in _arrows(book, here):
                lines.append(f"  {_id(here)} {arrow} {_id(there)}")
                abroad.setdefault(there, book.pages[there.page].title)
    for there, title in abroad.items():
        if there not in drawn:
            lines.append(f'  {_id(there)}>"{_text(title)}:<br/>{_text(_words(there.step))}"]')
    if entries := [_id(entry) for entry in book.entries if entry in drawn]:
        lines += ["  classDef entry stroke-width:4px", f"  class {','.join(entries)} entry"]
    return "\n".join(lines)


def _frame(page: Page) -> Iterator[str]:
    yield f'  subgraph page_{page.name}["{_text(page.title)}"]'
    for step in page.steps.values():
        opening, closing = _SHAPES[step.kind.shape]
        yield f'    {_id(Position(page.name, step.name))}{opening}"{_label(step)}"{closing}'
    yield "  end"


def _label(step: Step) -> str:
    """A step's name, and below it what it says."""
    prompts = (*getattr(step, "prompts", ()), *getattr(step, "after", ()))
    said = [p.prompt if isinstance(p, Only) else p for p in prompts]
    reason = getattr(step, "reason", "")  # of a call that is rejected
    name = _words(step.name) + (f": {_words(reason)}" if reason else "")
    return "<br/>".join([f"<b>{_text(name)}</b>", *(_text(_words(prompt)) for prompt in said)])


def _arrows(book: Book, here: Position) -> list[tuple[Position, str]]:
    """Where a step leads, each place once, with all that leads there; last what is heard aside."""
    leads: dict[tuple[bool, Position], list[str]] = {}
    for exit_, there in book.exits(here):
        leads.setdefault((exit_.by == "aside", there), []).append(exit_.label)
    return [(there, ("-.->" if aside else "-->") + _on_arrow(whys)) for (aside, there), whys in leads.items()]


def _on_arrow(whys: list[str]) -> str:
    label = "<br/>".join(_text(why) for why in whys if why)
    return f'|"{label}"|' if label else ""


def _id(position: Position) -> str:
    """A name that Mermaid can't take for one of its own words, such as ``end``, nor for the head of an arrow."""
    return f"step_{position.page}__{position.step}"


def _words(name: str) -> str:
    by = {".{why}": ", by the verdict", ".{about}": ", by the reports", ".{category}": ", by the report"}
    words = name.replace("_", " ").replace(".{when}", ", by the day")
    for several, instead in by.items():
        words = words.replace(several, instead)
    return words


def _text(words: str) -> str:
    """Words within quotation marks; Mermaid writes characters of its own grammar as entities."""
    return words.replace("#", "#35;").replace('"', "#quot;").replace("<", "#lt;").replace(">", "#gt;")
