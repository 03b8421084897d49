"""Token vectors of all passages, for late interaction.

For each query token the best cosine over the passage's tokens, averaged with weights: the MaxSim operator of ColBERT
(Khattab and Zaharia, 2020, arXiv:2004.12832). Stored as int8 with a scale for each token and mapped from disk, so that only
the candidates are read.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
from numpy.lib.format import open_memmap

from kb.index.layout import LanguageLayout

Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]
Quantised = tuple[npt.NDArray[np.int8], npt.NDArray[np.float16]]


def quantise(vectors: Floats) -> Quantised:
    """float32[t, d] to int8[t, d] and the scale float16[t] that brings it back: vector = int8 * scale."""
    largest = np.abs(vectors).max(axis=1, initial=0.0) if len(vectors) else np.empty(0, np.float32)
    scale = np.maximum(largest / 127.0, 1e-6).astype(np.float16)
    return np.rint(vectors / scale[:, None].astype(np.float32)).clip(-127, 127).astype(np.int8), scale


class TokenVectors:
    """The token vectors of one language, by passage row."""

    def __init__(self, layout: LanguageLayout) -> None:
        index = np.load(layout.token_index)
        self._starts: npt.NDArray[np.int64] = index["starts"]
        self._scales: npt.NDArray[np.float16] = index["scales"]
        self._vectors = np.load(layout.tokens, mmap_mode="r")

    @staticmethod
    def build(layout: LanguageLayout, passages: Iterable[Quantised], total: int, dimension: int) -> None:
        """Writes the token vectors of passages in row order; `total` is the number of all tokens."""
        vectors = open_memmap(layout.tokens, mode="w+", dtype=np.int8, shape=(total, dimension))
        starts, scales, at = [0], [np.empty(0, np.float16)], 0
        for quantised, scale in passages:
            vectors[at : at + len(scale)] = quantised
            at += len(scale)
            starts.append(at)
            scales.append(scale)
        vectors.flush()
        np.savez(layout.token_index, starts=np.array(starts, np.int64), scales=np.concatenate(scales))

    def of(self, row: int) -> Floats:
        """The token vectors of one passage, float32[t, d]."""
        span = slice(int(self._starts[row]), int(self._starts[row + 1]))
        vectors: Floats = self._vectors[span].astype(np.float32) * self._scales[span, None].astype(np.float32)
        return vectors

    def max_similarity(self, query: Floats, weights: Floats, rows: Rows) -> Floats:
        """MaxSim of query tokens (float32[q, d], weights float32[q]) with each passage of `rows`: float32[len(rows)]."""
        if len(rows) == 0 or len(query) == 0:
            return np.zeros(len(rows), np.float32)
        lengths = self._starts[rows + 1] - self._starts[rows]
        picked = np.repeat(self._starts[rows] - np.cumsum(lengths) + lengths, lengths) + np.arange(lengths.sum())
        vectors = self._vectors[picked].astype(np.float32)
        similarity = (query @ vectors.T) * self._scales[picked].astype(np.float32)
        found = np.zeros(len(rows), np.float32)
        filled = lengths > 0
        if filled.any():
            starts = (np.cumsum(lengths) - lengths)[filled]
            best = np.maximum.reduceat(similarity, starts, axis=1)
            found[filled] = (weights / weights.sum()) @ best
        return found
