"""How an action declares itself, beside its code: its name, a sentence for the diagrams, and its results.

The results are written once, as the return type: ``-> ActionResult[Literal["stored", "already"]]``. So mypy refuses a
result that was not declared, and the book of pages is compared with the same words at the start and in `make check`.
They are read from the annotation's text, which costs a cold start nothing; evaluating it would import what it names.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from ivr.flow.engine import STORE_DOWN

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.flow.engine import ActionCall, ActionResult
    from ivr.telephony.webhook import Webhook

    Action = Callable[[ActionCall, Webhook], ActionResult[str]]

_Method = TypeVar("_Method", bound="Callable[[Any, ActionCall, Webhook], ActionResult[str]]")
_RESULTS = re.compile(r"ActionResult\[Literal\[((?:'\w+'(?:, )?)+)\]\]", re.ASCII)


class Declaration(NamedTuple):
    """The declaration of an action."""

    name: str  # that pages use
    sentence: str  # what it does, for the diagrams
    results: tuple[str, ...]  # without the store that is down, for which each step has an exit of its own
    alarm: str = ""  # the metric that counts a failure of an action that a prompt has promised


DECLARED: dict[str, Declaration] = {}
_BY_METHOD: dict[str, Declaration] = {}  # by "class.method"


def action(name: str, sentence: str, *, alarm: str = "") -> Callable[[_Method], _Method]:
    """Declare a method as the action that pages call ``name``.

    Raises ``TypeError`` for a name that is taken and for a return type that does not list the results.
    """

    def declare(method: _Method) -> _Method:
        if name in DECLARED:
            raise TypeError(f"two actions are called {name!r}")
        DECLARED[name] = _BY_METHOD[method.__qualname__] = Declaration(name, sentence, results_of(method), alarm)
        return method

    return declare


def results_of(method: Callable[..., Any]) -> tuple[str, ...]:
    """The results that a method's return type lists. Raises ``TypeError`` where it lists none."""
    listed = _RESULTS.fullmatch(str(method.__annotations__.get("return", "")))
    if not listed:
        raise TypeError(f'{method.__qualname__}: its return type must be ActionResult[Literal["...", "..."]]')
    return tuple(result for result in re.findall(r"\w+", listed[1]) if result != STORE_DOWN)


def bound(*instances: object) -> dict[str, Action]:
    """The actions of these objects, by the names that pages call them."""
    return {
        declaration.name: getattr(one, name)
        for one in instances
        for name in vars(type(one))
        if (declaration := _BY_METHOD.get(f"{type(one).__qualname__}.{name}"))
    }
