"""What all parts of a call script share."""

from __future__ import annotations

from typing import Any, get_args

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    """A mapping of a script: no other words than its fields may stand there."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


def part_in(annotation: Any) -> type[Part] | None:
    """The part that a field's type holds, as a list of such parts does, or None."""
    if isinstance(annotation, type) and issubclass(annotation, Part):
        return annotation
    return next((found for one in get_args(annotation) if (found := part_in(one))), None)
