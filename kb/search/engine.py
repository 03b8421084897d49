"""The search engine: a question in, ranked and explained practices out."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from threading import Semaphore

import numpy as np
import numpy.typing as npt

from kb.content.language import detect_language
from kb.encoding.protocol import Encoded, QueryEncoder
from kb.index.passages import Item
from kb.index.snapshot import LanguageIndex, Snapshot
from kb.search import expansion
from kb.search.answer import Explanation, Hit, SearchResponse
from kb.search.cache import Cache
from kb.search.confidence import Evidence, evidence, matches_well
from kb.search.facets import FacetCounts, FacetTable
from kb.search.fusion import Weights, merge_pools, with_neighbours
from kb.search.mentions import Mentions
from kb.search.pools import Candidates, Pool, Question, compare, retrieve
from kb.search.recognition import Recognised, recognise
from kb.search.request import Filters, SearchRequest
from kb.search.shown import Place, Shown
from kb.search.similar import similar
from kb.search.snippets import Snippet, Snippets
from kb.search.sorting import in_order
from kb.search.spelling import Correction, as_texts_say, correct

_LISTED = 1000
"""With filters that let more items through, only what was retrieved is listed."""


@dataclass(frozen=True)
class _Reading:
    """How a query was understood."""

    question: Question
    corrections: tuple[Correction, ...]
    recognised: tuple[Recognised, ...]


@dataclass(frozen=True)
class _Found:
    """Everything that was retrieved, and in which order it stands."""

    candidates: list[Candidates]
    pools: list[Pool]
    ranking: list[tuple[int, float]]


class SearchEngine:
    """Answers questions from one snapshot. Safe to call from several threads at once.

    Args:
        snapshot: what is searched.
        encoder: the one that the snapshot was built with.
        weights: parameters of the ranking.
        cache_size: answers, and encoded questions, that are remembered.
        at_once: questions that are computed at the same time; more wait for their turn, which serves all of them sooner than
            taking memory and processor from one another. By default there is no such limit.

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
        at_once: int | None = None,
    ) -> None:
        self.snapshot = snapshot
        self.encoder = encoder
        self.weights = weights or Weights()
        self.facets = FacetTable(snapshot.items)
        self._held = frozenset(pair for item in snapshot.items for pair in item.terms)
        self._languages = ThreadPoolExecutor(thread_name_prefix="language")
        self.mentions = Mentions(snapshot.documents)
        self._shown = Shown()
        self._snippets = Snippets()
        self._turn: AbstractContextManager[object] = Semaphore(at_once) if at_once else nullcontext()
        self._encodings: Cache[str, Encoded] = Cache(cache_size)
        self._answers: Cache[tuple[object, ...], SearchResponse] = Cache(cache_size)

    def search(self, request: SearchRequest) -> SearchResponse:
        """The answer to a request."""
        return self.look_up(request)[0]

    def look_up(self, request: SearchRequest) -> tuple[SearchResponse, bool]:
        """The answer to a request, and whether it was remembered from an earlier one."""
        key = request.key()
        known = self._answers.get(key)
        if known is not None:
            return known, True
        with self._turn:
            known = self._answers.get(key)  # somebody may have asked the same while this one waited
            answer = known or self._answer(request)
            self._answers.put(key, answer)
        return answer, known is not None

    def ranking(self, request: SearchRequest) -> list[tuple[str, float]]:
        """Ids and scores of all hits, best first, without snippets or facets: what evaluation needs."""
        reading = self._read(request, _Clock())
        found = self._find(reading, request, _Clock())
        return [(self.snapshot.items[number].id, score) for number, score in found.ranking]

    def evidence(self, request: SearchRequest) -> Evidence | None:
        """The figures by which a query is taken for answerable, see `kb.search.confidence`."""
        reading = self._read(request, _Clock())
        found = self._find(reading, request, _Clock())
        return evidence(reading.question, found.candidates, self.snapshot.languages)

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
        return similar(self.snapshot, item_id, limit)

    def nearest(self, vectors: Mapping[str, npt.NDArray[np.float32]], limit: int = 5) -> list[tuple[Item, float]]:
        """Items nearest to a text, with the cosine of the mean passage vectors.

        Args:
            vectors: of the text's passages, float32[n, d], for each language.
            limit: how many.
        """
        near = self.snapshot.neighbours
        closeness = near.vectors.astype(np.float32) @ near.placed(vectors)
        order = np.argsort(-closeness, kind="stable")[:limit]
        return [(self.snapshot.items[number], float(closeness[number])) for number in order]

    def _answer(self, request: SearchRequest) -> SearchResponse:
        clock = _Clock()
        reading = self._read(request, clock)
        found = self._find(reading, request, clock)
        with clock.stage("show"):
            first = (request.page - 1) * request.page_size
            shown = found.ranking[first : first + request.page_size]
            hits = self._hits(shown, found, reading, request.lang)
            facets = self._facets(reading.question, request, [number for number, _ in found.ranking])
        return SearchResponse(
            request,
            hits,
            len(found.ranking),
            facets,
            self.snapshot.generation,
            matches_well(evidence(reading.question, found.candidates, self.snapshot.languages)),
            reading.corrections,
            reading.recognised,
            clock.milliseconds,
        )

    def _read(self, request: SearchRequest, clock: _Clock) -> _Reading:
        with clock.stage("read"):
            lang = detect_language(request.query, request.lang, self.known_words(request.query))
            query, corrections = request.query, tuple[Correction, ...]()
            if not request.as_typed:
                query, said = as_texts_say(query, lang)
                query, slips = correct(query, lang, self.snapshot.languages, self.encoder)
                corrections = said + slips
            meanings = expansion.meanings(query)
        with clock.stage("encode"):
            encoded = self._encoded(expansion.spelled_out(query, meanings, lang))
        words = expansion.words(query, lang, meanings, self.snapshot)
        rarity = self.encoder.token_rarity(encoded.token_ids)
        indexes = self.snapshot.languages.values()
        closeness = {index.lang: index.vectors.closeness_to(encoded.vector) for index in indexes}
        meant = expansion.in_words(query, lang)
        question = Question(query, meant, lang, encoded, rarity, words, closeness)
        return _Reading(question, corrections, recognise(query, request.set_aside, self._held))

    def _encoded(self, text: str) -> Encoded:
        encoded = self._encodings.get(text)
        if encoded is None:
            encoded = self.encoder.encode_query(text)
            self._encodings.put(text, encoded)
        return encoded

    def _find(self, reading: _Reading, request: SearchRequest, clock: _Clock) -> _Found:
        weights, question = self.weights, reading.question
        with clock.stage("retrieve"):
            candidates = self._candidates(question, request.filters, request.passages_in)
            best = [found.best_items(weights.items) for found in candidates]
            items = np.unique(np.concatenate(best)) if best else np.empty(0, np.int64)
        with clock.stage("compare"):
            pools = [compare(found, items, question, weights) for found in candidates]
        with clock.stage("rank"):
            ranking = self._ranking(candidates, pools, reading, request.filters)
            ranking = in_order(ranking, request.sort, self.snapshot.items)
        return _Found(candidates, pools, ranking)

    def _candidates(self, question: Question, filters: Filters, passages_in: str) -> list[Candidates]:
        def candidates(index: LanguageIndex) -> Candidates:
            return retrieve(index, question, self.weights, self._allowed(index, filters), filters)

        searched = [index for index in self.snapshot.languages.values() if passages_in in ("", index.lang)]
        if all(index.vectors.is_exact for index in searched):
            return [candidates(index) for index in searched]
        # Many passages, or a database: languages are searched at the same time. Few are sooner searched than handed over.
        return list(self._languages.map(candidates, searched))

    def _allowed(self, index: LanguageIndex, filters: Filters) -> npt.NDArray[np.bool_] | None:
        return self.facets.allowed(filters)[index.passages.item_of] if filters else None

    def _ranking(
        self, candidates: Sequence[Candidates], pools: Sequence[Pool], reading: _Reading, filters: Filters
    ) -> list[tuple[int, float]]:
        """Items that were compared, best first, then the others that were found."""
        own = self.weights.own
        lang = reading.question.lang
        merged = merge_pools([(p.items, p.scores, own if p.index.lang == lang else 1 - own) for p in pools])
        near = self.snapshot.neighbours
        scores = with_neighbours(merged, near.near, near.closeness, self.weights.neighbours)
        wanted = {(one.facet, one.term) for one in reading.recognised if one.facet == "country"}
        if wanted:
            for number in scores:
                scores[number] += self.weights.place * bool(wanted.intersection(self.snapshot.items[number].terms))
        compared = sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))
        least = compared[-1][1] if compared else 0.0
        rest = [number for number in self._listed(candidates, filters) if number not in scores]
        return [*compared, *((number, least - 0.01 * place) for place, number in enumerate(rest, start=1))]

    def _listed(self, candidates: Sequence[Candidates], filters: Filters) -> list[int]:
        """All items of an answer: what was retrieved; with filters also what else passes them, so that none is missed."""
        found = [number for one in candidates for number in one.best_items(len(self.snapshot.items)).tolist()]
        passing = np.flatnonzero(self.facets.allowed(filters)) if filters else np.empty(0, np.int64)
        if len(passing) <= _LISTED:
            held = [one.index.passages.item_of for one in candidates]
            found += [number for number in passing.tolist() if any(_holds(items, number) for items in held)]
        return list(dict.fromkeys(found))

    def _facets(self, question: Question, request: SearchRequest, found: Sequence[int]) -> FacetCounts:
        """Counts among the hits; a facet that is filtered is counted without its own filter."""
        counted = self.facets.counts(found)
        for facet in request.filters:
            others = {key: terms for key, terms in request.filters.items() if key != facet}
            candidates = self._candidates(question, others, request.passages_in)
            counted[facet] = self.facets.counts(self._listed(candidates, others), (facet,))[facet]
        return counted

    def _pools_of(self, found: _Found, numbers: Sequence[int], question: Question) -> list[Pool]:
        """Pools that hold the items of a page; on late pages they were not compared yet."""
        compared = {int(number) for pool in found.pools for number in pool.items}
        missing = np.array(sorted(number for number in numbers if number not in compared), np.int64)
        if not len(missing):
            return found.pools
        more = [compare(candidates, missing, question, self.weights) for candidates in found.candidates]
        return [*found.pools, *more]

    def _hits(self, shown: Sequence[tuple[int, float]], found: _Found, reading: _Reading, lang: str) -> tuple[Hit, ...]:
        """The hits of a page, each with what its best passage scored and the passage that answers in the reader's language."""
        numbers = [number for number, _ in shown]
        pools = self._pools_of(found, numbers, reading.question)
        best = [_best_of(number, pools) for number in numbers]
        places = [(pool.index, int(pool.rows[at])) for pool, at in best]
        passages = self._shown.of(numbers, places, reading.question, self.snapshot.languages.get(lang))
        snippets = self._snippets_of(passages, reading.question)
        return tuple(
            Hit(
                self.snapshot.items[number],
                round(score, 4),
                snippets[index.lang, row],
                Explanation(
                    dense=round(float(pool.dense[at]), 4),
                    late=round(float(pool.late[at]), 4),
                    lexical=round(float(pool.lexical[at]), 4),
                    found_in=pool.index.lang,
                    section=index.passages.section(row),
                    words=snippets[index.lang, row].words,
                ),
            )
            for (number, score), (pool, at), (index, row) in zip(shown, best, passages, strict=True)
        )

    def _snippets_of(self, passages: Sequence[Place], question: Question) -> dict[tuple[str, int], Snippet]:
        made: dict[tuple[str, int], Snippet] = {}
        for lang, index in self.snapshot.languages.items():
            rows = [row for other, row in passages if other is index]
            snippets = self._snippets.of(index, rows, question) if rows else []
            made.update(zip([(lang, row) for row in rows], snippets, strict=True))
        return made


def _best_of(number: int, pools: Sequence[Pool]) -> tuple[Pool, int]:
    """The pool in which an item stands best, and the position of its best passage among the pool's rows."""
    placed = [(pool, int(np.searchsorted(pool.items, number))) for pool in pools]
    holding = [(pool, at) for pool, at in placed if at < len(pool.items) and pool.items[at] == number]
    pool, at = max(holding, key=lambda pair: float(pair[0].scores[pair[1]]))
    return pool, int(pool.best[at])


def _holds(items: npt.NDArray[np.int32], number: int) -> bool:
    """Whether an item has a passage; `items` are the item numbers of passages, ascending."""
    at = int(np.searchsorted(items, number))
    return at < len(items) and int(items[at]) == number


class _Clock:
    """Milliseconds of each stage."""

    def __init__(self) -> None:
        self.milliseconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        started = time.perf_counter()
        yield
        self.milliseconds[name] = round((time.perf_counter() - started) * 1000, 3)
