"""The matrix of themes and States: where there are practices, where there are gaps, and where a gap is a stated need."""

from __future__ import annotations

from dataclasses import dataclass

from kb.content.library import Library
from kb.site.coverage import Coverage
from kb.site.pictures.shades import shade


@dataclass(frozen=True)
class Cell:
    """A State's practices on a theme. `promised`: the State has a commitment or a stated need on it."""

    practices: int
    promised: bool
    shade: int

    @property
    def wanted(self) -> bool:
        """A gap that the State itself names."""
        return self.promised and not self.practices


@dataclass(frozen=True)
class Row:
    """A theme: a cell for each State in the order of the matrix, and the practices of all other countries."""

    theme: str
    cells: tuple[Cell, ...]
    elsewhere: int


@dataclass(frozen=True)
class Matrix:
    """States by code, and a row a theme."""

    states: tuple[str, ...]
    rows: tuple[Row, ...]

    @property
    def wanted(self) -> int:
        """How many gaps are stated needs."""
        return sum(cell.wanted for row in self.rows for cell in row.cells)


def matrix(library: Library, counted: Coverage) -> Matrix:
    """The matrix of a library whose practices are counted."""
    by_state = counted.by_state_and_theme
    promises = {(state, theme) for entry in library.of_kind("commitment")
                for state in entry.facts.countries for theme in entry.facts.themes}  # fmt: skip
    most = max((count for themes in by_state.values() for count in themes.values()), default=0) or 1
    rows = tuple(
        Row(
            theme,
            tuple(
                Cell(counts[theme], (state, theme) in promises, shade(counts[theme], most))
                for state, counts in by_state.items()
            ),
            elsewhere,
        )
        for theme, elsewhere in counted.elsewhere.items()
    )
    return Matrix(tuple(by_state), rows)
