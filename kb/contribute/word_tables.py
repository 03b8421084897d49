"""A table that was filled in: its rows by the headings of its columns, wherever a ministry moved them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from docx.table import Table, _Cell

from kb.contribute.questions import Question
from kb.contribute.word_text import Link, cell_text, cells_of, links_of

_ADDRESS = "url"
"""The column that a link's address belongs to, wherever in the row the link stands."""


@dataclass
class Rows:
    """The rows by key of their column; what stands in columns that we do not ask for; links that found no column."""

    filled: list[dict[str, str]] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)


def plain(text: str) -> str:
    """A question or heading as it is compared: without number, star and punctuation."""
    return re.sub(r"\W+", " ", re.sub(r"^\s*\d+\s*[.)]", "", text).lower()).strip()


def read_rows(question: Question, table: Table) -> Rows:
    """What a table below a question holds. Without headings of ours the columns are taken in the order of the template."""
    found = Rows()
    keys = [column.key for column in question.columns]
    for row in table.rows:
        cells = dict(cells_of(row))
        texts = {at: cell_text(cell) for at, cell in cells.items()}
        headed = _headed(question, texts)
        if headed:
            keys = headed
            continue
        filled: dict[str, str] = {}
        for at, text in texts.items():
            if at < len(keys) and keys[at]:
                filled[keys[at]] = text
            elif text:
                found.left_out.append(text)
        _place_links(question, filled, list(cells.values()), found)
        if any(filled.values()):
            found.filled.append(filled)
    return found


def _headed(question: Question, texts: dict[int, str]) -> list[str]:
    """The keys of the columns, empty for one that is not ours, where a row holds headings of ours; else nothing."""
    words = {plain(said): column.key for column in question.columns for said in column.question.values()}
    known = {at: words[plain(text)] for at, text in texts.items() if plain(text) in words}
    if not known or len(known) < min(2, sum(1 for text in texts.values() if text)):
        return []
    keys = [known.get(at, "") for at in range(max(texts) + 1)]
    # A heading in other words, left where it was, still heads its column.
    for at, column in enumerate(question.columns[: len(keys)]):
        if not keys[at] and column.key not in keys:
            keys[at] = column.key
    return keys


def _place_links(question: Question, row: dict[str, str], cells: Sequence[_Cell], found: Rows) -> None:
    links = [link for cell in cells for paragraph in cell.paragraphs for link in links_of(paragraph)]
    takes_one = any(column.key == _ADDRESS for column in question.columns)
    if links and takes_one and not row.get(_ADDRESS, "").startswith(("http://", "https://")):
        own = [link for link in links if link.words and link.words == row.get(_ADDRESS)]
        chosen = (own or links)[0]
        row[_ADDRESS] = chosen.address
        links.remove(chosen)
    found.links += links
