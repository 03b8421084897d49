"""Matches for a terminal."""

from __future__ import annotations

import html
import textwrap
from collections.abc import Sequence

from kb.learning.knowledge import Entry
from kb.learning.matching import Match, Matching

_NO_COMMITMENT = {
    "en": "No close match: no commitment of another State asks for this.",
    "es": "Sin coincidencia cercana: ningún compromiso de otro Estado pide esto.",
}
_NO_PRACTICE = {
    "en": "No close match: no practice of another State answers this yet.",
    "es": "Sin coincidencia cercana: todavía ninguna práctica de otro Estado responde a esto.",
}


def commitments_as_text(matching: Matching, commitments: Sequence[Entry], lang: str, count: int) -> str:
    """Each commitment with its best practices: reason and the passage that answers."""
    parts = []
    for commitment in commitments:
        parts.append(f"{commitment.title[lang]}\n{commitment.id}")
        found = matching.practices_for(commitment)[:count]
        parts += [_practice(number, one, matching, lang) for number, one in enumerate(found, start=1)]
        if not found:
            parts.append(_NO_PRACTICE[lang])
    return "\n\n".join(parts)


def practice_as_text(matching: Matching, practice: Entry, lang: str) -> str:
    """The commitments that a practice answers, with the reason."""
    parts = [f"{practice.title[lang]}\n{practice.id}"]
    for number, one in enumerate(matching.commitments_for(practice), start=1):
        parts.append(_entry(number, one.commitment, one, lang))
    return "\n\n".join(parts if len(parts) > 1 else [*parts, _NO_COMMITMENT[lang]])


def _practice(number: int, one: Match, matching: Matching, lang: str) -> str:
    passage = html.unescape(matching.passage(one, lang).html.replace("<mark>", "*").replace("</mark>", "*"))
    return f"{_entry(number, one.practice, one, lang)}\n{_filled(passage)}"


def _entry(number: int, shown: Entry, one: Match, lang: str) -> str:
    return f"{number}. {shown.title[lang]}\n   {shown.id} · {one.score:.2f}\n{_filled(one.reason[lang])}"


def _filled(text: str) -> str:
    return textwrap.fill(text, 96, initial_indent="   ", subsequent_indent="   ")
