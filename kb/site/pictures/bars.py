"""Results as bars, only where figures can be compared: the same unit and year, or the same thing over the years."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kb.content.model import Figure
from kb.site.views import EntryView, Labelled

WIDTH = 420
LINE_LETTERS = 48
"""Letters that fit on a line of a label."""
_LINE, _BAR, _GAP = 19, 18, 12
_LONGEST = 320
"""Length of the longest bar; the figure stands to its right."""
FEWEST, MOST = 2, 8
SPREAD = 100
"""Where the greatest figure is more than this many times the smallest, the small bar could not be seen."""


@dataclass(frozen=True)
class Bar:
    """A bar with its label in lines; `top` is where the first line begins, `bar_top` where the bar does."""

    lines: tuple[str, ...]
    value: float
    top: int
    bar_top: int
    length: int


@dataclass(frozen=True)
class BarChart:
    """Figures of one unit. `year` where all are of one year; `label` where all are the same thing over the years."""

    unit: str
    year: int | None
    label: str
    bars: tuple[Bar, ...]

    @property
    def height(self) -> int:
        last = self.bars[-1]
        return last.bar_top + _BAR + _GAP


def bar_charts(it: EntryView) -> list[BarChart]:
    """The charts that an entry's results allow; most practices have one or none. A figure stands in one chart only."""
    charts, drawn = [], set()
    for label, year, group in _groups(it.labelled("results")):
        fresh = [one for one in group if id(one.fact) not in drawn]
        if _comparable(fresh):
            drawn |= {id(one.fact) for one in fresh}
            charts.append(_chart(label, year, fresh))
    return charts


def _groups(results: Sequence[Labelled]) -> Iterator[tuple[str, int | None, list[Labelled]]]:
    """First what is measured over several years, then what is counted in one year, each in one unit."""
    series: dict[tuple[str, str], list[Labelled]] = {}
    years: dict[tuple[int, str], list[Labelled]] = {}
    for one in results:
        figure = one.fact
        if isinstance(figure, Figure) and figure.unit and figure.year:
            series.setdefault((one.label, figure.unit), []).append(one)
            years.setdefault((figure.year, figure.unit), []).append(one)
    for (label, _), group in series.items():
        yield label, None, sorted(group, key=lambda one: getattr(one.fact, "year", 0))
    for (year, _), group in years.items():
        yield "", year, group


def _comparable(group: Sequence[Labelled]) -> bool:
    values = [_figure(one).value for one in group]
    return FEWEST <= len(group) <= MOST and min(values) > 0 and max(values) / min(values) <= SPREAD


def _figure(one: Labelled) -> Figure:
    assert isinstance(one.fact, Figure)  # noqa: S101 - results are figures
    return one.fact


def _chart(label: str, year: int | None, group: Sequence[Labelled]) -> BarChart:
    unit = _figure(group[0]).unit or ""
    # A share is drawn against the whole; anything else against the greatest.
    whole = max(100.0 if unit == "percent" else 0.0, *(_figure(one).value for one in group))
    bars, top = [], 0
    for one in group:
        words = str(_figure(one).year) if label else one.label
        lines = tuple(textwrap.wrap(words, LINE_LETTERS))
        bar_top = top + _LINE * len(lines) + 4
        value = _figure(one).value
        bars.append(Bar(lines, value, top, bar_top, max(2, round(_LONGEST * value / whole))))
        top = bar_top + _BAR + _GAP
    return BarChart(unit, year, label, tuple(bars))
