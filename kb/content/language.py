"""Which of our languages a question or a text is written in."""

from __future__ import annotations

import re
from collections.abc import Mapping

from kb.content.letters import plain

# Frequent short words that stand in one language and not in the other.
_MARKERS = {
    "en": set(
        "the of and to in for is are how what which who where when with our we do does did can from by on at their "
        "they not be have has people children women men without into about as it this that there an".split()
    ),
    "es": set(
        "el la los las de del que y en un una para por con como cual cuales quien donde cuando se su sus nos es son hay al "
        "lo sin sobre mas entre hacer tienen tiene puede no ninas ninos mujeres personas".split()
    ),
}
_ENDINGS = {
    "en": re.compile(r"(ing|tion|tions|ness|ment|ments|ity|ies|ed|ees|ship|ers)$"),
    "es": re.compile(
        r"(cion|ciones|dad|dades|mente|ado|ados|ada|adas|ido|idos|ida|idas|ero|eros|era|eras|ento|iento|ia|ios|ias|o|os|a|as)$"
    ),
}


def detect_language(text: str, fallback: str, known: Mapping[str, int] | None = None) -> str:
    """`en` or `es`; `fallback` when nothing tells.

    Looks at marks that only Spanish has, at frequent words, at endings, and at how many of the words the content of each
    language holds (`known`).
    """
    lowered = text.lower()
    words = re.findall(r"[a-z]+", plain(text))
    score = 2.0 * len(re.findall("[ñ¿¡áéíóú]", lowered))
    score += sum((word in _MARKERS["es"]) - (word in _MARKERS["en"]) for word in words)
    score += 0.3 * sum(
        bool(_ENDINGS["es"].search(word)) - bool(_ENDINGS["en"].search(word)) for word in words if len(word) > 3
    )
    if known:
        score += 0.5 * (known.get("es", 0) - known.get("en", 0))
    if abs(score) < 0.25:
        return fallback
    return "es" if score > 0 else "en"
