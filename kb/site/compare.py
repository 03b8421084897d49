"""Practices side by side, and lists of them. The address says which: nothing is kept about anybody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from kb.content import markdown
from kb.content.document import entry_of
from kb.content.sections import headings
from kb.errors import NotFoundError, QueryError
from kb.search.engine import SearchEngine
from kb.sentences import translations
from kb.site.facts import facts_of
from kb.site.urls import Urls
from kb.site.views import EntryView, view

MOST_LISTED = 20
MOST_COMPARED = 4
SUGGESTED = 4

Documents = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Row:
    """One thing told of each practice, in their order: facts as lists of words, or a section as safe HTML."""

    label: str
    facts: tuple[tuple[str, ...], ...] = ()
    sections: tuple[Markup, ...] = ()


@dataclass(frozen=True)
class Comparison:
    """What the page shows. `rows` is empty unless two to four practices were chosen.

    `missing` are ids that no practice has (any more); `suggested` are practices near to the first.
    """

    chosen: tuple[EntryView, ...]
    missing: tuple[str, ...]
    suggested: tuple[EntryView, ...]
    rows: tuple[Row, ...]


def chosen(documents: Documents, ids: Sequence[str], urls: Urls) -> tuple[list[EntryView], list[str]]:
    """The practices that an address names, in its order, and the ids that name none.

    Raises:
        QueryError: more than `MOST_LISTED`.
    """
    asked = list(dict.fromkeys(ids))
    if len(asked) > MOST_LISTED:
        raise QueryError("A list holds at most %(most)s practices, not %(found)s.", most=MOST_LISTED, found=len(asked))
    known = [one for one in asked if one in documents and documents[one]["kind"] == "practice"]
    return [view(entry_of(documents[one]), urls) for one in known], [one for one in asked if one not in known]


def to_export(documents: Documents, ids: Sequence[str], urls: Urls) -> list[EntryView]:
    """The practices of a list that becomes a file.

    Raises:
        QueryError: no id, or too many.
        NotFoundError: none of the ids names a practice.
    """
    if not ids:
        raise QueryError("Name the practices of the list: ?id=... for each.")
    found, missing = chosen(documents, ids, urls)
    if not found:
        raise NotFoundError("There is no practice %(id)r.", id=missing[0])
    return found


def compare(engine: SearchEngine, ids: Sequence[str], urls: Urls) -> Comparison:
    """What the page for these ids shows.

    Raises:
        QueryError: too many ids.
    """
    documents = engine.snapshot.documents
    found, missing = chosen(documents, ids, urls)
    rows: tuple[Row, ...] = ()
    suggested: list[EntryView] = []
    if 2 <= len(found) <= MOST_COMPARED:
        rows = (*_fact_rows(found), *_section_rows(found))
    if 1 <= len(found) < MOST_COMPARED:
        near = engine.similar(found[0].entry.id, SUGGESTED + len(found))
        listed = {one.entry.id for one in found}
        suggested = [view(entry_of(documents[item.id]), urls) for item, _ in near if item.id not in listed]
    return Comparison(tuple(found), tuple(missing), tuple(suggested[:SUGGESTED]), rows)


def _fact_rows(practices: Sequence[EntryView]) -> list[Row]:
    """The summary, and the facts that at least one practice has."""
    columns = [facts_of(it) for it in practices]
    label = translations(practices[0].urls.lang).gettext("In 30 seconds")
    brief = Row(label, facts=tuple((it.page.summary,) for it in practices))
    rows = [Row(label, facts=tuple(tuple(column[label]) for column in columns)) for label in columns[0]]
    return [brief, *(row for row in rows if any(row.facts))]


def _section_rows(practices: Sequence[EntryView]) -> list[Row]:
    return [
        Row(heading, sections=tuple(_section(it, key) for it in practices))
        for key, heading in headings("practice", practices[0].urls.lang).items()
    ]


def _section(it: EntryView, key: str) -> Markup:
    """A section with its citations leading to the sources on the practice's own page."""
    text = next((section.markdown for section in it.page.sections if section.key == key), "")
    html = markdown.render(text).replace('href="#source-', f'href="{it.url}#source-')
    return Markup(html)  # noqa: S704 - made safe by kb.content.markdown
