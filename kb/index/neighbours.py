"""Which items are like which: mean passage vectors, and the nearest items of each."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from kb.index.layout import SnapshotLayout

Floats = npt.NDArray[np.float32]

NEAREST = 3
"""Neighbours kept of each item."""

_EXACT = 20_000
"""Items up to which neighbours are searched exactly; the time for that grows with the square."""


class Neighbours:
    """What lies near to what, in an opened snapshot.

    Attributes:
        vectors: float16[items, d], mapped: the mean of each item's passage vectors, of unit length.
        near: int64[items, k]: the nearest items of each, best first.
        closeness: float32[items, k]: their cosines.
    """

    def __init__(self, layout: SnapshotLayout) -> None:
        self.vectors: npt.NDArray[np.float16] = np.load(layout.item_vectors, mmap_mode="r")
        kept = np.load(layout.neighbours)
        self.near: npt.NDArray[np.int64] = kept["near"].astype(np.int64)
        self.closeness: Floats = kept["closeness"]
        self._means = dict(zip(kept["languages"].tolist(), kept["means"], strict=True))

    def placed(self, vectors: Mapping[str, Floats]) -> Floats:
        """float32[d]: where a text with these passage vectors (float32[n, d] for each language) lies among the items."""
        parts = [found - self._means[lang] for lang, found in vectors.items() if lang in self._means]
        total = np.concatenate(parts).sum(axis=0) if parts else np.zeros(self.vectors.shape[1], np.float32)
        unit: Floats = (total / max(float(np.linalg.norm(total)), 1e-9)).astype(np.float32)
        return unit

    @staticmethod
    def build(
        layout: SnapshotLayout, items: int, languages: Mapping[str, tuple[npt.NDArray[np.int32], Floats]]
    ) -> None:
        """Writes both files.

        Args:
            layout: the snapshot.
            items: how many items there are.
            languages: for each language, the item number of each passage and its vector, float32[n, d].
        """
        vectors = _mean_vectors(items, list(languages.values()))
        means = np.stack([found.mean(axis=0) for _, found in languages.values()])
        near, closeness = _nearest(vectors, min(NEAREST, items - 1))
        np.save(layout.item_vectors, vectors.astype(np.float16))
        np.savez(
            layout.neighbours,
            near=near.astype(np.int32),
            closeness=closeness,
            languages=np.array(list(languages)),
            means=means,
        )


def _mean_vectors(items: int, languages: list[tuple[npt.NDArray[np.int32], Floats]]) -> Floats:
    """float32[items, d], unit length. A language's mean is taken away first, so that items of two languages compare."""
    means = np.zeros((items, languages[0][1].shape[1]), np.float32)
    for numbers, vectors in languages:
        np.add.at(means, numbers, vectors - vectors.mean(axis=0))
    unit: Floats = means / np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-9)
    return unit


def _nearest(vectors: Floats, count: int) -> tuple[npt.NDArray[np.int64], Floats]:
    import faiss

    if count < 1:
        return np.empty((len(vectors), 0), np.int64), np.empty((len(vectors), 0), np.float32)
    dimension = vectors.shape[1]
    exact = len(vectors) <= _EXACT
    index = faiss.IndexFlatIP(dimension) if exact else faiss.IndexHNSWFlat(dimension, 32, faiss.METRIC_INNER_PRODUCT)
    index.add(vectors)
    closeness, near = index.search(vectors, count + 1)
    own = np.arange(len(vectors))[:, None]
    # An item is its own neighbour, mostly the first; two equal items may change places.
    order = np.argsort(near == own, axis=1, kind="stable")[:, :count]
    return np.take_along_axis(near, order, axis=1), np.take_along_axis(closeness, order, axis=1)
