"""The aims, and whether a run reaches them."""

from __future__ import annotations

import statistics
import tomllib
from pathlib import Path
from typing import NamedTuple

FILE = Path(__file__).with_name("aims.toml")
PRODUCT = "product"

Figures = dict[str, dict[str, list[float]]]  # by the figure's name and by whose it is: one value a turn


class Ratio(NamedTuple):
    """The median of each turn's own ratio, with its quartiles: whatever else a machine is at slows a whole turn."""

    middle: float
    lower: float
    upper: float


class Aim(NamedTuple):
    """One aim."""

    name: str
    figure: str
    most: float
    beside: str = ""
    beside_figure: str = ""


class Verdict(NamedTuple):
    """What became of an aim; ``found`` is None where the run did not measure it."""

    aim: Aim
    found: Ratio | None

    @property
    def is_missed(self) -> bool:
        return self.found is not None and self.found.middle > self.aim.most

    @property
    def sentence(self) -> str:
        if self.found is None:
            return f"Not measured: {self.aim.name}."
        beside = f" times that of {self.aim.beside}" if self.aim.beside else ""
        if self.aim.beside_figure:
            beside = f" times {self.aim.beside_figure!r} of {self.aim.beside}"
        verdict = "missed" if self.is_missed else "reached"
        return f"Aim {verdict}: {self.aim.name} is {self.found.middle:.2f}{beside}, and may be {self.aim.most:g}."


def aims() -> list[Aim]:
    """Those of the file."""
    return [Aim(**one) for one in tomllib.loads(FILE.read_text(encoding="utf-8"))["aim"]]


def judge(figures: Figures) -> list[Verdict]:
    """Each aim beside a run's figures."""
    return [Verdict(aim, _found(aim, figures)) for aim in aims()]


def _found(aim: Aim, figures: Figures) -> Ratio | None:
    ours = figures.get(aim.figure, {}).get(PRODUCT, [])
    if not aim.beside:
        return spread(ours)
    return ratio(ours, figures.get(aim.beside_figure or aim.figure, {}).get(aim.beside, []))


def ratio(some: list[float], others: list[float]) -> Ratio | None:
    """Turn by turn."""
    return spread([one / other for one, other in zip(some, others, strict=True)]) if some and others else None


def spread(values: list[float]) -> Ratio | None:
    """Median and quartiles."""
    if not values:
        return None
    if len(values) == 1:
        return Ratio(values[0], values[0], values[0])
    lower, _, upper = statistics.quantiles(values, n=4, method="inclusive")
    return Ratio(statistics.median(values), lower, upper)
