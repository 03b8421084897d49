"""Retrieval and scoring within one language: dense and lexical candidates, then late interaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kb.encoding.protocol import Encoded
from kb.index.snapshot import LanguageIndex
from kb.index.vectors import Closeness, Only
from kb.search.fusion import Weights, best_sums, best_two, by_item, relative, standardised

Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]

MAX_QUERY_TOKENS = 64
"""Late interaction compares at most so many tokens of a query, the rarest ones: pasted pages stay affordable."""

LEAST_RARITY = 6.0
"""Rarity below which a token is left out of late interaction: articles and commas meet in every passage."""

_WORDS_FIRST = 2.0
"""Weight of BM25 (as share of the best) beside the cosine's z-score when items are chosen for comparison."""


@dataclass(frozen=True)
class Question:
    """A query made ready: its encoding, the weight of each of its tokens, and for each language its stems and how close
    the passages' vectors are. `meant` is the text with its acronyms in words."""

    text: str
    meant: str
    lang: str
    encoded: Encoded
    rarity: Floats
    words: Mapping[str, Mapping[str, float]]
    closeness: Mapping[str, Closeness]


@dataclass(frozen=True)
class Candidates:
    """What retrieval found in one language. All arrays have one entry a passage, in the order of rows.

    `first` is the score by which items are chosen for comparison; `lexical` is 0 where no word met.
    """

    index: LanguageIndex
    rows: Rows
    dense: Floats
    lexical: Floats
    first: Floats
    mean: float
    spread: float

    @property
    def items(self) -> Rows:
        return self.index.passages.item_of[self.rows].astype(np.int64)

    def best_items(self, most: int) -> Rows:
        """The items with the best passages, at most `most`."""
        items, scores, _ = best_two(self.items, self.first, 0.0)
        return items[np.argsort(-scores, kind="stable")[:most]]

    def first_scores(self, dense: Floats, lexical: Floats) -> Floats:
        """The score of choice for any passages of this language."""
        best = np.float32(max(float(self.lexical.max(initial=0.0)), 1e-9))
        scores: Floats = (dense - np.float32(self.mean)) / np.float32(self.spread) + _WORDS_FIRST * lexical / best
        return scores


@dataclass(frozen=True)
class Pool:
    """The compared passages of one language (`rows` and the scores beside it), and the score of each item.

    `best` is, for each of `items`, the position of its best passage in `rows`.
    """

    index: LanguageIndex
    rows: Rows
    dense: Floats
    late: Floats
    lexical: Floats
    items: Rows
    scores: Floats
    best: Rows


def retrieve(
    index: LanguageIndex,
    question: Question,
    weights: Weights,
    allowed: npt.NDArray[np.bool_] | None,
    filters: Mapping[str, Sequence[str]],
) -> Candidates:
    """The nearest passages of one language and those with the best words."""
    only = Only(allowed, filters) if allowed is not None else None
    closeness = question.closeness[index.lang]
    dense_rows, dense_found = closeness.nearest(weights.candidates, only)
    words = question.words.get(index.lang, {})
    word_rows, bm25 = index.lexical.search(words, weights.candidates, filters)
    rows = np.union1d(dense_rows, word_rows)
    dense, lexical = np.full(len(rows), np.nan, np.float32), np.zeros(len(rows), np.float32)
    dense[np.searchsorted(rows, dense_rows)] = dense_found
    lexical[np.searchsorted(rows, word_rows)] = bm25
    lacking = np.isnan(dense)
    dense[lacking] = closeness.of(rows[lacking])
    mean, spread = (float(dense.mean()), max(float(dense.std()), 1e-6)) if len(rows) else (0.0, 1.0)
    found = Candidates(index, rows, dense, lexical, np.empty(0, np.float32), mean, spread)
    return Candidates(index, rows, dense, lexical, found.first_scores(dense, lexical), mean, spread)


def compare(candidates: Candidates, items: Rows, question: Question, weights: Weights) -> Pool:
    """Scores `items` by their best passages, token by token.

    Args:
        candidates: what was retrieved in this language.
        items: what to compare, found in this language or in another.
        question: the query.
        weights: parameters of the ranking.
    """
    index = candidates.index
    rows = index.passages.rows_of(items)
    dense = question.closeness[index.lang].of(rows)
    lexical = np.zeros(len(rows), np.float32)
    place = np.minimum(np.searchsorted(candidates.rows, rows), max(len(candidates.rows) - 1, 0))
    if len(candidates.rows):
        lexical = np.where(candidates.rows[place] == rows, candidates.lexical[place], np.float32(0))
    kept = _best_of_each(index.passages.item_of[rows], candidates.first_scores(dense, lexical), weights.passages)
    rows, dense, lexical = rows[kept], dense[kept], lexical[kept]
    late = late_interaction(index, question, rows)
    scores = (
        weights.dense * standardised(dense) + weights.late * standardised(late) + weights.lexical * relative(lexical)
    ).astype(np.float32)
    found, item_scores, best = best_two(index.passages.item_of[rows].astype(np.int64), scores, weights.second)
    item_scores = item_scores + weights.page * _page_scores(candidates, found, weights.page_passages)
    return Pool(index, rows, dense, late, lexical, found, standardised(item_scores), best)


def _best_of_each(items: npt.NDArray[np.int32], scores: Floats, most: int) -> Rows:
    """Positions of each item's `most` best passages."""
    order, first, counts = by_item(items, scores)
    place = np.arange(len(order)) - np.repeat(first, counts)
    return np.sort(order[place < most])


def _page_scores(candidates: Candidates, items: Rows, passages: int) -> Floats:
    """BM25 of whole items, as share of the best of all that were retrieved; 0 where no word met."""
    scores = np.zeros(len(items), np.float32)
    found, sums = best_sums(candidates.items, candidates.lexical, passages)
    if len(found):
        place = np.minimum(np.searchsorted(found, items), len(found) - 1)
        scores = np.where(found[place] == items, relative(sums)[place], np.float32(0))
    return scores


def late_interaction(index: LanguageIndex, question: Question, rows: Rows) -> Floats:
    """MaxSim of the question's rare tokens with each passage; of all its tokens where none is rare."""
    rarest = np.argsort(-question.rarity, kind="stable")[:MAX_QUERY_TOKENS]
    rare = rarest[question.rarity[rarest] >= LEAST_RARITY]
    compared = np.sort(rare if len(rare) else rarest)
    return index.tokens.max_similarity(question.encoded.token_vectors[compared], question.rarity[compared], rows)
