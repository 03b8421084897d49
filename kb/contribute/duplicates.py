"""The published practices nearest to a proposal by meaning, whatever its language, so that a duplicate is noticed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kb.content.model import Entry
from kb.index.passages import Item, passages_of
from kb.search.engine import SearchEngine

LIKELY_DUPLICATE = 0.58
"""A page encoded anew comes to .67 or more with its own published self, in one language or in both; two different practices to
.48 at most (sixteen practices)."""


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
    encoded: dict[str, list[npt.NDArray[np.float32]]] = {}
    for passage in passages_of(entry):
        encoded.setdefault(passage.lang, []).append(engine.encoder.encode_query(passage.full_text).vector)
    if not encoded:
        return []
    vectors = {lang: np.stack(own) for lang, own in encoded.items()}
    found = [Near(item, score) for item, score in engine.nearest(vectors, limit + 1) if item.id != entry.id]
    return found[:limit]
