"""A page: the table of steps that makes one leg of a call, and the book of all pages, checked as it loads."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ivr.flow.decisions import CONDITIONS
from ivr.flow.step_parts import Only

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from ivr.flow.step_parts import Exit, Kind
    from ivr.flow.steps import Step


_ANSWERED = ("key", "digits")  # how a leg leaves a question by a right answer
_AFRESH = ("request", "aside")  # how a leg comes to a step by a request that is neither a key nor the end of a Dial


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
        self._kinds = {here: step.kind for here, step in self.steps()}
        self._exits = {
            here: [(exit_, self._led_to(here, exit_)) for exit_ in kind.exits] for here, kind in self._kinds.items()
        }
        for here, kind in self._kinds.items():
            self._check(here, kind)
        for here, exits in self._exits.items():
            if any(exit_.by in _ANSWERED for exit_, _ in exits):
                self._check_that_it_ends(here)
        self._check_that_every_step_is_reached()

    def step(self, position: Position) -> Step:
        """The step at a position. Raises ``PageError`` where there is none."""
        page = self.pages.get(position.page)
        step = page.steps.get(position.step) if page else None
        if step is None:
            raise PageError(f"{position.page}:{position.step}: there is no such step")
        return step

    def steps(self) -> Iterator[tuple[Position, Step]]:
        """Every step with its position, in the order of the pages."""
        for page in self.pages.values():
            for step in page.steps.values():
                yield Position(page.name, step.name), step

    def kind(self, here: Position) -> Kind:
        """The kind of the step at a position, built once for all calls. Raises ``KeyError`` where there is no step."""
        return self._kinds[here]

    def exits(self, here: Position) -> list[tuple[Exit, Position]]:
        """The exits of the step at a position, each with where it leads."""
        return self._exits[here]

    def _led_to(self, here: Position, exit_: Exit) -> Position:
        there = here.follow(exit_.to)
        if exit_.to.endswith(":"):
            if there.page not in self.pages:
                raise PageError(f"{here.page}:{here.step}: there is no page {there.page!r} to whisper")
            there = Position(there.page, self.pages[there.page].start)
        try:
            self.step(there)
        except PageError as error:
            raise PageError(f"{here.page}:{here.step} leads nowhere: {exit_.to!r}: {error}") from error
        return there

    def _check(self, here: Position, kind: Kind) -> None:
        name = f"{here.page}:{here.step}"
        for exit_, there in self._exits[here]:
            if exit_.by in _AFRESH and self._kinds[there].accepts:
                begins = f"{exit_.to.rstrip(':')!r} begins with a question, or waits for a telephone"
                raise PageError(f"{name}: {begins}: it would take a fresh start for silence, or for an ended Dial")
        for prompt in kind.says:
            if isinstance(prompt, Only) and prompt.when not in CONDITIONS:
                raise PageError(f"{name}: prompt {prompt.prompt} has an unknown condition {prompt.when!r}")
        if kind.fault:
            raise PageError(f"{name}: {kind.fault}")

    def _check_that_it_ends(self, menu: Position) -> None:
        """A leg that presses no right key comes to an end: no such way leads back to where it began."""
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
        return [there for exit_, there in self._exits[here] if exit_.by not in _ANSWERED and exit_.by != "aside"]

    def _check_that_every_step_is_reached(self) -> None:
        reached: set[Position] = set()
        ahead = list(self.entries)
        while ahead:
            here = ahead.pop()
            self.step(here)
            if here not in reached:
                reached.add(here)
                ahead += [there for _, there in self._exits[here]]
        for here in self._exits:
            if here not in reached:
                raise PageError(f"{here.page}:{here.step} is never reached")

    def action_faults(self, results: Mapping[str, Collection[str]]) -> list[str]:
        """Where pages and actions differ, in either direction; ``results`` are those of each action, by its name."""
        faults, asked = list[str](), set[str]()
        for here, kind in self._kinds.items():
            name = kind.action
            if not name:
                continue
            asked.add(name)
            at = f"{here.page}:{here.step}"
            if name not in results:
                faults.append(f"{at} asks for the action {name!r}, which nobody performs")
                continue
            at, expected = f"{at}: the action {name!r}", [exit_.result for exit_ in kind.exits if exit_.result]
            faults += [f"{at} never has the result {result!r}" for result in expected if result not in results[name]]
            faults += [
                f"{at} may have the result {result!r}, and no exit is for it"
                for result in results[name]
                if result not in expected
            ]
        return faults + [f"no page asks for the action {name!r}" for name in results if name not in asked]
