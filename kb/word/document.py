"""A blank Word document in the project's look, and its bytes: the same input gives the same bytes."""

from __future__ import annotations

import datetime
import io
import zipfile
from typing import TYPE_CHECKING

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

if TYPE_CHECKING:
    from docx.document import Document as WordDocument

ACCENT = RGBColor(0x0B, 0x5C, 0x6B)
LANGUAGE_TAGS = {"en": "en-GB", "es": "es-MX"}
EPOCH = datetime.datetime(2020, 1, 1)
"""Stands for the time of writing, which would make two equal documents differ."""


def blank(title: str, lang: str, *, margin_cm: float = 2.2) -> WordDocument:
    """An empty A4 document with title, language, and styles (`Title`, `Heading 1`-`3`, `List Bullet`, `Small`) set.

    Args:
        title: shown by Word as the document's title; nothing is written into the body.
        lang: `en` or `es`; spelling is checked in it.
        margin_cm: margins on all four sides.
    """
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(margin_cm)
    properties = document.core_properties
    properties.title, properties.language = title, LANGUAGE_TAGS[lang]
    properties.author = properties.last_modified_by = properties.comments = ""
    properties.created = properties.modified = EPOCH
    properties.revision = 1
    _set_styles(document, lang)
    return document


def _set_styles(document: WordDocument, lang: str) -> None:
    styles = document.styles
    sizes = {"Normal": 10.5, "Title": 20, "Heading 1": 15, "Heading 2": 12.5, "Heading 3": 11, "List Bullet": 10.5}
    small = styles.add_style("Small", WD_STYLE_TYPE.PARAGRAPH)
    small.base_style = styles["Normal"]
    for name, size in {**sizes, "Small": 9}.items():
        style = styles[name]
        style.font.size, style.font.name = Pt(size), "Calibri"
        # Headings take their face from the theme unless every script's face is named.
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for script in ("ascii", "hAnsi", "eastAsia", "cs"):
            fonts.set(qn(f"w:{script}"), "Calibri")
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        if name.startswith(("Heading", "Title")):
            style.font.color.rgb = ACCENT
    spell = styles["Normal"].element.get_or_add_rPr().makeelement(qn("w:lang"), {qn("w:val"): LANGUAGE_TAGS[lang]})
    styles["Normal"].element.rPr.append(spell)


def to_bytes(document: WordDocument) -> bytes:
    """The file's bytes, free of the time of writing."""
    written = io.BytesIO()
    document.save(written)
    steady = io.BytesIO()
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(steady, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(zipfile.ZipInfo(name, EPOCH.timetuple()[:6]), source.read(name), zipfile.ZIP_DEFLATED)
    return steady.getvalue()
