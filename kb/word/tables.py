"""Tables in Word files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from docx.table import _Row


def add_table(
    document: WordDocument, rows: Sequence[Sequence[str]], widths_cm: Sequence[float], head: Sequence[str] = ()
) -> None:
    """Adds a table with thin lines. The head, in bold, is repeated on each page; no row is torn by a page's end.

    Args:
        document: what the table is added to.
        rows: the words of each cell; a line break stays one.
        widths_cm: width of each column.
        head: names of the columns; without it the first column is in bold, as the names of the rows.
    """
    table = document.add_table(rows=0, cols=len(widths_cm), style="Table Grid")
    table.autofit = False
    # Word reads the widths of cells, LibreOffice those of columns.
    for column, width in zip(table.columns, widths_cm, strict=True):
        column.width = Cm(width)
    for number, words in enumerate([head, *rows] if head else rows):
        row = table.add_row()
        _set(row, "w:cantSplit")
        is_head = bool(head) and number == 0
        if is_head:
            _set(row, "w:tblHeader")
        for column, (text, width) in enumerate(zip(words, widths_cm, strict=True)):
            cell = row.cells[column]
            cell.width = Cm(width)
            paragraph = cell.paragraphs[0]
            paragraph.style = document.styles["Small"]
            paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)
            paragraph.add_run(text).bold = is_head or (not head and column == 0)
    document.add_paragraph(style="Small")


def _set(row: _Row, name: str) -> None:
    mark = OxmlElement(name)
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)
