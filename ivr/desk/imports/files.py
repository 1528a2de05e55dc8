"""Reading a file to import, CSV as spreadsheets save it. Whatever is wrong is found before anything is stored."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import re
from typing import TYPE_CHECKING, NamedTuple

from ivr.desk.errors import DeskError
from ivr.desk.formulas import as_written

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ivr.desk.actor import Actor
    from ivr.desk.context import Context
    from ivr.desk.imports.kinds import Draft, Kind, Options

_WORD = 24  # hexadecimal digits
_HEADER = 1  # the number of its line
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# Where a comma is the decimal sign, and in Arabic, spreadsheets separate cells by semicolons; in UTF-16 by tabs.
_SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab"}
_SHORTENED = re.compile(r"\d([.,]\d+)?E\+?\d+", re.ASCII)  # 9.68912E+10, as spreadsheets show and save long numbers


class Problem(NamedTuple):
    """What is wrong with a line of the file. The header is line 1."""

    line: int
    sentence: str
    code: str = ""  # of a ``DeskError``


class Checked(NamedTuple):
    """A file that was read whole. With any problem, nothing of it may be stored."""

    kind: Kind
    word: str  # names this file's content, of this kind and with these options
    drafts: list[Draft]
    problems: list[Problem]  # by line


class _Line(NamedTuple):
    number: int  # where it begins
    cells: list[str]
    separator: str


def check(
    context: Context,
    kind: Kind,
    content: bytes,
    options: Options,
    *,
    by: Actor,
    progress: Callable[[int], None] = lambda _: None,
) -> Checked:
    """Read a file, and check each line by itself and all of them together.

    ``progress`` gets the number of lines that were checked since it was last called.
    """
    word = hashlib.sha256(f"{kind.name} {options}\n".encode() + content).hexdigest()[:_WORD]
    problems: list[Problem] = []
    drafts: dict[str, Draft] = {}
    for line in _lines(kind, content, problems):
        progress(1)
        if len(line.cells) != len(kind.columns):
            problems.append(Problem(line.number, _wrong_cells(line, kind)))
            continue
        cells = dict(zip(kind.columns, map(_text, line.cells), strict=True))
        try:
            draft = kind.draft(context, line.number, cells, options, by)
        except DeskError as error:
            problems.append(Problem(line.number, error.sentence + _hint(line.cells), error.code))
            continue
        first = drafts.setdefault(draft.target.what, draft)
        if first is not draft:
            told = f"{draft.target.what} is in line {first.number} already: keep one of the two"
            problems.append(Problem(line.number, told))
    if not drafts and not problems:
        problems.append(Problem(_HEADER + 1, "there is no line after the header"))
    together = {} if problems else kind.refused_together(context, [*drafts.values()])
    problems += [Problem(number, error.sentence, error.code) for number, error in together.items()]
    return Checked(kind, word, [*drafts.values()], sorted(problems))


def _lines(kind: Kind, content: bytes, problems: list[Problem]) -> Iterator[_Line]:
    """The lines after a right header. Where the file can't be read further, a problem says so."""
    try:
        text = content.decode("utf-16" if content.startswith(_UTF_16) else "utf-8-sig")
    except UnicodeDecodeError as error:
        number = content[: error.start].count(b"\n") + 1
        told = f"the byte {content[error.start]:#04x} is no UTF-8: save the file as CSV in UTF-8"
        problems.append(Problem(number, told))
        return
    separator = _separator(text)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=separator)
    number = _HEADER
    try:
        header = next(reader, [])
        if [cell.strip().lower() for cell in header] != [*kind.columns]:
            problems.append(Problem(_HEADER, _wrong_header(header, kind)))
            return
        number = reader.line_num + 1
        for cells in reader:
            if any(map(str.strip, cells)):
                yield _Line(number, cells, separator)
            number = reader.line_num + 1
    except csv.Error as error:
        problems.append(Problem(number, f"this is no CSV ({error}): look for a quotation mark that is not closed"))


def _separator(text: str) -> str:
    """What separates the cells: what the header holds, whose words hold none of these."""
    header = text.partition("\n")[0]
    return next((one for one in _SEPARATORS if one in header), ",")


def _hint(cells: list[str]) -> str:
    if not any(map(_SHORTENED.fullmatch, map(str.strip, cells))):
        return ""
    return ". A spreadsheet has shortened it: give the column the format Text, and write the numbers in full"


def _text(cell: str) -> str:
    """What a cell says. An apostrophe that keeps it from being a formula is no part of it, as exports write it."""
    return as_written(cell.strip())


def _wrong_header(header: list[str], kind: Kind) -> str:
    should = ",".join(kind.columns)
    if not header:
        return f"the file is empty: its first line must be {should}"
    return f"the first line is {','.join(header)[:200]!a}, and must be {should}"


def _wrong_cells(line: _Line, kind: Kind) -> str:
    many = len(line.cells)
    return (
        f"it has {many} {'cell' if many == 1 else 'cells'}, and must have {len(kind.columns)} "
        f"({','.join(kind.columns)}): put a cell that holds a {_SEPARATORS[line.separator]} into quotation marks"
    )
