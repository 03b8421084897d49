"""Tables for spreadsheets: CSV that Excel opens with its accents, and in which no word becomes a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so would be computed."""


def csv_file(heads: Sequence[str], rows: Iterable[Iterable[object]]) -> bytes:
    """The names of the columns, then the rows. Begins with the mark by which spreadsheets know UTF-8."""
    written = io.StringIO()
    table = csv.writer(written)
    table.writerow(heads)
    table.writerows(map(_harmless, row) for row in rows)
    return written.getvalue().encode("utf-8-sig")


def _harmless(cell: object) -> object:
    """An apostrophe makes text of what a spreadsheet would compute."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
