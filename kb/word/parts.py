"""Pieces that Word documents are put together from: paragraphs, links, and tables as wide as the text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Pt

from kb.word.document import ACCENT

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from docx.table import Table, _Cell
    from docx.text.paragraph import Paragraph

_SHADE = "E8F0F1"
_BORDER = "B5C4C6"


class Body:
    """Appends paragraphs to a document. Looks each style up once: python-docx walks all styles for every paragraph."""

    def __init__(self, document: WordDocument) -> None:
        self.document = document
        self._ids: dict[str, str] = {}

    def paragraph(self, style: str = "Normal", text: str = "") -> Paragraph:
        """A new paragraph in a style of the document, such as `Heading 1`."""
        if style not in self._ids:
            self._ids[style] = str(self.document.styles[style].style_id)
        found: Paragraph = self.document.add_paragraph(text)
        found._p.style = self._ids[style]
        return found


def add_link(paragraph: Paragraph, words: str, url: str) -> None:
    """Appends words that lead to a web address, underlined as readers expect; python-docx has no call for it."""
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), paragraph.part.relate_to(url, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    run = paragraph.add_run(words)
    run.font.color.rgb = ACCENT
    run.font.underline = True
    # A run belongs to the paragraph; moved into the link it keeps its look.
    link.append(run._r)
    paragraph._p.append(link)


def add_table(document: WordDocument, header: Sequence[str], rows: int, widths: Sequence[float]) -> Table:
    """A table over the whole width of the text, its header filled in.

    Args:
        document: what it is appended to.
        header: words of the header row; a row of empty words is left out.
        rows: rows below it, left empty.
        widths: share of the width for each column.
    """
    heads = 1 if any(header) else 0
    table: Table = document.add_table(rows=rows + heads, cols=len(widths))
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    _draw_borders(table)
    section = document.sections[0]
    width = (section.page_width or 0) - (section.left_margin or 0) - (section.right_margin or 0)
    for column, share in zip(table.columns, widths, strict=True):
        column.width = Emu(int(width * share))
    # By row: python-docx walks the whole table for a column.
    for row in table.rows:
        for cell, share in zip(row.cells, widths, strict=True):
            cell.width = Emu(int(width * share))
        _keep_together(row._tr)
    if heads:
        _repeat(table.rows[0]._tr)
        for cell, words in zip(table.rows[0].cells, header, strict=True):
            _shade(cell)
            cell.paragraphs[0].paragraph_format.space_after = Pt(2)
            run = cell.paragraphs[0].add_run(words)
            run.font.bold, run.font.color.rgb = True, ACCENT
    return table


def _draw_borders(table: Table) -> None:
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "bottom", "insideH"):
        border = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", _BORDER)):
            border.set(qn(f"w:{name}"), value)
        borders.append(border)
    table._tbl.tblPr.append(borders)


def _flag(element: object, name: str) -> None:
    element.get_or_add_trPr().append(OxmlElement(f"w:{name}"))  # type: ignore[attr-defined]


def _keep_together(row: object) -> None:
    _flag(row, "cantSplit")


def _repeat(row: object) -> None:
    _flag(row, "tblHeader")


def _shade(cell: _Cell) -> None:
    shade = OxmlElement("w:shd")
    shade.set(qn("w:val"), "clear")
    shade.set(qn("w:fill"), _SHADE)
    cell._tc.get_or_add_tcPr().append(shade)
