"""Search results for a terminal."""

from __future__ import annotations

import html
import textwrap

from kb.content.vocabulary import vocabulary
from kb.search.answer import Hit, SearchResponse

_NOTHING = {"en": "Nothing found.", "es": "No se encontró nada."}
_NOT_WELL = {
    "en": "Nothing matches this well. The nearest practices are:",
    "es": "Nada coincide bien con esta búsqueda. Las prácticas más cercanas son:",
}
_READ_AS = {"en": "(%s was read as %s)", "es": "(%s se leyó como %s)"}


def as_text(response: SearchResponse) -> str:
    """Title, id, country and the passage that answers, `*marked*`, for each hit."""
    lang = response.request.lang
    if not response.hits:
        return _NOTHING[lang]
    notes = [_READ_AS[lang] % (one.typed, one.read) for one in response.corrections]
    if not response.matches_well:
        notes.append(_NOT_WELL[lang])
    return (
        "\n\n".join(notes)
        + ("\n\n" if notes else "")
        + "\n\n".join(_entry(number, hit, lang) for number, hit in enumerate(response.hits, start=1))
    )


def _entry(number: int, hit: Hit, lang: str) -> str:
    shown = lang if lang in hit.item.titles else next(iter(hit.item.titles))
    countries = ", ".join(vocabulary().label("countries", code, lang) for code in hit.item.facets["country"])
    passage = html.unescape(hit.snippet.html.replace("<mark>", "*").replace("</mark>", "*"))
    body = textwrap.fill(passage, 96, initial_indent="   ", subsequent_indent="   ")
    return f"{number}. {hit.item.titles[shown]}\n   {hit.item.id} · {countries} · {hit.score:.2f}\n{body}"
