"""Quotation marks: each language has its own, and others for what is quoted within a quotation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

_INNER = {"en": str.maketrans("“”", "‘’"), "es": str.maketrans("«»“”", "“”‘’")}
_MARKED = re.compile(r"[“«](?:\{(\w+)\}|%\((\w+)\)s)[”»]")


def within(text: str, lang: str) -> str:
    """A text as it stands between quotation marks: what it quotes itself has the marks of the second level."""
    if lang == "es" and "«" not in text:
        return text  # “ ” are that level already
    return text.translate(_INNER[lang])


@cache
def _marked(phrase: str) -> frozenset[str]:
    return frozenset(first or second for first, second in _MARKED.findall(phrase))


def fitted(phrase: str, values: Mapping[str, object], lang: str) -> dict[str, object]:
    """The values of a phrase, those that it puts between quotation marks with the marks of the second level.

    Example:
        fitted("Visita a «{name}»", {"name": "Espacio «A tu Lado»"}, "es")   # {"name": "Espacio “A tu Lado”"}
    """
    marked = _marked(phrase)
    return {
        name: within(value, lang) if name in marked and isinstance(value, str) else value
        for name, value in values.items()
    }
