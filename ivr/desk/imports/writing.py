"""Writing what is stored as a file to import, elsewhere or later: the same header, a line for each record in force."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ivr.desk import audit
from ivr.desk.audit import About, Action
from ivr.desk.errors import DeskError
from ivr.desk.imports.kinds import Options

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ivr.desk.actor import Actor
    from ivr.desk.context import Context
    from ivr.desk.imports.kinds import Kind

_HEADER = 1  # the number of its line
_ASKED_FOR = Options(replaces=True, whole_country=True, foreign=True)


class Written(NamedTuple):
    """A line of the file, and what an import into an empty table would say of it."""

    number: int  # the header is line 1
    cells: Mapping[str, str]
    refused: DeskError | None = None
    is_final: bool = False  # it is refused whatever ``Options`` are asked for


def written(context: Context, kind: Kind, *, by: Actor) -> Iterator[Written]:
    """The lines after the header, by number, whole. The audit keeps who took them, before the first is read.

    Each is checked as the import would check it, so that a file which can't be imported is no surprise on the day on
    which it is needed.
    """
    audit.looked(context, Action.EXPORT, by=by, about=About.NOTHING, what=f"{kind.name} import whole")
    return _lines(context, kind, by)


def _lines(context: Context, kind: Kind, by: Actor) -> Iterator[Written]:
    for number, values in enumerate(kind.stored(context), _HEADER + 1):
        cells = dict(zip(kind.columns, values, strict=True))

        def refusal(options: Options, line: tuple[int, Mapping[str, str]] = (number, cells)) -> DeskError | None:
            try:
                kind.draft(context, *line, options, by)
            except DeskError as error:
                return error
            return None

        usual = refusal(Options())
        final = refusal(_ASKED_FOR) if usual else None
        yield Written(number, cells, final or usual, bool(final))
