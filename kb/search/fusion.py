"""How scores of several kinds become one ranking. All parameters of the ranking stand here.

Scores are compared only within one language's pool, where they mean the same; pools are standardised before they meet. The
sensitivity of each parameter is in docs/decisions/.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Weights:
    """Parameters of the ranking.

    Attributes:
        candidates: passages taken from each side (dense, lexical) of each pool.
        items: items of each pool whose passages are compared token by token: the best by cosine and BM25.
        passages: passages of each of these items that are compared.
        dense: weight of the cosine of passage and query, as z-score among the compared.
        late: weight of late interaction, as z-score among the compared.
        lexical: weight of a passage's BM25, as share of the best.
        page: weight of an item's BM25 (the sum of its `page_passages` best passages), as share of the best.
        page_passages: see `page`.
        second: share of an item's second-best passage in its score; the best has the rest.
        own: share of the pool of the question's language for an item that stands in both: only there words can meet.
        place: added to items of a State that the query names.
        neighbours: how much of its neighbours' mean score an item gets: what is like good answers is likely one.
    """

    candidates: int = 100
    items: int = 35
    passages: int = 2
    dense: float = 0.2
    late: float = 1.0
    lexical: float = 2.0
    page: float = 1.0
    page_passages: int = 5
    second: float = 0.4
    own: float = 0.7
    neighbours: float = 0.3
    place: float = 0.5


def standardised(scores: Floats) -> Floats:
    """z-scores; zeros where all scores are equal."""
    centred: Floats = scores - scores.mean() if len(scores) else scores
    spread = math.sqrt(float(centred @ centred) / max(1, len(centred)))
    return np.zeros_like(scores) if spread < 1e-6 else centred / np.float32(spread)


def relative(scores: Floats) -> Floats:
    """Shares of the best score; zeros where nothing matched."""
    best = float(scores.max(initial=0.0))
    shares: Floats = scores / np.float32(best) if best > 0 else np.zeros_like(scores)
    return shares


def best_two(items: Ints, scores: Floats, second: float) -> tuple[Ints, Floats, Ints]:
    """From passages to items: which items there are, their scores, and the position of each one's best passage.

    An item's score is that of its best passage, with a share `second` of its second best; an item with one passage counts
    it for both, so that short documents are not held back.
    """
    order, first, counts = by_item(items, scores)
    best, next_best = order[first], order[first + np.minimum(counts - 1, 1)]
    return items[best], ((1 - second) * scores[best] + second * scores[next_best]).astype(np.float32), best


def best_sums(items: Ints, scores: Floats, most: int) -> tuple[Ints, Floats]:
    """Items, and for each the sum of its `most` best scores."""
    order, first, counts = by_item(items, scores)
    kept = np.arange(len(order)) - np.repeat(first, counts) < most
    sums = np.bincount(np.repeat(np.arange(len(first)), counts)[kept], scores[order][kept], len(first))
    return items[order[first]], sums.astype(np.float32)


def by_item(items: npt.NDArray[np.integer], scores: Floats) -> tuple[Ints, Ints, Ints]:
    """The order that puts each item's scores together, best first; in it, where each item begins, and how many it has."""
    order = np.lexsort((-scores, items))
    placed = items[order]
    begins = np.ones(len(placed) + 1, np.bool_)
    np.not_equal(placed[1:], placed[:-1], out=begins[1:-1])
    bounds = np.flatnonzero(begins)
    return order, bounds[:-1], bounds[1:] - bounds[:-1]


def merge_pools(pools: Sequence[tuple[Ints, Floats, float]]) -> dict[int, float]:
    """One score per item from its scores in each pool (items, scores, weight): their weighted mean where it has several."""
    sums: dict[int, float] = {}
    weights: dict[int, float] = {}
    for items, scores, weight in pools:
        for item, score in zip(items.tolist(), scores.tolist(), strict=True):
            sums[item] = sums.get(item, 0.0) + weight * score
            weights[item] = weights.get(item, 0.0) + weight
    return {item: total / weights[item] for item, total in sums.items()}


def with_neighbours(scores: Mapping[int, float], near: Ints, closeness: Floats, share: float) -> dict[int, float]:
    """Each score with a share of the mean score of the item's neighbours, weighted by how close they are.

    The regularisation of Diaz (2005, "Regularizing ad hoc retrieval scores"), one step of it. Neighbours that were not found
    count as the worst that was.

    Args:
        scores: item number to score.
        near: int[items, k], the nearest items of each.
        closeness: float32[items, k], their cosines.
        share: of the neighbours' mean.
    """
    if not scores or share == 0 or near.shape[1] == 0:
        return dict(scores)
    items = np.fromiter(scores, np.int64, len(scores))
    own = np.fromiter(scores.values(), np.float32, len(scores))
    order = np.argsort(items)
    place = np.minimum(np.searchsorted(items[order], near[items]), len(items) - 1)
    known = items[order][place] == near[items]
    theirs = np.where(known, own[order][place], own.min())
    weight = np.maximum(closeness[items], 0.0)
    mean = (theirs * weight).sum(axis=1) / np.maximum(weight.sum(axis=1), 1e-6)
    return dict(zip(items.tolist(), (own + share * mean).tolist(), strict=True))
