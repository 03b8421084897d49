"""The Word file that a ministry fills in: our questions, each with room for its answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Pt

from kb.content.vocabulary import vocabulary
from kb.contribute.questions import Question, options, questions
from kb.word.document import blank, to_bytes

if TYPE_CHECKING:
    from docx.document import Document as WordDocument

TITLE = {"en": "Share a practice", "es": "Comparta una práctica"}
INTRODUCTION = {
    "en": (
        (
            "Answer below each question, in your own words. Leave open what you do not know: the page will say that it is not "
            "documented yet. Questions with * are needed."
        ),
        "Give no names, telephone numbers or addresses of persons, and nothing that tells where a shelter is.",
        "Click a box to tick it, or put an x before the word. Then send this file to your focal point, who turns it into a page.",
    ),
    "es": (
        (
            "Responda debajo de cada pregunta, con sus propias palabras. Deje en blanco lo que no sepa: la página dirá que aún no "
            "está documentado. Las preguntas con * son necesarias."
        ),
        "No incluya nombres, teléfonos ni direcciones de personas, ni nada que indique dónde queda un albergue.",
        (
            "Haga clic en una casilla para marcarla, o escriba una x delante de la palabra. Después envíe este archivo a su punto "
            "focal, que lo convertirá en una página."
        ),
    ),
}
ROWS = 4
DEFINED_BY = " — "
"""Between a word to choose and what it means."""
_BOX = (
    "<w:sdt {names}><w:sdtPr><w14:checkbox><w14:checked w14:val='0'/>"
    "<w14:checkedState w14:val='2612' w14:font='MS Gothic'/><w14:uncheckedState w14:val='2610' w14:font='MS Gothic'/>"
    "</w14:checkbox></w:sdtPr><w:sdtContent><w:r><w:t>☐</w:t></w:r></w:sdtContent></w:sdt>"
)
_W14 = 'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'
_FRAME = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:space="4" w:color="9AA5A5"/>' for side in ("top", "left", "bottom", "right")
)


def template(lang: str) -> bytes:
    """The file in one language. The same words give the same bytes."""
    document = blank(TITLE[lang], lang)
    answer = document.styles.add_style("Answer", WD_STYLE_TYPE.PARAGRAPH)
    answer.base_style = document.styles["Normal"]
    answer.element.get_or_add_pPr().append(parse_xml(f"<w:pBdr {nsdecls('w')}>{_FRAME}</w:pBdr>"))
    document.add_paragraph(TITLE[lang], style="Title")
    for paragraph in INTRODUCTION[lang]:
        document.add_paragraph(paragraph)
    for number, question in enumerate(questions(), start=1):
        _ask(document, number, question, lang)
    return to_bytes(document)


def _ask(document: WordDocument, number: int, question: Question, lang: str) -> None:
    mark = " *" if question.required else ""
    document.add_paragraph(f"{number}. {question.question[lang]}{mark}", style="Heading 2")
    hint = document.add_paragraph(question.hint[lang], style="Small")
    hint.paragraph_format.keep_with_next = True
    if question.answer in ("choice", "choices"):
        _boxes(document, question, lang)
    elif question.answer == "table":
        _table(document, question, lang)
    else:
        document.add_paragraph("", style="Answer")


def _boxes(document: WordDocument, question: Question, lang: str) -> None:
    terms = vocabulary()[question.facet]
    labels = options(question.facet, lang)
    columns = 1 if len(labels) <= 8 else 2
    height = -(-len(labels) // columns)
    table = document.add_table(rows=1, cols=columns)
    for index, (term, label) in enumerate(labels.items()):
        cell = table.rows[0].cells[index // height]
        paragraph = cell.paragraphs[0] if index % height == 0 else cell.add_paragraph()
        paragraph.paragraph_format.space_after = Pt(1)
        paragraph._p.append(parse_xml(_BOX.format(names=f"{nsdecls('w')} {_W14}")))
        paragraph.add_run(f" {label}")
        if question.answer == "choice" and terms[term].definition:
            paragraph.add_run(f"{DEFINED_BY}{terms[term].definition[lang]}").font.size = Pt(9)


def _table(document: WordDocument, question: Question, lang: str) -> None:
    table = document.add_table(rows=1 + ROWS, cols=len(question.columns), style="Table Grid")
    for cell, column in zip(table.rows[0].cells, question.columns, strict=True):
        cell.text = column.question[lang]
        cell.paragraphs[0].runs[0].bold = True
