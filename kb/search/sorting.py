"""Other orders than relevance, for those who want what is newest or best examined."""

from __future__ import annotations

from collections.abc import Sequence

from kb.content.vocabulary import vocabulary
from kb.index.passages import Item

SORTED = 30
"""Best hits that another order moves. Every search finds a long tail; its newest practice answers nothing."""

Scores = list[tuple[int, float]]


def in_order(scores: Scores, sort: str, items: Sequence[Item]) -> Scores:
    """Hits (number of the item, score), best first, in the order asked for: one of `kb.search.request.SORTS`."""
    if sort == "relevance":
        return scores
    levels = list(vocabulary()["evidence"])

    def evidence(item: Item) -> int:
        return max((levels.index(level) for level in item.facets.get("evidence", ())), default=-1)

    best = scores[:SORTED]
    if sort == "newest":
        best = sorted(best, key=lambda hit: items[hit[0]].date, reverse=True)
    else:
        best = sorted(best, key=lambda hit: -evidence(items[hit[0]]))
    return best + scores[SORTED:]
