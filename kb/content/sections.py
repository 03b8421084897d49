"""The fixed headings of a page, per kind and language. Fixed, because readers compare."""

from __future__ import annotations

LANGUAGES = ("en", "es")

HEADINGS: dict[str, tuple[tuple[str, dict[str, str]], ...]] = {
    "practice": (
        ("need", {"en": "The need", "es": "La necesidad"}),
        ("done", {"en": "What was done", "es": "Qué se hizo"}),
        ("results", {"en": "Results", "es": "Resultados"}),
        ("factors", {"en": "What helped and what got in the way", "es": "Qué ayudó y qué dificultó"}),
        ("adapting", {"en": "Adapting it", "es": "Cómo adaptarla"}),
    ),
    "commitment": (
        ("promise", {"en": "What was promised", "es": "A qué se comprometió"}),
        ("gap", {"en": "What is missing", "es": "Qué falta"}),
        ("progress", {"en": "Progress so far", "es": "Avances hasta ahora"}),
    ),
    "event": (
        ("purpose", {"en": "Purpose", "es": "Propósito"}),
        ("format", {"en": "How it worked", "es": "Cómo funcionó"}),
        ("outcomes", {"en": "What came out of it", "es": "Qué se logró"}),
    ),
}

UNDOCUMENTED = {"en": "Not documented yet", "es": "Aún no está documentado"}
"""A paragraph that begins so says openly that no source tells."""

EDITORIAL = {"en": "Editors' note:", "es": "Nota editorial:"}
"""A paragraph that begins so is an inference of the editors, not a statement of a source."""


def headings(kind: str, lang: str) -> dict[str, str]:
    """Section key to heading, in the order that a page must have."""
    return {key: words[lang] for key, words in HEADINGS[kind]}
