"""Which practices of other States may help with a commitment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kb.content.model import Entry
from kb.content.vocabulary import vocabulary
from kb.site.views import EntryView, view

ANSWERS = 6
"""Practices that a commitment's page shows."""


@dataclass(frozen=True)
class Answer:
    """A practice that may help, and why: what it shares with the commitment."""

    it: EntryView
    themes: tuple[str, ...]
    populations: tuple[str, ...]


def answers(commitment: EntryView, practices: Iterable[Entry]) -> list[Answer]:
    """The practices of other States that share most with a commitment, the best evidence first among equals.

    A theme counts twice as much as a population, and one theme must be shared. A commitment of all States together is
    answered by the practices of any of them.
    """
    facts = commitment.entry.facts
    own = set() if commitment.entry.folder == "regional" else set(facts.countries)
    evidence = list(vocabulary()["evidence"])
    found = []
    for practice in practices:
        themes = tuple(term for term in facts.themes if term in practice.facts.themes)
        if themes and not own & set(practice.facts.countries):
            populations = tuple(term for term in facts.populations if term in practice.facts.populations)
            strength = evidence.index(getattr(practice.facts, "evidence", evidence[0]))
            rank = (-2 * len(themes) - len(populations), -strength, practice.id)
            found.append((rank, practice, themes, populations))
    found.sort(key=lambda one: one[0])
    return [Answer(view(practice, commitment.urls), *shared) for _, practice, *shared in found[:ANSWERS]]
