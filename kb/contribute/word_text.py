"""The words of a paragraph or cell of a Word file, and where its links lead."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from docx.enum.style import WD_STYLE_TYPE
from docx.oxml.ns import qn
from docx.table import _Cell
from docx.text.paragraph import Paragraph

from kb.content.letters import UNWANTED

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
DRAWN = (
    f"{W}drawing",
    f"{W}pict",
    f"{W}object",
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent",
)
_WORDS = {f"{W}t": "", f"{W}tab": " ", f"{W}br": " ", f"{W}noBreakHyphen": "-"}
"""What stands for words in a paragraph, and the words of what has none of its own."""
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_RAISED_DIGITS = re.compile(r"[⁰¹²³⁴-⁹]+")
_UNITS = ("m", "cm", "km")
_WORD = 30


@dataclass(frozen=True)
class Link:
    """A link to a web page: the words that are clicked, and its address."""

    words: str
    address: str


def text_of(paragraph: Paragraph) -> str:
    """All words of a paragraph: those in content controls and links too, those deleted, moved away or drawn not.

    Raised digits stay raised: the mark of a note must not become the last digit of a figure.
    """
    skipped = {inner for left in paragraph._p.iter(*DRAWN, f"{W}moveFrom") for inner in left.iter()}
    words = (e for e in paragraph._p.iter(*_WORDS) if e not in skipped)
    return _clean("".join(_WORDS[str(element.tag)] or _letters(element, paragraph) for element in words))


def raised_in(text: str) -> Iterator[str]:
    """Words with raised digits, such as the `35¹` of a note or source; square metres are none."""
    for found in _RAISED_DIGITS.finditer(text):
        before = re.split(r"\s", text[max(0, found.start() - _WORD) : found.start()])[-1]
        if before.lstrip("0123456789.,") not in _UNITS:
            yield before + found.group()


def links_of(paragraph: Paragraph) -> Iterator[Link]:
    """Links to web pages whose address does not stand in their words already."""
    for element in paragraph._p.iter(f"{W}hyperlink"):
        relation = paragraph.part.rels.get(element.get(qn("r:id"), ""))
        words = _clean("".join(part.text or "" for part in element.iter(f"{W}t"))).strip()
        address = _clean(relation.target_ref).strip() if relation is not None and relation.is_external else ""
        if re.match(r"https?://", address) and address.rstrip("/") not in words:
            yield Link(words, address)


def cells_of(row: Any) -> Iterator[tuple[int, _Cell]]:
    """The cells of a row with the number of their column, one that spans several once; none where the row's deletion was tracked."""
    if row._tr.find(f"{W}trPr/{W}del") is not None:
        return
    column = row._tr.grid_before
    for cell in row._tr.tc_lst:
        yield column, _Cell(cell, row.table)
        column += cell.grid_span


def cell_text(cell: _Cell) -> str:
    """The words of a cell on one line."""
    return " ".join(text_of(paragraph).strip() for paragraph in cell.paragraphs).strip()


def _letters(element: Any, paragraph: Paragraph) -> str:
    text = str(element.text or "")
    return text.translate(_RAISED) if any(map(str.isdigit, text)) and _is_raised(element, paragraph) else text


def _is_raised(element: Any, paragraph: Paragraph) -> bool:
    """Whether a run is raised by itself or by its style."""
    properties = element.getparent().find(f"{W}rPr")
    align, style = (None, None) if properties is None else map(properties.find, (f"{W}vertAlign", f"{W}rStyle"))
    if align is not None:
        return str(align.get(f"{W}val")) == "superscript"
    if style is None:
        return False
    named: Any = paragraph.part.get_style(style.get(f"{W}val"), WD_STYLE_TYPE.CHARACTER)
    return bool(named.font.superscript)


def _clean(text: str) -> str:
    return re.sub(r"[\t\n]", " ", UNWANTED.sub(" ", text))
