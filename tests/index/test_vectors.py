"""The dense side, exact and approximate, over passages of a few thousand synthetic vectors that cluster like real ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from benchmarks.synthetic import SyntheticEncoder, items, passages, questions
from kb.index.build import build_snapshot
from kb.index.layout import Layout
from kb.index.snapshot import open_snapshot
from kb.index.vectors import RECALL, FaissIndex, Only
from kb.search.engine import SearchEngine
from kb.search.request import search_request

Floats = npt.NDArray[np.float32]


@pytest.fixture(scope="module")
def vectors() -> Floats:
    encoder = SyntheticEncoder()
    return np.stack([encoder.vector(passage.text) for passage in passages(items(6000))])


@pytest.fixture(scope="module")
def asked() -> Floats:
    encoder = SyntheticEncoder()
    texts = questions(passage.text for passage in list(passages(items(6000)))[::100])
    return np.stack([encoder.vector(text) for text in texts])


@pytest.fixture(scope="module")
def approximate(vectors: Floats, tmp_path_factory: pytest.TempPathFactory) -> FaissIndex:
    path = tmp_path_factory.mktemp("lists") / "vectors.faiss"
    assert RECALL <= FaissIndex.build(path, vectors, exact_up_to=1000) <= 1.0
    return FaissIndex(path)


def _true(vectors: Floats, query: Floats, allowed: npt.NDArray[np.bool_]) -> set[int]:
    scores = np.where(allowed, vectors @ query, -2)
    return set(np.argsort(-scores)[:10].tolist())


def test_few_vectors_are_all_compared(vectors: Floats, asked: Floats, tmp_path: Path) -> None:
    assert FaissIndex.build(tmp_path / "vectors.faiss", vectors) == 1.0
    index = FaissIndex(tmp_path / "vectors.faiss")
    for query in asked:
        assert set(index.closeness_to(query).nearest(10)[0].tolist()) == _true(
            vectors, query, np.ones(len(vectors), np.bool_)
        )


def test_questions_find_nearly_all_of_their_neighbours_in_an_index_of_lists(
    approximate: FaissIndex, vectors: Floats, asked: Floats
) -> None:
    everything = np.ones(len(vectors), np.bool_)
    found = [set(approximate.closeness_to(query).nearest(10)[0].tolist()) for query in asked]
    shares = [len(here & _true(vectors, query, everything)) / 10 for here, query in zip(found, asked, strict=True)]
    assert np.mean(shares) >= 0.95


@pytest.mark.parametrize("share", [0.3, 0.02, 0.002])
def test_filters_are_applied_before_ranking_however_few_they_let_through(
    approximate: FaissIndex, vectors: Floats, asked: Floats, share: float
) -> None:
    allowed = np.random.default_rng(5).random(len(vectors)) < share
    wanted = min(10, int(allowed.sum()))
    shares = []
    for query in asked:
        rows, scores = approximate.closeness_to(query).nearest(wanted, Only(allowed, {}))
        assert len(rows) == wanted
        assert allowed[rows].all()
        assert (np.diff(scores) <= 0).all()
        shares.append(len(set(rows.tolist()) & _true(vectors, query, allowed)) / wanted)
    assert np.mean(shares) >= 0.95


def test_vectors_come_back_by_row_and_agree_with_the_scores(
    approximate: FaissIndex, vectors: Floats, asked: Floats
) -> None:
    closeness = approximate.closeness_to(asked[0])
    rows, scores = closeness.nearest(50)
    assert np.allclose(closeness.of(rows), scores, atol=1e-4)
    assert np.abs(approximate.all() - vectors).max() < 0.01
    assert len(closeness.of(np.empty(0, np.int64))) == 0


def test_a_snapshot_of_many_passages_tells_its_recall_and_answers_as_an_exact_one_does(tmp_path: Path) -> None:
    content = items(2000)
    texts = list(passages(content))
    engines = {}
    for kind, most in (("exact", 10_000), ("lists", 500)):
        layout = Layout(tmp_path / kind)
        encoder = SyntheticEncoder(100)
        build_snapshot(layout, content, texts, encoder, cache=tmp_path / "cache", exact_up_to=most)
        engines[kind] = SearchEngine(open_snapshot(layout), SyntheticEncoder(), cache_size=0)
    assert dict(engines["exact"].snapshot.manifest.recall) == {"en": 1.0, "es": 1.0}
    assert all(RECALL <= found <= 1 for found in engines["lists"].snapshot.manifest.recall.values())
    for question in questions(passage.text for passage in texts[::200]):
        for filters in ({}, {"country": ["HN"]}):
            request = search_request(question, "en", filters=filters)
            exact, lists = (engines[kind].search(request) for kind in ("exact", "lists"))
            assert exact.hits[0].item.id == lists.hits[0].item.id
            assert all("HN" in hit.item.facets["country"] for hit in lists.hits if filters)
