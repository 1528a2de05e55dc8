"""The dossier's page: its type, its columns and its rows. One language is on the left and one on the right.

fpdf2 shapes the Arabic (HarfBuzz) and orders it (UAX 9); the typeface lies in ``fonts``.
"""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING, Any, NamedTuple

from fpdf import FPDF
from fpdf.enums import MethodReturnValue, XPos, YPos
from fpdf.fonts import TTFFont

from infra.dossier.lettering import isolated, printable
from ivr.dossier.wording import LEFT, RIGHT
from ivr.locales import language as languages

if TYPE_CHECKING:
    from datetime import datetime

    from ivr.dossier.wording import Words

# Millimetres, on A4.
_WIDTH = 210.0
_MARGIN, _TOP, _BOTTOM = 16.0, 13.0, 26.0
INNER = _WIDTH - 2 * _MARGIN
HALF = INNER / 2 - 3
SIDES = ((LEFT, 0.0), (RIGHT, INNER - HALF))  # where each language's half begins
_PADDING = 1.1
_HEADING = 7.6
_ROW = 14.0  # a usual row: a heading is never the last thing on a page

_LEADING = 1.4  # of the type's size: Naskh reaches far above and below its line
_MM_A_POINT = 25.4 / 72
_SIZES = (13.0, 11.0, 9.0, 7.5)  # of the brands above each page, the first at which they take two lines at most
_PALE, _SHADE = 185, 234
GREY = 85


class Cell(NamedTuple):
    """A text and its column, in millimetres from the left margin."""

    text: str
    language: str
    x: float
    width: float
    align: str = ""  # "L", "C" or "R"; empty: as the language reads
    size: float = 10.5  # points
    bold: bool = False
    grey: int = 0

    @property
    def line(self) -> float:
        """The height of one line of it."""
        return self.size * _LEADING * _MM_A_POINT


def in_halves(both: Words, *, inset: float = 0, size: float = 10.5, bold: bool = False, grey: int = 0) -> list[Cell]:
    """A text in both languages, each in its half of the page."""
    return [
        Cell(both[language], language, x + inset, HALF - 2 * inset, size=size, bold=bold, grey=grey)
        for language, x in SIDES
    ]


class Paper(FPDF):
    """Pages that carry the issuer's names above and the page's number below."""

    def __init__(
        self,
        *,
        brand: Words,
        page: Words,
        reference: str,
        foot: Words,
        mark: str,
        pages: int,
        made: datetime,
        heights: dict[Cell, float],
    ) -> None:
        """``page`` is a template with ``page``, ``pages`` and ``reference``; ``mark`` is the last line.

        With no ``pages`` they are only counted, and stay blank. ``heights`` keeps what was measured for the next paper.
        """
        super().__init__(unit="mm", format="A4")
        self._heights = heights
        self._brand, self._page, self._foot, self._mark = brand, page, foot, mark
        self._reference, self._pages = reference, pages
        self._names: list[Cell] = []  # the brands in the size that fits, once it is known
        self.alias_nb_pages(None)  # type: ignore[arg-type]  # a brand may hold any text, its placeholder too
        self.set_creation_date(made)
        self.set_margins(_MARGIN, _TOP)
        self.set_auto_page_break(auto=False, margin=_BOTTOM)  # rows turn the page themselves
        self.c_margin = 0
        fonts = resources.files(__package__).joinpath("fonts")
        for style, name in (("", "Amiri-Regular.ttf"), ("B", "Amiri-Bold.ttf")):
            with resources.as_file(fonts.joinpath(name)) as path:
                self.add_font("Amiri", style, path)
        face = self.fonts["amiri"]
        assert isinstance(face, TTFFont)
        self._glyphs = face.cmap
        self.add_page()

    def header(self) -> None:
        """The issuer's name in both languages."""
        self._names = self._names or [self._fitting(name) for name in in_halves(self._brand, bold=True)]
        height = max(map(self._height, self._names))
        for name in self._names:
            self._write(name, _TOP)
        self._rule(_TOP + height + 1, thickness=0.5)
        self.set_y(_TOP + height + 3)

    def footer(self) -> None:
        """The number of the page, and what ties the pages to one document."""
        top = self.h - _BOTTOM + 4
        self._rule(top, grey=_PALE)
        numbers = {
            language: text.format(page=self.page_no(), pages=self._pages, reference=self._reference)
            for language, text in self._page.items()
        }
        for cell in in_halves(numbers, size=9, bold=True, grey=GREY):
            self._write(cell, top + 1)
        for cell in in_halves(self._foot, size=8, grey=GREY):
            self._write(cell, top + 5.5)
        self._write(Cell(self._mark, LEFT, 0, INNER, "C", 7, grey=GREY), top + 10)

    def counted(self) -> int:
        """How many pages there are, for a paper that is only counted: its font files are closed, as by ``output``."""
        for font in self.fonts.values():
            if isinstance(font, TTFFont):
                font.close()
        return self.page_no()

    def row(self, *cells: Cell, ruled: bool = True) -> None:
        """Cells side by side, as high as the highest of them, on one page."""
        height = max(map(self._height, cells)) + 2 * _PADDING
        self.needs(height)
        top = self.get_y()
        for cell in cells:
            self._write(cell, top + _PADDING)
        if ruled:
            self._rule(top + height, grey=_PALE)
        self.set_y(top + height)

    def heading(self, title: Words, above: float = _ROW) -> None:
        """A heading across the page in both languages, kept on one page with this height of the following rows."""
        self.needs(_HEADING + above + 6)
        top = self.get_y() + 3
        self.set_fill_color(_SHADE)
        self.rect(_MARGIN, top, INNER, _HEADING, style="F")
        for cell in in_halves(title, inset=2, size=11.5, bold=True):
            self._write(cell, top + 0.6)
        self.set_y(top + _HEADING)

    def frames(self, *titles: Words, height: float) -> None:
        """Frames side by side on one page, each with its title in both languages and room to write below."""
        self.needs(height + 3)
        top = self.get_y() + 3
        self.set_draw_color(0)
        self.set_line_width(0.25)
        for title, (_, x) in zip(titles, SIDES, strict=True):
            self.rect(_MARGIN + x, top, HALF, height)
            below = top + 1.5
            for language, text in title.items():
                cell = Cell(text, language, x + 2, HALF - 4, size=9)
                self._write(cell, below)
                below += self._height(cell)
        self.set_y(top + height)

    def needs(self, height: float) -> None:
        """Turn the page where this much no longer fits on it."""
        if self.get_y() + height > self.h - _BOTTOM:
            self.add_page()

    def _fitting(self, cell: Cell) -> Cell:
        """The text in the greatest size at which it takes two lines, and cut where the smallest takes more."""
        for size in _SIZES:
            cell = cell._replace(size=size)
            if self._height(cell) < 2.5 * cell.line:
                return cell
        while self._height(cell) > 2.5 * cell.line:
            cell = cell._replace(text=cell.text[: len(cell.text) * 9 // 10] + "…")
        return cell

    def _height(self, cell: Cell) -> float:
        if cell not in self._heights:
            self._heights[cell] = float(self._set(cell, dry_run=True))
        return self._heights[cell]

    def _write(self, cell: Cell, top: float) -> None:
        if self._pages:
            self.set_xy(_MARGIN + cell.x, top)
            self._set(cell, dry_run=False)

    def _set(self, cell: Cell, *, dry_run: bool) -> Any:
        """Write a text in its column, or only measure its height."""
        from_the_right = languages.load(cell.language).direction == "rtl"
        text = printable(cell.text, self._glyphs)
        self.set_font("Amiri", "B" if cell.bold else "", cell.size)
        self.set_text_color(cell.grey)
        # The language is named, for HarfBuzz would otherwise take it from this machine's locale.
        # Latin ligatures are off, for an identifier must show each of its letters.
        self.set_text_shaping(
            direction="rtl" if from_the_right else "ltr",
            language=cell.language,
            features={} if from_the_right else {"liga": False},
        )
        return self.multi_cell(
            cell.width,
            cell.line,
            isolated(text) if from_the_right else text,
            align=cell.align or ("R" if from_the_right else "L"),
            new_x=XPos.LMARGIN,
            new_y=YPos.NEXT,
            dry_run=dry_run,
            output=MethodReturnValue.HEIGHT,
        )

    def _rule(self, y: float, *, thickness: float = 0.2, grey: int = 0) -> None:
        self.set_draw_color(grey)
        self.set_line_width(thickness)
        self.line(_MARGIN, y, _MARGIN + INNER, y)
