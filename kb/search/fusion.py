"""How scores of several kinds become one ranking. All parameters of the ranking stand here.

Scores are compared only within one language's pool, where they mean the same; pools are merged after that. The sensitivity of each
parameter is in docs/decisions/.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Weights:
    """Parameters of the ranking.

    Attributes:
        candidates: passages taken from each side (dense, lexical) of each pool.
        dense: weight of the cosine of passage and query, as z-score among the candidates.
        late: weight of late interaction, as z-score among the candidates.
        lexical: weight of BM25, divided by the best of the pool.
        second: share of an item's second-best passage in its score; the best has the rest.
        other_pool: share of the weaker language version where an item has both; the stronger has the rest.
    """

    candidates: int = 150
    dense: float = 0.2
    late: float = 1.0
    lexical: float = 0.5
    second: float = 0.4
    other_pool: float = 0.3


def standardised(scores: Floats) -> Floats:
    """z-scores; zeros where all scores are equal."""
    spread = float(scores.std()) if len(scores) else 0.0
    if spread < 1e-6:
        return np.zeros_like(scores)
    standard: Floats = (scores - scores.mean()) / np.float32(spread)
    return standard


def relative(scores: Floats) -> Floats:
    """Shares of the best score; zeros where nothing matched."""
    best = float(scores.max(initial=0.0))
    shares: Floats = scores / np.float32(best) if best > 0 else np.zeros_like(scores)
    return shares


def by_item(items: npt.NDArray[np.int32], scores: Floats, second: float) -> dict[int, float]:
    """Item number to its score: its best passage, and a share `second` of its second best.

    An item with one candidate counts it for both, so that short documents are not held back.
    """
    best: dict[int, list[float]] = {}
    for row in np.argsort(-scores, kind="stable"):
        kept = best.setdefault(int(items[row]), [])
        if len(kept) < 2:
            kept.append(float(scores[row]))
    return {item: (1 - second) * kept[0] + second * kept[-1] for item, kept in best.items()}


def merge_pools(pools: list[dict[int, float]], other_pool: float) -> dict[int, float]:
    """One score per item from its scores in each language's pool."""
    merged: dict[int, list[float]] = {}
    for pool in pools:
        for item, score in pool.items():
            merged.setdefault(item, []).append(score)
    return {
        item: (1 - other_pool) * max(scores) + other_pool * min(scores) if len(scores) > 1 else scores[0]
        for item, scores in merged.items()
    }
