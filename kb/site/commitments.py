"""Which commitments of States a practice may answer, told by facts alone: who names whom, and what they share."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kb.content.library import Library
from kb.content.model import Entry

Matching = Callable[[str], Sequence[str]]
"""Id of a practice to ids of commitments, best first."""

MOST = 5
SHARED = 2
"""Themes that a practice and a commitment must share when neither names the other: one alone says little."""


def by_facts(library: Library) -> Matching:
    """At most one commitment a State: one that names the practice (or is named by it), else the one that shares most."""
    commitments = library.of_kind("commitment")

    def matching(practice_id: str) -> list[str]:
        practice = library.entries[practice_id]
        found: dict[str, tuple[tuple[bool, int, int], str]] = {}
        for commitment in commitments:
            worth = _worth(practice, commitment)
            if not (worth[0] or worth[1] >= SHARED):
                continue
            for state in commitment.facts.countries:
                if worth[0] or state not in practice.facts.countries:
                    found[state] = max(found.get(state, (worth, commitment.id)), (worth, commitment.id))
        best_first = sorted(found.values(), reverse=True)
        return list(dict.fromkeys(commitment_id for _, commitment_id in best_first))[:MOST]

    return matching


def _worth(practice: Entry, commitment: Entry) -> tuple[bool, int, int]:
    named = commitment.id in practice.facts.related or practice.id in commitment.facts.related
    themes = len(set(practice.facts.themes) & set(commitment.facts.themes))
    return named, themes, len(set(practice.facts.populations) & set(commitment.facts.populations))
