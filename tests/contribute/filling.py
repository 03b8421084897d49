"""A Word template, filled in as a ministry would, for tests to change."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from docx import Document
from docx.text.paragraph import Paragraph

from kb.contribute.questions import options, questions
from kb.contribute.word_template import template

ANSWERS: dict[str, dict[str, Any]] = {
    "en": {
        "countries": ["SV"],
        "title": "Drop-in legal desk at the bus terminal",
        "summary": "The municipality of Example Town ran a legal desk at its bus terminal and advised 120 people in 2023.",
        "implementers": ["Municipality of Example Town"],
        "places": ["Example Town"],
        "start": "2023",
        "status": ["ongoing"],
        "themes": ["legal-aid", "local-governance"],
        "populations": ["refugees"],
        "need": "People who arrive by bus know nobody and leave the next morning [1].",
        "done": "The town put a desk with two law students beside the ticket counter and paid their lunch [1].",
        "results": "The desk advised 120 people in its first year [1].",
        "factors": "Students left at each end of term, and the desk closed for weeks [1].",
        "questions": [
            "Where can people who just arrived ask about their papers?",
            "How do we advise people who stay one night only?",
            "Can a town run a legal desk without lawyers of its own?",
        ],
        "evidence": ["results-reported"],
        "figures": [["People advised", "120", "people", "2023", "1"]],
        "sources": [
            ["Yearly report", "Municipality of Example Town", "https://example.org/report", "2024-02", "English"]
        ],
    },
    "es": {
        "countries": ["SV"],
        "title": "Mesa legal en la terminal de buses",
        "summary": "La municipalidad de Example Town atendió una mesa legal en su terminal y orientó a 120 personas en 2023.",
        "implementers": ["Municipalidad de Example Town"],
        "places": ["Example Town"],
        "start": "2023",
        "status": ["ongoing"],
        "themes": ["legal-aid"],
        "need": "Quien llega en bus no conoce a nadie y se va a la mañana siguiente [1].",
        "done": "La municipalidad puso una mesa con dos estudiantes de derecho y les pagó el almuerzo [1].",
        "results": "La mesa orientó a 120 personas en su primer año [1].",
        "factors": "Los estudiantes se iban al final de cada ciclo y la mesa cerraba por semanas [1].",
        "questions": [
            "¿Dónde puede preguntar por sus papeles quien acaba de llegar?",
            "¿Cómo orientamos a quien se queda una sola noche?",
            "¿Puede un municipio tener una mesa legal sin abogados propios?",
        ],
        "evidence": ["results-reported"],
        "figures": [["Personas orientadas", "120", "people", "2023", "1"]],
        "sources": [
            ["Memoria anual", "Municipalidad de Example Town", "https://example.org/memoria", "2024-02", "Español"]
        ],
    },
}


def filled(lang: str, leave_out: tuple[str, ...] = ()) -> Any:
    """The open document, each question answered but those in `leave_out`."""
    document = Document(io.BytesIO(template(lang)))
    blocks = list(document.iter_inner_content())
    for number, question in enumerate(questions(), start=1):
        answer = ANSWERS[lang].get(question.key)
        if answer is None or question.key in leave_out:
            continue
        at = next(
            i for i, one in enumerate(blocks) if isinstance(one, Paragraph) and one.text.startswith(f"{number}. ")
        )
        room = blocks[at + 2]
        if question.answer in ("choice", "choices"):
            for term in answer:
                _tick(room, options(question.facet, lang)[term])
        elif question.answer == "table":
            for row, cells in zip(room.rows[1:], answer, strict=False):
                for cell, text in zip(row.cells, cells, strict=True):
                    cell.text = text
        else:
            lines = answer if isinstance(answer, list) else [answer]
            room.text = lines[0]
            after = room
            for line in lines[1:]:
                copy = document.add_paragraph(line, style="Answer")
                after._p.addnext(copy._p)
                after = copy
    return document


def answer_paragraph(document: Any, number: int) -> Any:
    """The first line of room below a question."""
    blocks = list(document.iter_inner_content())
    at = next(i for i, one in enumerate(blocks) if isinstance(one, Paragraph) and one.text.startswith(f"{number}. "))
    return blocks[at + 2]


def saved(document: Any, file: Path) -> Path:
    document.save(str(file))
    return file


def _tick(table: Any, label: str) -> None:
    for cell in table.rows[0].cells:
        for paragraph in cell.paragraphs:
            if paragraph.text.strip().split(" — ")[0] == label:
                box = next(
                    element for element in paragraph._p.iter() if element.tag.endswith("}t") and element.text == "☐"
                )
                box.text = "☒"
                return
    raise AssertionError(f"no box for {label!r}")
