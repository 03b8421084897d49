"""Search results for a terminal."""

from __future__ import annotations

import html
import textwrap

from kb.content.vocabulary import vocabulary
from kb.search.engine import Hit, SearchResponse

_NOTHING = {"en": "Nothing found.", "es": "No se encontró nada."}


def as_text(response: SearchResponse) -> str:
    """Title, id, country and the passage that answers, `*marked*`, for each hit."""
    lang = response.request.lang
    if not response.hits:
        return _NOTHING[lang]
    return "\n\n".join(_entry(number, hit, lang) for number, hit in enumerate(response.hits, start=1))


def _entry(number: int, hit: Hit, lang: str) -> str:
    shown = lang if lang in hit.item.titles else next(iter(hit.item.titles))
    countries = ", ".join(vocabulary().label("countries", code, lang) for code in hit.item.facets["country"])
    passage = html.unescape(hit.snippet.html.replace("<mark>", "*").replace("</mark>", "*"))
    body = textwrap.fill(passage, 96, initial_indent="   ", subsequent_indent="   ")
    return f"{number}. {hit.item.titles[shown]}\n   {hit.item.id} · {countries} · {hit.score:.2f}\n{body}"
