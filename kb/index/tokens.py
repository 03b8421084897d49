"""Token vectors of all passages, for late interaction.

For each query token the best cosine over the passage's tokens, averaged with weights: the MaxSim operator of ColBERT
(Khattab and Zaharia, 2020, arXiv:2004.12832). Stored as int8 with a scale for each token and mapped from disk, so that only
the candidates are read.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
from numpy.lib.format import open_memmap

from kb.index.layout import LanguageLayout
from kb.index.products import Scales, Vectors, products

Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]
Quantised = tuple[npt.NDArray[np.int8], npt.NDArray[np.float16]]


def quantise(vectors: Floats) -> Quantised:
    """float32[t, d] to int8[t, d] and the scale float16[t] that brings it back: vector = int8 * scale."""
    largest = np.abs(vectors).max(axis=1, initial=0.0) if len(vectors) else np.empty(0, np.float32)
    scale = np.maximum(largest / 127.0, 1e-6).astype(np.float16)
    return np.rint(vectors / scale[:, None].astype(np.float32)).clip(-127, 127).astype(np.int8), scale


@dataclass(frozen=True)
class PassageTokens:
    """The tokens of one passage, t of them.

    Attributes:
        vectors: int8[t, d]; times `scales` they are the encoder's token vectors.
        scales: float16[t].
        offsets: uint16[t, 2], first character and one past the last of each token in the passage's full text.
    """

    vectors: npt.NDArray[np.int8]
    scales: npt.NDArray[np.float16]
    offsets: npt.NDArray[np.uint16]

    def behind(self, character: int) -> PassageTokens:
        """Only the tokens that end behind a character of the passage's full text."""
        kept = self.offsets[:, 1] > character
        return PassageTokens(self.vectors[kept], self.scales[kept], self.offsets[kept])


class TokenIndex(Protocol):
    """The token vectors of one language, by passage row."""

    def of(self, rows: Sequence[int]) -> list[PassageTokens]:
        """The tokens of some passages."""
        ...

    def max_similarity(self, query: Floats, weights: Floats, rows: Rows) -> Floats:
        """MaxSim of query tokens (float32[q, d], weights float32[q]) with each passage of `rows`: float32[len(rows)]."""
        ...


class TokenVectors:
    """Token vectors in two files, mapped."""

    def __init__(self, layout: LanguageLayout) -> None:
        index = np.load(layout.token_index)
        self._starts: npt.NDArray[np.int64] = index["starts"]
        self._scales: npt.NDArray[np.float16] = index["scales"]
        self._offsets: npt.NDArray[np.uint16] = index["offsets"]
        # A plain array over the map: numpy's own class for maps takes three times as long to cut.
        self._vectors: npt.NDArray[np.int8] = np.asarray(np.load(layout.tokens, mmap_mode="r"))

    @staticmethod
    def build(layout: LanguageLayout, passages: Sequence[PassageTokens], dimension: int) -> None:
        """Writes the tokens of passages in row order."""
        starts = np.cumsum([0, *(len(passage.scales) for passage in passages)], dtype=np.int64)
        vectors = open_memmap(layout.tokens, mode="w+", dtype=np.int8, shape=(int(starts[-1]), dimension))
        with layout.tokens.open(
            "r+b"
        ) as file:  # a full disk is an error here; while writing to the map it would kill us
            os.posix_fallocate(file.fileno(), 0, max(1, file.seek(0, os.SEEK_END)))
        for start, passage in zip(starts, passages, strict=False):
            vectors[start : start + len(passage.scales)] = passage.vectors
        vectors.flush()
        np.savez(
            layout.token_index,
            starts=starts,
            scales=np.concatenate([passage.scales for passage in passages]),
            offsets=np.concatenate([passage.offsets for passage in passages]),
        )

    def passage(self, row: int) -> PassageTokens:
        """The tokens of one passage as they are kept."""
        span = slice(int(self._starts[row]), int(self._starts[row + 1]))
        return PassageTokens(self._vectors[span], self._scales[span], self._offsets[span])

    def of(self, rows: Sequence[int]) -> list[PassageTokens]:
        return [self.passage(row) for row in rows]

    def max_similarity(self, query: Floats, weights: Floats, rows: Rows) -> Floats:
        spans = [
            slice(*span) for span in zip(self._starts[rows].tolist(), self._starts[rows + 1].tolist(), strict=True)
        ]
        found = [self._vectors[span] for span in spans]
        return max_similarities(found, [self._scales[span] for span in spans], query, weights)


def max_similarities(passages: Vectors, scales: Scales, query: Floats, weights: Floats) -> Floats:
    """MaxSim of query tokens with each of several passages: float32[n].

    Args:
        passages: int8[t, d] each, their tokens.
        scales: float16[t] each, their tokens' scales.
        query: float32[q, d].
        weights: float32[q], of the query's tokens.
    """
    lengths = np.array([len(tokens) for tokens in passages], np.int64)
    found, filled = np.zeros(len(lengths), np.float32), lengths > 0
    total = float(weights.sum())
    if not filled.any() or total <= 0:  # nothing asked, or nothing but marks of the tokenizer, which say nothing
        return found
    starts = (np.cumsum(lengths) - lengths)[filled]
    best = np.maximum.reduceat(products(passages, scales, query), starts, axis=0)
    found[filled] = best @ (weights / total)
    return found
