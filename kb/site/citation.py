"""How to cite a page: APA (7th edition, web page with a group as author) and BibTeX."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kb.site import i18n
from kb.site.views import EntryView

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_SPECIAL = re.compile(r"[&%$#_{}\\~^]")
_WORDED = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
_LANGUAGES = {"en": "english", "es": "spanish"}


@dataclass(frozen=True)
class Citation:
    """The parts of an APA reference in their order, and the whole BibTeX record.

    The title stands apart because APA sets it in italics.
    """

    author: str
    date: str
    title: str
    url: str
    bibtex: str

    @property
    def stop(self) -> str:
        """The full stop after the title, where the title does not end a sentence itself."""
        return "" if self.title.endswith((".", "?", "!")) else "."


def citation(it: EntryView) -> Citation:
    """How to cite a page, in the language of the page that is read."""
    lang = it.urls.lang
    author = i18n.site_name(lang)
    url = it.urls.absolute(it.url)
    reviewed = it.entry.facts.last_reviewed
    return Citation(author, _apa_date(reviewed, lang), it.page.title, url, _bibtex(it, author, url))


def _apa_date(text: str, lang: str) -> str:
    """`2026, November 21` in English; Spanish keeps its own order, `21 de noviembre de 2026`."""
    words = i18n.date(text, lang)
    year = text[:4]
    if lang == "es" or text == year:
        return words
    day_and_month = words.removesuffix(year).split()
    return f"{year}, {' '.join(reversed(day_and_month))}"


def _bibtex(it: EntryView, author: str, url: str) -> str:
    reviewed = it.entry.facts.last_reviewed.split("-")
    # Braces within braces: a group's name is not cut into first and last, a title keeps its capitals.
    fields = {
        "author": f"{{{{{_tex(author)}}}}}",
        "title": f"{{{{{_tex(it.page.title)}}}}}",
        "year": f"{{{reviewed[0]}}}",
        **({"month": _MONTHS[int(reviewed[1]) - 1]} if len(reviewed) > 1 else {}),
        "url": f"{{{url}}}",
        "language": f"{{{_LANGUAGES[it.page.lang]}}}",
    }
    inside = ",\n".join(f"  {name:<8} = {value}" for name, value in fields.items())
    return f"@misc{{{it.entry.id},\n{inside}\n}}"


def _tex(text: str) -> str:
    return _SPECIAL.sub(lambda found: _WORDED.get(found.group(), "\\" + found.group()), text)
