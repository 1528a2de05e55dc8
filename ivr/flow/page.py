"""A page: the table of steps that makes one leg of a call, and the book of all pages, checked as it loads."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ivr.flow.decisions import CHECKS, CONDITIONS, DECISIONS
from ivr.flow.steps import (
    ANNOUNCED,
    EACH_LANGUAGE,
    REJECTIONS,
    TRANSFERS,
    Action,
    Collect,
    Connect,
    Decide,
    JoinConference,
    Menu,
    Move,
    Only,
    Poll,
    Queue,
    Reject,
    Step,
    TakeMessage,
    Transfer,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_KEYS = frozenset("0123456789*#") | {ANNOUNCED, EACH_LANGUAGE}


class PageError(ValueError):
    """A page that a call could get lost in; the message names the page, the step and what is wrong with it."""


class Position(NamedTuple):
    """Where a leg stands: a page and a step on it."""

    page: str
    step: str

    def follow(self, exit_: str) -> Position:
        """The position that an exit of this step names."""
        page, _, step = exit_.rpartition(":")
        return Position(page or self.page, step)


class Page:
    """One leg's call, as a table of named steps. The first step is where the page begins."""

    def __init__(self, name: str, *steps: Step, title: str) -> None:
        self.name = name
        self.title = title
        self.steps: dict[str, Step] = {}
        for step in steps:
            if step.name in self.steps:
                raise PageError(f"{name}: two steps are called {step.name!r}")
            self.steps[step.name] = step
        self.start = steps[0].name


class Book:
    """All pages. Raises ``PageError`` for anything that a call could get lost in."""

    def __init__(self, *pages: Page, entries: tuple[Position, ...]) -> None:
        self.pages = {page.name: page for page in pages}
        self.entries = entries
        steps = [(Position(page.name, step.name), step) for page in pages for step in page.steps.values()]
        for here, step in steps:
            self._check(here, step)
        for here, step in steps:
            if isinstance(step, Menu | Collect):
                self._check_that_it_ends(here)
        self._check_that_every_step_is_reached()

    def step(self, position: Position) -> Step:
        """The step at a position. Raises ``PageError`` where there is none."""
        page = self.pages.get(position.page)
        step = page.steps.get(position.step) if page else None
        if step is None:
            raise PageError(f"{position.page}:{position.step}: there is no such step")
        return step

    def _check(self, here: Position, step: Step) -> None:
        name = f"{here.page}:{here.step}"
        for exit_ in step.exits:
            try:
                self.step(here.follow(exit_))
            except PageError as error:
                raise PageError(f"{name} leads nowhere: {error}") from error
        whisper = getattr(step, "whisper", None)
        if whisper not in {None, *self.pages} and (whisper or isinstance(step, Connect)):
            raise PageError(f"{name}: there is no page {whisper!r} to whisper")
        if whisper and isinstance(self.pages[whisper].steps[self.pages[whisper].start], Menu | Collect):
            raise PageError(f"{name}: {whisper!r} begins with a question, which would take its answering for silence")
        for asked in _asked_anew(step):
            if isinstance(self.step(here.follow(asked)), Menu | Collect | Connect | Transfer | Queue | JoinConference):
                raise PageError(f"{name}: {asked!r} would take a fresh start for silence, or for an ended Dial")
        if fault := _menu_fault(step) if isinstance(step, Menu) else _fault(step):
            raise PageError(f"{name}: {fault}")

    def _check_that_it_ends(self, menu: Position) -> None:
        """Whoever presses nothing, or wrong keys alone, comes to an end: no such way leads back to where it began."""
        ahead, met = self._unasked(menu), set[Position]()
        while ahead:
            here = ahead.pop()
            if here == menu:
                raise PageError(f"{menu.page}:{menu.step}: silence or wrong keys lead back to it for ever")
            if here not in met:
                met.add(here)
                ahead += self._unasked(here)

    def _unasked(self, here: Position) -> list[Position]:
        """Where a leg may go from here without a right key."""
        step = self.step(here)
        exits = (step.silence, step.failure) if isinstance(step, Menu | Collect) else step.exits
        return [here.follow(exit_) for exit_ in exits]

    def _check_that_every_step_is_reached(self) -> None:
        reached: set[Position] = set()
        ahead = list(self.entries)
        while ahead:
            here = ahead.pop()
            if here not in reached:
                reached.add(here)
                step = self.step(here)
                ahead += [here.follow(exit_) for exit_ in step.exits]
                if whisper := getattr(step, "whisper", ""):
                    ahead.append(Position(whisper, self.pages[whisper].start))
                if wait := getattr(step, "wait", ""):
                    ahead.append(here.follow(wait))
        for page in self.pages.values():
            for step_name in page.steps:
                if Position(page.name, step_name) not in reached:
                    raise PageError(f"{page.name}:{step_name} is never reached")

    def actions(self) -> list[tuple[Position, Action | Move]]:
        """Each step that has an action performed, with its position."""
        return [
            (Position(page.name, step.name), step)
            for page in self.pages.values()
            for step in page.steps.values()
            if isinstance(step, Action | Move)
        ]

    def action_faults(self, ways: Mapping[str, Collection[str]]) -> list[str]:
        """Where pages and actions differ, in either direction; ``ways`` are those of each action, by its name."""
        faults, asked = list[str](), set[str]()
        for here, step in self.actions():
            asked.add(step.action)
            at = f"{here.page}:{here.step}"
            if step.action not in ways:
                faults.append(f"{at} asks for the action {step.action!r}, which nobody performs")
                continue
            at += f": the action {step.action!r}"
            faults += [f"{at} never answers {way!r}" for way in step.ways if way not in ways[step.action]]
            faults += [
                f"{at} may answer {way!r}, and no exit is for it" for way in ways[step.action] if way not in step.ways
            ]
        return faults + [f"no page asks for the action {name!r}" for name in ways if name not in asked]


def _asked_anew(step: Step) -> tuple[str, ...]:
    """The steps that a leg comes to by a request which is neither a key nor the end of a Dial."""
    match step:
        case Move():
            return (step.to,)
        case Poll():
            return (step.then,)
        case JoinConference() | Queue():
            return (step.wait,)
        case TakeMessage():
            return (step.silence,)
        case _:
            return ()


def _fault(step: Step) -> str:
    """What is wrong with a step by itself, or an empty string."""
    for prompt in (*getattr(step, "prompts", ()), *getattr(step, "after", ())):
        if isinstance(prompt, Only) and prompt.when not in CONDITIONS:
            return f"prompt {prompt.prompt} has an unknown condition {prompt.when!r}"
    match step:
        case Collect() if step.valid not in CHECKS:
            return f"unknown check {step.valid!r}"
        case Decide() if step.by not in DECISIONS or set(DECISIONS[step.by].ways) != set(step.ways):
            return f"its ways are not those of a decision {step.by!r}"
        case Transfer() if step.to not in TRANSFERS:
            return f"{step.to!r} is no number to transfer to"
        case Reject() if step.reason not in REJECTIONS:
            return f"Twilio knows no rejection {step.reason!r}"
        case _:
            return ""


def _menu_fault(menu: Menu) -> str:
    presses = [key.press for key in menu.keys]
    if not presses or len(presses) != len(set(presses)) or not set(presses) <= _KEYS:
        return f"its keys are {presses}; each must be one key of a telephone, and once"
    if EACH_LANGUAGE in presses and set(presses) & set("123456789"):
        return f"its keys are {presses}: the languages that are offered take the keys from 1 on"
    for key in menu.keys:
        if key.language:
            return f"key {key.press} is of the language {key.language!r}: EACH_LANGUAGE is of those that are offered"
        if key.when and key.when not in CONDITIONS:
            return f"key {key.press} has an unknown condition {key.when!r}"
    return _fault(menu)
