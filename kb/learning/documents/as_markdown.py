"""A document as Markdown (CommonMark with tables)."""

from __future__ import annotations

import re

from kb.learning.documents.tree import Bullets, Element, Heading, Line, Paragraph, Span, Table, Written

_SPECIAL = re.compile(r"([\\`*_\[\]<>|#])")


def markdown(written: Written) -> str:
    """The text of a `.md` file."""
    parts = [f"# {_escaped(written.title)}", *(_element(one) for one in written.elements)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _element(element: Element) -> str:
    if isinstance(element, Heading):
        return f"{'#' * (element.level + 1)} {_escaped(element.text)}"
    if isinstance(element, Paragraph):
        return ("> " if element.style == "quote" else "") + _line(element.line)
    if isinstance(element, Bullets):
        marks = (f"{n}." if element.numbered else "-" for n in range(1, len(element.items) + 1))
        return "\n".join(f"{mark} {_line(item)}" for mark, item in zip(marks, element.items, strict=True))
    return _table(element)


def _table(table: Table) -> str:
    rows = [f"| {' | '.join(_escaped(one) or ' ' for one in table.header)} |", "|" + " --- |" * len(table.header)]
    rows += [f"| {' | '.join('<br>'.join(_line(line) for line in one) for one in row)} |" for row in table.rows]
    return "\n".join(rows)


def _line(line: Line) -> str:
    return "".join(_span(span) for span in line)


def _span(span: Span) -> str:
    words = _escaped(span.text)
    if span.url:
        return f"[{words}]({span.url})"
    if not span.bold:
        return words
    # Two stars after a space would not end the bold.
    bare = words.rstrip()
    return f"**{bare}**{words[len(bare) :]}"


def _escaped(words: str) -> str:
    return _SPECIAL.sub(r"\\\1", words)
