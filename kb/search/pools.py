"""Retrieval and scoring within one language: dense and lexical candidates, then late interaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from kb.encoding.protocol import Encoded
from kb.index.snapshot import LanguageIndex
from kb.search.fusion import Weights, relative, standardised

Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]

MAX_QUERY_TOKENS = 64
"""Late interaction compares at most so many tokens of a query, the rarest ones: pasted pages stay affordable."""


@dataclass(frozen=True)
class Question:
    """A query made ready: its encoding, the weight of each of its tokens, and its stems per language."""

    text: str
    lang: str
    encoded: Encoded
    rarity: Floats
    words: Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class Pool:
    """Scored candidates of one language. All arrays have one entry a candidate passage."""

    index: LanguageIndex
    rows: Rows
    items: npt.NDArray[np.int32]
    dense: Floats
    late: Floats
    lexical: Floats
    scores: Floats

    @cached_property
    def best_rows(self) -> dict[int, int]:
        """Item number to the position (in the arrays) of its best passage."""
        best: dict[int, int] = {}
        for position in np.argsort(-self.scores, kind="stable"):
            best.setdefault(int(self.items[position]), int(position))
        return best


def retrieve(
    index: LanguageIndex,
    question: Question,
    weights: Weights,
    allowed: npt.NDArray[np.bool_] | None,
    filters: Mapping[str, Sequence[str]],
) -> tuple[Rows, Floats, Floats]:
    """Candidates of one language: rows, dense scores (0 where not among the nearest), BM25 scores (0 where none)."""
    dense_rows, dense = index.vectors.search(question.encoded.vector, weights.candidates, allowed)
    words = question.words.get(index.lang, {})
    word_rows, bm25 = index.lexical.search(words, weights.candidates, filters)
    rows = np.union1d(dense_rows, word_rows)
    dense_scores, word_scores = np.zeros(len(rows), np.float32), np.zeros(len(rows), np.float32)
    dense_scores[np.searchsorted(rows, dense_rows)] = dense
    word_scores[np.searchsorted(rows, word_rows)] = bm25
    return rows, dense_scores, word_scores


def scored_pool(
    index: LanguageIndex,
    question: Question,
    weights: Weights,
    allowed: npt.NDArray[np.bool_] | None,
    filters: Mapping[str, Sequence[str]],
) -> Pool:
    """The candidates of one language with all their scores."""
    rows, dense, lexical = retrieve(index, question, weights, allowed, filters)
    lacking = dense == 0
    dense[lacking] = index.vectors.vectors(rows[lacking]) @ question.encoded.vector
    late = late_interaction(index, question, rows)
    scores = (
        weights.dense * standardised(dense) + weights.late * standardised(late) + weights.lexical * relative(lexical)
    ).astype(np.float32)
    return Pool(index, rows, index.passages.item_of[rows], dense, late, lexical, scores)


def late_interaction(index: LanguageIndex, question: Question, rows: Rows) -> Floats:
    """MaxSim of the question's rarest tokens with each passage."""
    vectors, rarity = question.encoded.token_vectors, question.rarity
    if len(rarity) > MAX_QUERY_TOKENS:
        rarest = np.sort(np.argsort(-rarity, kind="stable")[:MAX_QUERY_TOKENS])
        vectors, rarity = vectors[rarest], rarity[rarest]
    return index.tokens.max_similarity(vectors, rarity, rows)
