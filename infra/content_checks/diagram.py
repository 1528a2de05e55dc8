"""The call-flow diagram, drawn from the pages themselves, as a Mermaid flowchart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.flow.page import Position
from ivr.flow.steps import (
    ANNOUNCED,
    EACH_LANGUAGE,
    Action,
    Bridge,
    Collect,
    Connect,
    Decide,
    Goodbye,
    JoinConference,
    LeaveQueue,
    Menu,
    Move,
    Only,
    Poll,
    Queue,
    QueueWait,
    Reject,
    Say,
    TakeMessage,
    Transfer,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ivr.flow.page import Book, Page
    from ivr.flow.steps import Key, Step

# What a step is can be seen from its shape.
_SHAPES: dict[type[Step], tuple[str, str]] = {
    Menu: ("{{", "}}"),
    Collect: ("[/", "/]"),
    Decide: ("{", "}"),
    Action: ("[[", "]]"),
    Say: ("(", ")"),
    Connect: ("[\\", "/]"),
    Transfer: ("[\\", "/]"),
    Queue: ("[\\", "/]"),
    QueueWait: ("([", "])"),
    LeaveQueue: ("([", "])"),
    Move: ("[/", "\\]"),
    JoinConference: ("((", "))"),
    Poll: (">", "]"),
    TakeMessage: ("[/", "/]"),
    Goodbye: ("([", "])"),
    Reject: ("([", "])"),
    Bridge: ("([", "])"),
}
_LEGEND = (
    "hexagon: menu; slanted: typed digits or a message; diamond: decision; double sides: something is done;",
    "rounded: said; inverted trapezoid: the leg is moved; circle: the two meet in a room; flag: a short wait;",
    "trapezoid: a telephone rings; oval: the leg ends; thick: calls come in here; dotted: what whoever answers hears",
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
            for there, label in _arrows(here, step):
                lines.append(f"  {_id(here)} -->{label} {_id(there)}")
                abroad.setdefault(there, book.pages[there.page].title)
            if isinstance(step, JoinConference | Queue):
                wait = here.follow(step.wait)
                alone = "alone" if isinstance(step, JoinConference) else "while waiting"
                lines.append(f'  {_id(here)} -.->|"{alone}"| {_id(wait)}')
                abroad.setdefault(wait, book.pages[wait.page].title)
            if isinstance(step, Connect | Transfer) and step.whisper:
                whisper = Position(step.whisper, book.pages[step.whisper].start)
                lines.append(f'  {_id(here)} -.->|"whoever answers hears"| {_id(whisper)}')
                abroad.setdefault(whisper, book.pages[whisper.page].title)
    for there, title in abroad.items():
        if there not in drawn:
            lines.append(f'  {_id(there)}>"{_text(title)}:<br/>{_text(_words(there.step))}"]')
    if entries := [_id(entry) for entry in book.entries if entry in drawn]:
        lines += ["  classDef entry stroke-width:4px", f"  class {','.join(entries)} entry"]
    return "\n".join(lines)


def _frame(page: Page) -> Iterator[str]:
    yield f'  subgraph page_{page.name}["{_text(page.title)}"]'
    for step in page.steps.values():
        opening, closing = _SHAPES[type(step)]
        yield f'    {_id(Position(page.name, step.name))}{opening}"{_label(step)}"{closing}'
    yield "  end"


def _label(step: Step) -> str:
    """A step's name, and below it what it says."""
    prompts = (*getattr(step, "prompts", ()), *getattr(step, "after", ()))
    said = [p.prompt if isinstance(p, Only) else p for p in prompts]
    name = _words(step.name) + (f": {_words(step.reason)}" if isinstance(step, Reject) else "")
    return "<br/>".join([f"<b>{_text(name)}</b>", *(_text(_words(prompt)) for prompt in said)])


def _arrows(here: Position, step: Step) -> list[tuple[Position, str]]:
    """Where a step leads, each place once, with all that leads there."""
    leads: dict[Position, list[str]] = {}
    for why, exit_ in _exits(step):
        leads.setdefault(here.follow(exit_), []).append(why)
    return [(there, _on_arrow(whys)) for there, whys in leads.items()]


def _exits(step: Step) -> Iterable[tuple[str, str]]:  # noqa: PLR0911  # a table of the kinds of step
    match step:
        case Menu():
            keys = [(_key(key), key.then) for key in step.keys]
            return [*keys, ("silence", step.silence), ("no such key", step.failure)]
        case Collect():
            return [(_words(step.valid), step.then), ("silence", step.silence), ("anything else", step.failure)]
        case Decide():
            return [(_words(way), exit_) for way, exit_ in step.ways.items()]
        case Action():
            return [*((_words(way), exit_) for way, exit_ in step.ways.items()), ("store down", step.store_down)]
        case Move():
            return [("moved to", step.to), *((f"here, {_words(way)}", exit_) for way, exit_ in step.ways.items())]
        case Transfer() | Queue():
            return [("answered", step.answered), ("unanswered", step.unanswered)]
        case TakeMessage():
            return [("recorded", step.then), ("silence", step.silence)]
        case _:
            return [("", exit_) for exit_ in step.exits]


def _key(key: Key) -> str:
    press = {ANNOUNCED: "announced digit:", EACH_LANGUAGE: "1, 2, ...:"}.get(key.press, key.press)
    return f"{press} {_words(key.goal)}" + (f" (if {_words(key.when)})" if key.when else "")


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
