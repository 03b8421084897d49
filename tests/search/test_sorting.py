"""Other orders than relevance."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from kb.index.passages import Item
from kb.search.engine import SearchEngine
from kb.search.request import SORTS, search_request
from kb.search.sorting import SORTED, in_order

LEVELS = ["described", "results-reported", "evaluated", "replicated"]
ITEMS = st.lists(
    st.builds(
        lambda date, level: Item("x", "practice", {"evidence": (level,)}, {}, {}, date),
        st.sampled_from(["", "2019", "2021-05", "2021-05-03", "2024"]),
        st.sampled_from(LEVELS),
    ),
    max_size=60,
)


@given(items=ITEMS, sort=st.sampled_from(SORTS), data=st.data())
def test_an_order_moves_the_best_hits_and_loses_none(items: list[Item], sort: str, data: st.DataObject) -> None:
    numbers = data.draw(st.permutations(range(len(items))))
    scores = [(number, 1 - place / 100) for place, number in enumerate(numbers)]
    ordered = in_order(scores, sort, items)
    assert sorted(ordered) == sorted(scores)
    assert ordered[SORTED:] == scores[SORTED:]
    best = [items[number] for number, _ in ordered[:SORTED]]
    if sort == "relevance":
        assert ordered == scores
    elif sort == "newest":
        assert all(a.date >= b.date for a, b in itertools.pairwise(best))
    else:
        levels = [LEVELS.index(item.facets["evidence"][0]) for item in best]
        assert levels == sorted(levels, reverse=True)


def test_the_engine_answers_in_the_order_asked_for(engine: SearchEngine) -> None:
    def found(sort: str) -> list[Item]:
        return [hit.item for hit in engine.search(search_request("salud mental", page_size=20, sort=sort)).hits]

    dates = [item.date for item in found("newest")]
    assert dates == sorted(dates, reverse=True)
    assert len(set(dates)) > 3
    levels = [LEVELS.index(item.facets["evidence"][0]) for item in found("evidence")]
    assert levels == sorted(levels, reverse=True)
    assert found("relevance") != found("newest") != found("evidence")
