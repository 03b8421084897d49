"""Slips that a pattern alone tells. `kb check` reads them here, and so does the form on the site, in the browser.

A pattern holds only what Python and JavaScript read alike: no named group, no flag, no anchor but `^` and `$`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from kb.content.markdown import FOOTNOTE, MISCITED
from kb.sentences import template


@dataclass(frozen=True)
class Slip:
    """What must not stand in a text, and what to say of it; `everywhere`: in titles and lists too, not only below the headings."""

    pattern: re.Pattern[str]
    told: str
    langs: tuple[str, ...] = ("en", "es")
    everywhere: bool = False


FOOTNOTES = Slip(
    FOOTNOTE,
    template(
        "%(found)s: pages have no footnotes; put the document among the sources and cite it by its number, such as [1]."
    ),
)
"""Apart from the others, for `kb check` looks for it in the file itself: Markdown takes a note's text for the address of a link."""
SLIPS = (
    Slip(MISCITED, template("%(found)s is shown as text and cites nothing; write each number of a source, such as [1, 2].")),
    Slip(
        re.compile(r"\d+(?:[.,]\d+)?\s?%(?![0-9A-F]{2})|(?<![\d.,/-])\d{1,3}(?:,\d{1,2}|[ '’]\d{3})(?![\d,/’-])"),
        template(
            "%(found)s: numbers are written 1,140 and 56.7 in both languages, shares as `20 per cent`, `20 por ciento`."
        ),
    ),
    # Titles of sources stay as they were published.
    Slip(
        re.compile('"|^[^«]*“'),
        template("quotes with other marks than «...»; only within these do “...” stand."),
        ("es",),
        everywhere=True,
    ),
)  # fmt: skip
