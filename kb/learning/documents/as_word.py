"""A document as a Word file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docx.shared import Cm, Pt

from kb.learning.documents.tree import Bullets, Element, Heading, Line, Paragraph, Table, Written
from kb.word.document import blank, to_bytes
from kb.word.parts import Body, add_link, add_table

if TYPE_CHECKING:
    from docx.text.paragraph import Paragraph as WordParagraph

_STYLES = {"normal": "Normal", "lead": "Subtitle", "small": "Small", "quote": "Quote"}
_INDENT = Cm(0.6)


def word(written: Written) -> bytes:
    """The bytes of a `.docx` file; the same document gives the same bytes."""
    body = Body(blank(written.title, written.lang))
    body.paragraph("Title").add_run(written.title)
    for element in written.elements:
        _add(body, element)
    return to_bytes(body.document)


def _add(body: Body, element: Element) -> None:
    if isinstance(element, Heading):
        body.paragraph(f"Heading {element.level}").add_run(element.text)
    elif isinstance(element, Paragraph):
        _write(body.paragraph(_STYLES[element.style]), element.line)
    elif isinstance(element, Bullets):
        for number, item in enumerate(element.items, start=1):
            _write(_numbered(body, number) if element.numbered else body.paragraph("List Bullet"), item)
    else:
        _add_table(body, element)


def _numbered(body: Body, number: int) -> WordParagraph:
    """A paragraph that begins with its number: Word's own numbering would go on from one list to the next."""
    paragraph = body.paragraph()
    paragraph.add_run(f"{number}.\t")
    shape = paragraph.paragraph_format
    shape.left_indent, shape.first_line_indent, shape.space_after = _INDENT, -_INDENT, Pt(2)
    shape.tab_stops.add_tab_stop(_INDENT)
    return paragraph


def _add_table(body: Body, element: Table) -> None:
    table = add_table(body.document, element.header, len(element.rows), element.widths)
    rows = list(table.rows)[-len(element.rows) :] if element.rows else []
    for row, cells in zip(rows, element.rows, strict=True):
        for cell, lines in zip(row.cells, cells, strict=True):
            for number, line in enumerate(lines or ((),)):
                paragraph = cell.paragraphs[0] if number == 0 else cell.add_paragraph()
                paragraph.paragraph_format.space_before = Pt(2 if number == 0 else 0)
                paragraph.paragraph_format.space_after = Pt(2)
                _write(paragraph, line)
    body.paragraph("Small")


def _write(paragraph: WordParagraph, line: Line) -> None:
    for span in line:
        if span.url:
            add_link(paragraph, span.text, span.url)
        else:
            paragraph.add_run(span.text).bold = span.bold or None
