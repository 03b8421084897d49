"""Counts of terms among the results, per facet."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from kb.index.passages import Item
from kb.search.request import FACETS, Filters

FacetCounts = dict[str, dict[str, int]]


def matches(item: Item, filters: Filters) -> bool:
    """Whether an item has one of the terms of every filter."""
    return all(set(terms) & set(item.facets.get(facet, ())) for facet, terms in filters.items())


def allowed_items(items: Sequence[Item], filters: Filters) -> npt.NDArray[np.bool_]:
    """bool[len(items)]: which items the filters let through."""
    return np.fromiter((matches(item, filters) for item in items), np.bool_, len(items))


def counts(items: Iterable[Item], facets: Iterable[str] = FACETS) -> FacetCounts:
    """How many of `items` have each term, most frequent first."""
    counted = Counter(itertools.chain.from_iterable(item.terms for item in items))
    found: FacetCounts = {facet: {} for facet in facets}
    for (facet, term), count in sorted(counted.items(), key=lambda pair: (-pair[1], pair[0])):
        if facet in found:
            found[facet][term] = count
    return found
