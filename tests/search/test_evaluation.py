"""Metrics against values worked out by hand, and judgements that cannot be read."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.errors import JudgementError
from kb.search.evaluation import METRICS, Judgement, evaluate, load_judgements, metrics


def test_ndcg_with_exponential_gain_by_hand() -> None:
    found = metrics(["b", "x", "a"], {"a": 2, "b": 1})
    expected = (1 / math.log2(2) + 3 / math.log2(4)) / (3 / math.log2(2) + 1 / math.log2(3))
    assert found["ndcg@10"] == pytest.approx(expected)
    assert (found["recall@10"], found["mrr@10"], found["hit@1"]) == (1.0, 1.0, 1.0)


def test_nothing_found_is_zero() -> None:
    assert set(metrics(["x"] * 10 + ["a"], {"a": 1}).values()) == {0.0}


def test_second_place() -> None:
    found = metrics(["x", "a"], {"a": 2, "b": 2})
    assert (found["recall@10"], found["mrr@10"], found["hit@1"]) == (0.5, 0.5, 0.0)


@given(
    st.permutations([f"p{n}" for n in range(14)]),
    st.dictionaries(st.sampled_from([f"p{n}" for n in range(14)]), st.integers(1, 2), min_size=1),
)
def test_metrics_lie_between_zero_and_one_and_the_ideal_ranking_is_best(
    ranking: list[str], grades: dict[str, int]
) -> None:
    ideal = metrics(sorted(ranking, key=lambda item: -grades.get(item, 0)), grades)
    for name, value in metrics(ranking, grades).items():
        assert 0 <= value <= ideal[name] + 1e-9 <= 1 + 2e-9


def test_what_the_content_does_not_hold_is_left_out_and_counted() -> None:
    judgements = [
        Judgement("1", "q", "en", "question", {"a": 2, "gone": 2}),
        Judgement("2", "q", "es", "none", {}),
        Judgement("3", "q", "es", "place", {"gone": 1}),
    ]
    found = evaluate(judgements, {"a", "b"}, lambda _: ["b", "a"])
    assert (found.queries, found.without_relevant, found.missing_items) == (1, 2, 1)
    assert found.overall["recall@10"] == 1.0
    assert set(found.by_lang) == {"en"}
    assert set(found.to_dict()["overall"]) == set(METRICS)  # type: ignore[call-overload]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "holds no judged query"),
        ("{", ":1: is not an object with id"),
        ('{"id": "1"}', ":1: is not an object with id"),
        ('\n{"id": "1", "query": "q", "lang": "xx", "kind": "k", "relevant": {}}', ":2: lang must be one of"),
    ],
)
def test_judgements_that_cannot_be_read_say_where(tmp_path: Path, content: str, message: str) -> None:
    file = tmp_path / "judged.jsonl"
    file.write_text(content)
    with pytest.raises(JudgementError, match=message):
        load_judgements(file)
