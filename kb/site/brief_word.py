"""The one-page brief of a practice as a Word file, for a minister's folder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from docx.shared import Pt

from kb.content.markdown import CITATION
from kb.sentences import translations
from kb.site import i18n, licence
from kb.site.brief import Brief, Point, brief
from kb.site.brief_page import fitted
from kb.site.views import EntryView
from kb.word.document import blank, to_bytes
from kb.word.parts import Body, add_link

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from docx.text.paragraph import Paragraph

_SIZES = {"Title": 17, "Heading 2": 11.5, "Normal": 10, "List Bullet": 10, "Small": 8}


def brief_file(it: EntryView) -> bytes:
    """The file. Writing it again from the same words gives the same bytes."""
    lang = it.urls.lang
    _ = translations(lang).gettext
    found = fitted(brief(it))
    document = blank(found.title, lang, margin_cm=1.9)
    _tighten(document)
    body = Body(document)
    body.paragraph("Small", " · ".join([i18n.site_name(lang), _("One-page brief")]))
    body.paragraph("Title", found.title)
    _add_facts(body.paragraph("Normal"), found.facts)
    _add_section(body, _("In brief"), [Point(found.summary)], style="Normal")
    _add_section(body, _("What was done"), found.done)
    _add_section(body, _("Results"), found.results)
    _add_section(body, _("What it needs"), found.needs)
    _add_section(body, _("Whom to ask"), [Point(found.contacts)], style="Normal")
    add_link(body.paragraph("Normal", _("Full page, with all sources:") + " "), found.address, found.address)
    _add_sources(body, found, lang)
    return to_bytes(document)


def _tighten(document: WordDocument) -> None:
    for name, size in _SIZES.items():
        style = document.styles[name]
        style.font.size = Pt(size)
        spacing = style.paragraph_format
        spacing.line_spacing = 1.0
        spacing.space_before = Pt(7 if name == "Heading 2" else 0)
        spacing.space_after = Pt(2 if name in ("Heading 2", "List Bullet", "Small") else 4)
    # The line that Word draws below a title by default takes room and says nothing.
    title = document.styles["Title"].element.get_or_add_pPr()
    for border in title.findall(f"{{{title.nsmap['w']}}}pBdr"):
        title.remove(border)


def _add_facts(paragraph: Paragraph, facts: Sequence[tuple[str, str]]) -> None:
    for number, (name, value) in enumerate(facts):
        paragraph.add_run(f"{' · ' if number else ''}{name}: ")
        paragraph.add_run(value).bold = True


def _add_section(body: Body, heading: str, points: Sequence[Point], style: str = "List Bullet") -> None:
    if points:
        body.paragraph("Heading 2", heading)
        for point in points:
            paragraph = body.paragraph(style)
            if point.figure:
                paragraph.add_run(point.figure).bold = True
                paragraph.add_run(" · ")
            _add_cited(paragraph, point.text)


def _add_cited(paragraph: Paragraph, text: str) -> None:
    """Text with the marks of its sources raised and small, as on the page."""
    start = 0
    for mark in CITATION.finditer(text):
        paragraph.add_run(text[start : mark.start()].rstrip())
        paragraph.add_run(mark.group()).font.superscript = True
        start = mark.end()
    paragraph.add_run(text[start:])


def _add_sources(body: Body, found: Brief, lang: str) -> None:
    _ = translations(lang).gettext
    if found.sources:
        body.paragraph("Heading 2", _("Sources"))
        # One after the other: a line for each would need a second page.
        listed = "  ".join(f"[{number}] {words}" for number, words in found.sources)
        body.paragraph("Small", listed)
    notes = [_("Last reviewed: %(date)s.") % {"date": found.reviewed}]
    if found.more_sources:
        notes.insert(0, _("More sources stand on the full page."))
    if found.unchecked:
        notes.append(_("Machine-assisted translation that no person has checked yet."))
    notes.append(licence.NAME)
    body.paragraph("Small", " ".join(notes))
