"""One language's passages, words, vectors and tokens, read from the store as they are asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from psycopg import sql
from rapidfuzz.distance import OSA

from kb.index.layout import LanguageLayout
from kb.index.lexical import Filters, LexicalIndex, letters_off
from kb.index.passages import Item
from kb.index.snapshot import Passages
from kb.index.tokens import PassageTokens, max_similarities
from kb.index.vectors import Only
from kb.store.connection import Query, Rows, Store
from kb.store.migrations import PARTITIONED, partition

Floats = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.int64]


class Part:
    """The tables of one language of one snapshot. They are named outright: where they are gone that is an error, not
    an empty answer."""

    def __init__(self, store: Store, number: int) -> None:
        self._store = store
        self.number = number
        self._tables = {table: partition(table, number) for table in PARTITIONED}

    def rows(self, query: Query, *values: object) -> Rows:
        """The answer to `query`, with `{passage}` and `{posting}` in it set to this part's tables."""
        if isinstance(query, str):
            query = sql.SQL(query).format(**self._tables)
        return self._store.rows(query, values)


class StoredPassages(Passages):
    """Passages whose texts stand in the store."""

    def __init__(self, part: Part, layout: LanguageLayout, lang: str, items: list[Item]) -> None:
        super().__init__(layout, lang, items)
        self._part = part

    def _read(self, rows: Sequence[int]) -> list[tuple[str, str]]:
        found = self._part.rows("SELECT row, context, text FROM {passage} WHERE row = ANY(%s)", list(rows))
        texts = {row: (context, text) for row, context, text in found}
        return [texts[row] for row in rows]


class StoredVectors:
    """The dense side: pgvector's HNSW index over inner products."""

    is_exact = False

    def __init__(self, part: Part) -> None:
        self._part = part

    def closeness_to(self, query: Floats) -> StoredCloseness:
        return StoredCloseness(self._part, query)


class StoredCloseness:
    """Asks the database for the inner products of one query."""

    def __init__(self, part: Part, query: Floats) -> None:
        self._part = part
        self._query = query

    def nearest(self, limit: int, only: Only | None = None) -> tuple[Numbers, Floats]:
        condition, values = _passes(only.filters if only else {})
        found = self._part.rows(
            f"SELECT row, -(vector <#> %s::vector) FROM {{passage}} {condition}"  # noqa: S608 - fixed words
            " ORDER BY vector <#> %s::vector LIMIT %s",
            self._query,
            *values,
            self._query,
            limit,
        )
        return _columns(found)

    def of(self, rows: Numbers) -> Floats:
        if len(rows) == 0:
            return np.empty(0, np.float32)
        found = self._part.rows(
            "SELECT row, -(vector <#> %s::vector) FROM {passage} WHERE row = ANY(%s) ORDER BY row",
            self._query,
            rows.tolist(),
        )
        there, products = _columns(found)
        return products[np.searchsorted(there, rows)]


class StoredWords(LexicalIndex):
    """The lexical side: BM25 as `kb.store.bm25` worked it out, summed by the database."""

    def __init__(self, part: Part, lang: str) -> None:
        super().__init__(lang)
        self._part = part
        self._frequencies: dict[str, int] = dict(
            part.rows("SELECT stem, passages FROM kb.stem WHERE part = %s", part.number)
        )

    def frequency(self, word: str) -> int:
        return self._frequencies.get(word, 0)

    def search(
        self, words: Mapping[str, float], limit: int, filters: Filters | None = None, fuzzy: bool = True
    ) -> tuple[Numbers, Floats]:
        asked = [one for number, word in enumerate(words) for one in self._asked(number, word, words[word], fuzzy)]
        if not asked:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        condition, values = _passes(filters or {})
        joined = f"JOIN {{passage}} USING (row) {condition}" if condition else ""
        found = self._part.rows(
            "WITH asked AS (SELECT * FROM unnest(%s::int[], %s::text[], %s::real[], %s::bool[])"  # noqa: S608
            " AS asked (word, stem, weight, typed)),"
            " met AS (SELECT row, word, max(CASE WHEN typed THEN weight * impact ELSE weight END) AS score"
            " FROM asked JOIN {posting} USING (stem) GROUP BY row, word)"
            f" SELECT row, sum(score)::real AS score FROM met {joined}"
            " GROUP BY row ORDER BY score DESC, row LIMIT %s",
            *(list(column) for column in zip(*asked, strict=True)),
            *values,
            limit,
        )
        return _columns(found)

    def _asked(self, number: int, word: str, weight: float, fuzzy: bool) -> list[tuple[int, str, float, bool]]:
        """The stems that a word stands for. One that was not typed counts as met, however rare it is."""
        if word in self._frequencies:
            return [(number, word, weight, True)]
        most = letters_off(word) if fuzzy else 0
        near = (
            [stem for stem in self._frequencies if OSA.distance(word, stem, score_cutoff=most) <= most] if most else []
        )
        return [(number, stem, weight, False) for stem in near]


class StoredTokens:
    """The token vectors, of the candidates only."""

    def __init__(self, part: Part, dimension: int) -> None:
        self._part = part
        self._dimension = dimension

    def of(self, rows: Sequence[int]) -> list[PassageTokens]:
        if not rows:
            return []
        found = self._part.rows("SELECT row, tokens, scales, offsets FROM {passage} WHERE row = ANY(%s)", list(rows))
        held = {row: self._tokens(*arrays) for row, *arrays in found}
        return [held[row] for row in rows]

    def max_similarity(self, query: Floats, weights: Floats, rows: Numbers) -> Floats:
        found = self.of(rows.tolist())
        return max_similarities([one.vectors for one in found], [one.scales for one in found], query, weights)

    def _tokens(self, vectors: bytes, scales: bytes, offsets: bytes) -> PassageTokens:
        return PassageTokens(
            np.frombuffer(vectors, np.int8).reshape(-1, self._dimension),
            np.frombuffer(scales, np.float16),
            np.frombuffer(offsets, np.uint16).reshape(-1, 2),
        )


def _passes(filters: Filters) -> tuple[str, list[object]]:
    """The condition that lets through what matches one term of every facet, and its values."""
    if not filters:
        return "", []
    values: list[object] = [[f"{facet}:{term}" for term in terms] for facet, terms in filters.items()]
    return "WHERE " + " AND ".join(["terms && %s::text[]"] * len(values)), values


def _columns(found: Rows) -> tuple[Numbers, Floats]:
    return np.array([row for row, _ in found], np.int64), np.array([score for _, score in found], np.float32)
