"""The documents there are, by name."""

from __future__ import annotations

from collections.abc import Callable

from kb.learning.agenda import Agenda
from kb.learning.documents.concept import concept_note
from kb.learning.documents.facilitators import run_of_show
from kb.learning.documents.outcome import evaluation_form, outcome_document
from kb.learning.documents.participants import participants_agenda
from kb.learning.documents.parts import Links, Writer
from kb.learning.documents.tree import Written

DOCUMENTS: dict[str, Callable[[Writer], Written]] = {
    "agenda": participants_agenda,
    "run-of-show": run_of_show,
    "concept-note": concept_note,
    "evaluation": evaluation_form,
    "outcome": outcome_document,
}


def write_document(agenda: Agenda, name: str, lang: str, links: Links) -> Written:
    """One document of an agenda in one language."""
    return DOCUMENTS[name](Writer(agenda, lang, links))
