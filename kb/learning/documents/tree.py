"""What a document is made of. Written once, shown as Word, Markdown or HTML."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias


@dataclass(frozen=True)
class Span:
    """Words within a line: plain, bold, or a link."""

    text: str
    bold: bool = False
    url: str = ""


Line: TypeAlias = tuple[Span, ...]


@dataclass(frozen=True)
class Heading:
    """A heading of level 1 (below the title) to 3."""

    level: int
    text: str
    kind: Literal["heading"] = "heading"


@dataclass(frozen=True)
class Paragraph:
    """A line of text. `small` is for notes, `quote` for what a page says."""

    line: Line
    style: Literal["normal", "lead", "small", "quote"] = "normal"
    kind: Literal["paragraph"] = "paragraph"


@dataclass(frozen=True)
class Bullets:
    """A list."""

    items: tuple[Line, ...]
    numbered: bool = False
    kind: Literal["bullets"] = "bullets"


@dataclass(frozen=True)
class Table:
    """A table with a header row; each cell holds lines. `widths` are shares of the page's width.

    `stacks`: on a narrow screen the last cell of a row goes below the one before it, because its lines say by themselves what they are.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[tuple[Line, ...], ...], ...]
    widths: tuple[float, ...]
    stacks: bool = False
    kind: Literal["table"] = "table"


Element: TypeAlias = Heading | Paragraph | Bullets | Table


@dataclass(frozen=True)
class Written:
    """A whole document in one language."""

    title: str
    lang: str
    elements: tuple[Element, ...]


def line(*parts: str | Span) -> Line:
    """A line of plain words and spans."""
    return tuple(part if isinstance(part, Span) else Span(part) for part in parts if part)


def text(words: str, style: Literal["normal", "lead", "small", "quote"] = "normal") -> Paragraph:
    """A paragraph of plain words."""
    return Paragraph(line(words), style)


def bullets(items: Iterable[str]) -> Bullets:
    """A list of plain words."""
    return Bullets(tuple(line(item) for item in items))


def cell(*lines: str | Line) -> tuple[Line, ...]:
    """A cell of a table; an empty one is room to write."""
    return tuple(line(one) if isinstance(one, str) else one for one in lines)
