"""The search engine: a question in, ranked and explained practices out."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt

from kb.encoding.protocol import Encoded, QueryEncoder
from kb.errors import NotFoundError
from kb.index.passages import Item
from kb.index.snapshot import LanguageIndex, Snapshot
from kb.search import expansion, facets
from kb.search.facets import FacetCounts
from kb.search.fusion import Weights, by_item, merge_pools
from kb.search.language import detect_language
from kb.search.pools import Pool, Question, retrieve, scored_pool
from kb.search.request import Filters, SearchRequest
from kb.search.snippets import Snippet, snippet
from kb.search.sorting import in_order

_K = TypeVar("_K")
_V = TypeVar("_V")


@dataclass(frozen=True)
class Explanation:
    """Why a hit is a hit: scores of its best passage, where it stands, and the words that met."""

    dense: float
    late: float
    lexical: float
    found_in: str
    section: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class Hit:
    """One result: an item and the passage that answers, in the reader's language where there is one."""

    item: Item
    score: float
    snippet: Snippet
    explanation: Explanation


@dataclass(frozen=True)
class SearchResponse:
    """A page of hits, the number of all hits, and how many of them have each term."""

    request: SearchRequest
    hits: tuple[Hit, ...]
    total: int
    facets: FacetCounts = field(default_factory=dict)
    generation: str = ""


class SearchEngine:
    """Answers questions from one snapshot. Safe to call from several threads at once.

    Example:
        engine = SearchEngine(open_snapshot(Layout(settings.index)), encoder)
        engine.search(search_request("apoyo psicosocial para la niñez", lang="es")).hits[0].item.id
    """

    def __init__(
        self,
        snapshot: Snapshot,
        encoder: QueryEncoder,
        weights: Weights | None = None,
        cache_size: int = 2048,
    ) -> None:
        self.snapshot = snapshot
        self.encoder = encoder
        self.weights = weights or Weights()
        self._encodings: _Cache[str, Encoded] = _Cache(cache_size)
        self._answers: _Cache[tuple[object, ...], SearchResponse] = _Cache(cache_size)

    def search(self, request: SearchRequest) -> SearchResponse:
        """The answer to a request."""
        key = request.key()
        known = self._answers.get(key)
        if known is None:
            known = self._answer(request)
            self._answers.put(key, known)
        return known

    def ranking(self, request: SearchRequest) -> list[tuple[str, float]]:
        """Ids and scores of all hits, best first, without snippets or facets: what evaluation needs."""
        question = self._question(request)
        scores = self._scores(self._pools(question, request.filters, request.passages_in))
        return [(self.snapshot.items[number].id, score) for number, score in scores]

    def known_words(self, text: str) -> dict[str, int]:
        """How many of a text's stems stand anywhere in the content of each language."""
        found = {}
        for lang, index in self.snapshot.languages.items():
            found[lang] = sum(index.lexical.frequency(word) > 0 for word in index.lexical.words(text))
        return found

    def similar(self, item_id: str, limit: int = 5) -> list[tuple[Item, float]]:
        """Items nearest to one, with the cosine of their mean passage vectors; those of other countries come first.

        Raises:
            NotFoundError: no such item.
        """
        position = self.snapshot.positions.get(item_id)
        if position is None:
            raise NotFoundError(f"There is no practice {item_id!r}.")
        vectors = self._item_vectors()
        closeness = vectors @ vectors[position]
        closeness[position] = -1
        order = np.argsort(-closeness, kind="stable")[: limit * 3]
        own = set(self.snapshot.items[position].facets.get("country", ()))
        nearest = [(self.snapshot.items[number], float(closeness[number])) for number in order if number != position]
        # Peers learn from each other: what another State does comes before what one's own does.
        nearest.sort(key=lambda pair: bool(own & set(pair[0].facets.get("country", ()))))
        return nearest[:limit]

    def _answer(self, request: SearchRequest) -> SearchResponse:
        question = self._question(request)
        pools = self._pools(question, request.filters, request.passages_in)
        scores = in_order(self._scores(pools), request.sort, self.snapshot.items)
        first = (request.page - 1) * request.page_size
        shown = scores[first : first + request.page_size]
        hits = tuple(self._hit(number, score, pools, question, request.lang) for number, score in shown)
        found = self._facets(question, request, [number for number, _ in scores])
        return SearchResponse(request, hits, len(scores), found, self.snapshot.generation)

    def _question(self, request: SearchRequest) -> Question:
        lang = detect_language(request.query, request.lang, self.known_words(request.query))
        meanings = expansion.meanings(request.query)
        encoded = self._encoded(expansion.spelled_out(request.query, meanings, lang))
        words: dict[str, dict[str, float]] = {}
        for index in self.snapshot.languages.values():
            typed = dict.fromkeys(index.lexical.words(request.query), 1.0) if index.lang == lang else {}
            meant = " ".join(meaning.words[index.lang] for meaning in meanings)
            words[index.lang] = dict.fromkeys(index.lexical.words(meant), expansion.WEIGHT) | typed
        return Question(request.query, lang, encoded, self.encoder.token_rarity(encoded.token_ids), words)

    def _encoded(self, text: str) -> Encoded:
        encoded = self._encodings.get(text)
        if encoded is None:
            encoded = self.encoder.encode_query(text)
            self._encodings.put(text, encoded)
        return encoded

    def _searched(self, passages_in: str) -> list[LanguageIndex]:
        return [index for index in self.snapshot.languages.values() if passages_in in ("", index.lang)]

    def _allowed(self, index: LanguageIndex, filters: Filters) -> npt.NDArray[np.bool_] | None:
        if not filters:
            return None
        allowed: npt.NDArray[np.bool_] = facets.allowed_items(self.snapshot.items, filters)[index.passages.item_of]
        return allowed

    def _pools(self, question: Question, filters: Filters, passages_in: str) -> list[Pool]:
        return [
            scored_pool(index, question, self.weights, self._allowed(index, filters), filters)
            for index in self._searched(passages_in)
        ]

    def _scores(self, pools: list[Pool]) -> list[tuple[int, float]]:
        merged = merge_pools(
            [by_item(pool.items, pool.scores, self.weights.second) for pool in pools], self.weights.other_pool
        )
        return sorted(merged.items(), key=lambda pair: (-pair[1], pair[0]))

    def _facets(self, question: Question, request: SearchRequest, found: list[int]) -> FacetCounts:
        """Counts among the hits; a facet that is filtered is counted without its own filter."""
        counted = facets.counts(self.snapshot.items[number] for number in found)
        for facet in request.filters:
            others = {key: terms for key, terms in request.filters.items() if key != facet}
            numbers: set[int] = set()
            for index in self._searched(request.passages_in):
                rows, _, _ = retrieve(index, question, self.weights, self._allowed(index, others), others)
                numbers.update(index.passages.item_of[rows].tolist())
            counted[facet] = facets.counts((self.snapshot.items[n] for n in numbers), (facet,))[facet]
        return counted

    def _hit(self, number: int, score: float, pools: list[Pool], question: Question, reader: str) -> Hit:
        item = self.snapshot.items[number]
        found = [(pool, position) for pool in pools if (position := pool.best_rows.get(number)) is not None]
        pool, position = max(found, key=lambda pair: float(pair[0].scores[pair[1]]))
        index, row = self._shown(number, pool, int(pool.rows[position]), question, reader)
        shown = snippet(index, row, question)
        explanation = Explanation(
            dense=round(float(pool.dense[position]), 4),
            late=round(float(pool.late[position]), 4),
            lexical=round(float(pool.lexical[position]), 4),
            found_in=pool.index.lang,
            section=index.passages.section(row),
            words=shown.words,
        )
        return Hit(item, round(score, 4), shown, explanation)

    def _shown(self, number: int, pool: Pool, row: int, question: Question, reader: str) -> tuple[LanguageIndex, int]:
        """The passage to show: in the reader's language where the item has one, and an answer, not a question."""
        index = self.snapshot.languages.get(reader, pool.index)
        rows = _rows_of(index, number)
        if not len(rows):
            index, rows = pool.index, _rows_of(pool.index, number)
        answers = np.array([r for r in rows.tolist() if index.passages.section(r) != "question"], np.int64)
        if not len(answers):
            return pool.index, row
        closeness = index.vectors.vectors(answers) @ question.encoded.vector
        return index, int(answers[int(closeness.argmax())])

    def _item_vectors(self) -> npt.NDArray[np.float32]:
        """float32[items, d]: mean of each item's passage vectors over all languages, unit length."""
        if self._means is None:
            self._means = _mean_vectors(self.snapshot)
        return self._means

    _means: npt.NDArray[np.float32] | None = None


def _rows_of(index: LanguageIndex, number: int) -> npt.NDArray[np.int64]:
    """Rows of an item: passages are written item by item, so they stand together."""
    first, last = np.searchsorted(index.passages.item_of, [number, number + 1])
    return np.arange(first, last, dtype=np.int64)


def _mean_vectors(snapshot: Snapshot) -> npt.NDArray[np.float32]:
    dimension = int(str(snapshot.manifest.encoder["dimension"]))
    means = np.zeros((len(snapshot.items), dimension), np.float32)
    for index in snapshot.languages.values():
        rows = np.arange(len(index.passages), dtype=np.int64)
        np.add.at(means, index.passages.item_of, index.vectors.vectors(rows))
    lengths = np.linalg.norm(means, axis=1, keepdims=True)
    unit: npt.NDArray[np.float32] = means / np.maximum(lengths, 1e-9)
    return unit


class _Cache(Generic[_K, _V]):
    """The most recently used `size` values."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._values: OrderedDict[_K, _V] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: _K) -> _V | None:
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
            return self._values.get(key)

    def put(self, key: _K, value: _V) -> None:
        with self._lock:
            self._values[key] = value
            while len(self._values) > self._size:
                self._values.popitem(last=False)
