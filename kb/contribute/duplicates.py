"""The published practices nearest to a proposal by meaning, whatever its language, so that a duplicate is noticed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kb.content.model import Entry
from kb.index.passages import Item, passages_of
from kb.search.engine import SearchEngine

LIKELY_DUPLICATE = 0.94
"""A page encoded anew comes to .953 or more with its own published self in either language, two different practices to
.931 at most (a third of the practices, both languages)."""


@dataclass(frozen=True)
class Near:
    """A published practice and its similarity to the proposal: the cosine of their mean passage vectors."""

    item: Item
    similarity: float

    @property
    def is_likely_duplicate(self) -> bool:
        return self.similarity >= LIKELY_DUPLICATE


def nearest_practices(engine: SearchEngine, entry: Entry, limit: int = 5) -> list[Near]:
    """The nearest published practices, itself left out."""
    encoded = [engine.encoder.encode_query(passage.full_text).vector for passage in passages_of(entry)]
    if not encoded:
        return []
    mean = np.stack(encoded).sum(axis=0)
    unit = (mean / max(float(np.linalg.norm(mean)), 1e-9)).astype(np.float32)
    found = [Near(item, score) for item, score in engine.nearest(unit, limit + 1) if item.id != entry.id]
    return found[:limit]
