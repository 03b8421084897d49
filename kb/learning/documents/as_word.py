"""A document as a Word file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docx.shared import Cm, Pt

from kb.learning.documents.tree import Bullets, Element, Heading, Line, Paragraph, Table, Written
from kb.word.document import blank, to_bytes
from kb.word.parts import add_link, add_table

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from docx.text.paragraph import Paragraph as WordParagraph

_INDENT = Cm(0.6)
_STYLES = {"normal": "Normal", "lead": "Subtitle", "small": "Small", "quote": "Quote"}


def word(written: Written) -> bytes:
    """The bytes of a `.docx` file; the same document gives the same bytes."""
    document = blank(written.title, written.lang)
    document.add_paragraph(written.title, style="Title")
    for element in written.elements:
        _add(document, element)
    return to_bytes(document)


def _add(document: WordDocument, element: Element) -> None:
    if isinstance(element, Heading):
        document.add_heading(element.text, element.level)
    elif isinstance(element, Paragraph):
        _write(document.add_paragraph(style=_STYLES[element.style]), element.line)
    elif isinstance(element, Bullets):
        for number, item in enumerate(element.items, start=1):
            if element.numbered:
                paragraph = document.add_paragraph(f"{number}. ")
                paragraph.paragraph_format.left_indent = _INDENT
                paragraph.paragraph_format.first_line_indent = -_INDENT
            else:
                paragraph = document.add_paragraph(style="List Bullet")
            _write(paragraph, item)
    else:
        _add_table(document, element)


def _add_table(document: WordDocument, element: Table) -> None:
    table = add_table(document, element.header, len(element.rows), element.widths)
    rows = table.rows[len(table.rows) - len(element.rows) :] if element.rows else ()
    for row, cells in zip(rows, element.rows, strict=True):
        for cell, lines in zip(row.cells, cells, strict=True):
            for number, line in enumerate(lines or ((),)):
                paragraph = cell.paragraphs[0] if number == 0 else cell.add_paragraph()
                paragraph.paragraph_format.space_after = Pt(2)
                _write(paragraph, line)
    document.add_paragraph(style="Small")


def _write(paragraph: WordParagraph, line: Line) -> None:
    for span in line:
        if span.url:
            add_link(paragraph, span.text, span.url)
        else:
            paragraph.add_run(span.text).bold = span.bold or None
