"""A list of practices as files that people keep: Word to read and change, a table to sort."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kb.content.glossary import named_in
from kb.content.markdown import blocks
from kb.sentences import translations
from kb.site.facts import facts_of
from kb.site.i18n import date
from kb.site.spreadsheet import csv_file
from kb.site.views import EntryView
from kb.word.document import blank, to_bytes
from kb.word.tables import add_table

if TYPE_CHECKING:
    from docx.document import Document as WordDocument

SECTIONS = ("factors", "adapting")
"""Sections that stand in full in a Word list; the rest is on the page, whose address stands beside."""


def as_csv(practices: Sequence[EntryView]) -> bytes:
    """A row a practice, its columns named in the reader's language."""
    rows = [_row(it) for it in practices]
    return csv_file(list(rows[0]), (row.values() for row in rows))


def _row(it: EntryView) -> dict[str, str]:
    _ = translations(it.urls.lang).gettext
    return {
        "id": it.entry.id,
        _("Title"): it.page.title,
        _("Summary"): it.page.summary,
        **{label: "; ".join(words) for label, words in facts_of(it).items()},
        _("Last reviewed"): it.entry.facts.last_reviewed,
        _("Address"): it.urls.absolute(it.url),
    }


def as_docx(practices: Sequence[EntryView]) -> bytes:
    """A table of all practices, then each in turn: facts, what helped and got in the way, sources, address."""
    lang = practices[0].urls.lang
    _ = translations(lang).gettext
    document = blank(_("Practices side by side"), lang)
    document.add_paragraph(_("Practices side by side"), style="Title")
    columns = [_("State"), _("Status"), _("Evidence")]
    overview = [[it.page.title, *("; ".join(facts_of(it)[label]) for label in columns)] for it in practices]
    add_table(document, overview, (7, 3.2, 3.2, 3.2), head=[_("Practice"), *columns])
    for it in practices:
        _add_practice(document, it)
    return to_bytes(document)


def _add_practice(document: WordDocument, it: EntryView) -> None:
    lang = it.urls.lang
    document.add_paragraph(it.page.title, style="Heading 1").paragraph_format.page_break_before = True
    document.add_paragraph(it.page.summary)
    known = [[label, "\n".join(words)] for label, words in facts_of(it).items() if words]
    add_table(document, known, (3.6, 13))
    for section in it.page.sections:
        if section.key in SECTIONS:
            document.add_paragraph(section.heading, style="Heading 2")
            for block in blocks(section.markdown):
                document.add_paragraph(block.text, style="List Bullet")
    document.add_paragraph(translations(lang).gettext("Sources"), style="Heading 2")
    for source in it.entry.facts.sources:
        parts = [
            source.title,
            named_in(lang, source.publisher),
            date(source.date, lang) if source.date else "",
            source.url or "",
        ]
        document.add_paragraph(f"[{source.n}] {'. '.join(part for part in parts if part)}", style="Small")
    document.add_paragraph(it.urls.absolute(it.url), style="Small")
