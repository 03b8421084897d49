"""What the store answers is what the index on disk answers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from kb.search.engine import SearchEngine
from kb.search.evaluation import Evaluation, evaluate, load_judgements
from kb.search.request import search_request
from kb.store.bm25 import kept_length
from kb.store.connection import Query, Rows, Store
from tests.conftest import ROOT

QUERIES = ["apoyo psicosocial para la niñez", "work permits", "viviendaa abandonada", "regestration of births", "zzzz"]


def _quality(engine: SearchEngine) -> Evaluation:
    def rank(judgement):
        return [item for item, _ in engine.ranking(search_request(judgement.query, judgement.lang))]

    return evaluate(load_judgements(ROOT / "tests/judgments/dev.jsonl"), engine.snapshot.positions, rank)


def test_judged_queries_are_answered_as_well(engine: SearchEngine, stored_engine: SearchEngine) -> None:
    here, there = _quality(engine), _quality(stored_engine)
    assert here.queries == there.queries > 50
    assert there.overall["ndcg@10"] == pytest.approx(here.overall["ndcg@10"], abs=0.01)


@pytest.mark.parametrize("filters", [{}, {"country": ["GT", "HN"], "theme": ["health", "education"]}])
@pytest.mark.parametrize("lang", ["en", "es"])
@pytest.mark.parametrize("text", QUERIES)
def test_words_score_the_same(
    engine: SearchEngine, stored_engine: SearchEngine, text: str, lang: str, filters: dict[str, list[str]]
) -> None:
    here, there = (one.snapshot.languages[lang].lexical for one in (engine, stored_engine))
    words = {word: 1.0 + number / 2 for number, word in enumerate(here.words(text))}
    wanted = dict(zip(*(column.tolist() for column in here.search(words, 10_000, filters)), strict=True))
    found = dict(zip(*(column.tolist() for column in there.search(words, 10_000, filters)), strict=True))
    assert found == pytest.approx(wanted, rel=1e-4)
    assert {word: here.frequency(word) for word in words} == {word: there.frequency(word) for word in words}


@pytest.mark.parametrize("filters", [{}, {"country": ["SV"]}, {"theme": ["health"], "country": ["MX", "PA"]}])
def test_an_answer_is_the_same(
    engine: SearchEngine, stored_engine: SearchEngine, filters: dict[str, list[str]]
) -> None:
    request = search_request("atención a mujeres que huyen de la violencia", "es", filters=filters)
    here, there = engine.search(request), stored_engine.search(request)
    assert here.total == there.total > 0
    assert [(hit.item.id, hit.snippet) for hit in there.hits] == [(hit.item.id, hit.snippet) for hit in here.hits]
    assert there.facets == here.facets
    assert there.matches_well == here.matches_well


def test_a_search_asks_the_database_few_times(stored_engine: SearchEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between machines each time costs the way there and back; docs/scaling.md counts on this number."""
    asked = []
    rows = Store.rows

    def counted(self: Store, query: Query, values: Sequence[object] = ()) -> Rows:
        asked.append(query)
        return rows(self, query, values)

    monkeypatch.setattr(Store, "rows", counted)
    found = stored_engine.search(search_request("apoyo psicosocial para la niñez desplazada", "es", page_size=10))
    assert len(found.hits) == 10
    assert 5 < len(asked) <= 15


def test_passages_and_tokens_are_read_back(engine: SearchEngine, stored_engine: SearchEngine) -> None:
    for lang, here in engine.snapshot.languages.items():
        there = stored_engine.snapshot.languages[lang]
        last = len(here.passages) - 1
        some = [7, last, 0]
        assert there.passages.of(some) == here.passages.of(some)
        for wanted, found in zip(here.tokens.of(some), there.tokens.of(some), strict=True):
            for kind in ("vectors", "scales", "offsets"):
                np.testing.assert_array_equal(getattr(found, kind), getattr(wanted, kind))
        rows, query = np.array([9, 2, 40]), here.tokens.of([3])[0].vectors.astype(np.float32)
        weights = np.ones(len(query), np.float32)
        wanted = here.tokens.max_similarity(query, weights, rows)
        np.testing.assert_allclose(there.tokens.max_similarity(query, weights, rows), wanted, rtol=1e-5)


def test_lengths_are_kept_in_steps() -> None:
    assert [kept_length(length) for length in (0, 39, 41, 55, 57, 59, 60, 87, 88, 95, 96, 152, 167)] == [
        0, 39, 40, 54, 56, 56, 60, 84, 88, 88, 96, 152, 152,
    ]  # fmt: skip
