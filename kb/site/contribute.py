"""What the page for contributors shows: our questions, with room for their answers."""

from __future__ import annotations

import re
from typing import Any

from kb.content.frontmatter import THOUSANDS, TWO_WAYS
from kb.content.model import (
    FIRST_YEAR,
    LAST_YEAR,
    MAX_QUESTIONS,
    MAX_SUMMARY_WORDS,
    MAX_THEMES,
    MAX_TITLE_WORDS,
    MIN_QUESTIONS,
)
from kb.content.privacy import WEB_ADDRESS, shapes
from kb.content.sections import UNDOCUMENTED, headings
from kb.content.wording import FOOTNOTES, SLIPS
from kb.contribute.questions import options, questions
from kb.sentences import Sentence, template

PERSONAL = template(
    "“%(found)s” looks like personal data (a telephone, an e-mail address, a document, an address or a name); take it out. If it "
    "is an institution's, the reviewers can put it back."
)
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
            "questions": (MIN_QUESTIONS, MAX_QUESTIONS),
            "years": (FIRST_YEAR, LAST_YEAR),
        },
        "rows": ROWS,
        "thousands": THOUSANDS.pattern,
        "two_ways": _told(TWO_WAYS, lang),
        "rules": _rules(lang),
    }


def _rules(lang: str) -> dict[str, Any]:
    """What `kb check` tells by patterns, for the browser to tell while somebody writes."""
    return {
        "slips": [
            {"at": _script(slip.pattern), "told": _told(slip.told, lang), "everywhere": slip.everywhere}
            for slip in (FOOTNOTES, *SLIPS)
            if lang in slip.langs
        ],
        "shapes": [
            {
                "kind": shape.kind,
                "at": _script(shape.pattern),
                "least": shape.least,
                "most": shape.most,
                "nobodys": [_script(pattern) for pattern in shape.nobodys],
            }
            for shape in shapes()
        ],
        "personal": _told(PERSONAL, lang),
        "address": _script(WEB_ADDRESS),
    }


def _told(words: str, lang: str) -> str:
    return Sentence(words, found="{found}").said(lang)


def _script(pattern: re.Pattern[str]) -> tuple[str, str]:
    """Pattern and flags as JavaScript writes them."""
    written = pattern.pattern.removeprefix("(?i)").replace("(?P<", "(?<")
    return written, "gi" if pattern.flags & re.IGNORECASE else "g"
