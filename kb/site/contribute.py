"""What the page for contributors shows: our questions, with room for their answers."""

from __future__ import annotations

from typing import Any

from kb.content.frontmatter import THOUSANDS, TWO_WAYS
from kb.content.model import FIRST_YEAR, LAST_YEAR, MAX_SUMMARY_WORDS, MAX_THEMES, MAX_TITLE_WORDS
from kb.content.sections import UNDOCUMENTED, headings
from kb.contribute.questions import options, questions
from kb.sentences import Sentence

ROWS = {"figures": 4, "costs": 2, "sources": 6}


def contribute_values(lang: str) -> dict[str, Any]:
    """Values of the template."""
    facets = {question.facet for question in questions()} | {c.facet for q in questions() for c in q.columns}
    return {
        "questions": questions(),
        "options": {facet: options(facet, lang) for facet in sorted(facets) if facet},
        "headings": headings("practice", lang),
        "undocumented": UNDOCUMENTED[lang] + ".",
        "limits": {
            "title": MAX_TITLE_WORDS,
            "summary": MAX_SUMMARY_WORDS,
            "themes": MAX_THEMES,
            "years": (FIRST_YEAR, LAST_YEAR),
        },
        "rows": ROWS,
        "thousands": THOUSANDS.pattern,
        "two_ways": Sentence(TWO_WAYS, found="{found}").said(lang),
    }
