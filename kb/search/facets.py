"""Terms of items as a table, for filters and for counting."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from kb.index.passages import Item
from kb.search.request import FACETS, Filters

FacetCounts = dict[str, dict[str, int]]
Mask = npt.NDArray[np.bool_]


class FacetTable:
    """Which item has which term."""

    def __init__(self, items: Sequence[Item]) -> None:
        self._terms = sorted({pair for item in items for pair in item.terms if pair[0] in FACETS})
        columns = {pair: column for column, pair in enumerate(self._terms)}
        self._table = np.zeros((len(items), len(self._terms)), np.bool_)
        for number, item in enumerate(items):
            self._table[number, [columns[pair] for pair in item.terms if pair in columns]] = True

    def allowed(self, filters: Filters) -> Mask:
        """bool[items]: which items have one of the terms of every filter."""
        passing = np.ones(len(self._table), np.bool_)
        for facet, terms in filters.items():
            wanted = {(facet, term) for term in terms}
            columns = [column for column, pair in enumerate(self._terms) if pair in wanted]
            passing &= self._table[:, columns].any(axis=1)
        return passing

    def counts(self, numbers: Iterable[int] | npt.NDArray[np.int64], facets: Iterable[str] = FACETS) -> FacetCounts:
        """How many of the items have each term, most frequent first."""
        rows = np.fromiter(numbers, np.int64)
        counted = self._table[rows].sum(axis=0)
        found: FacetCounts = {facet: {} for facet in facets}
        for column in np.argsort(-counted, kind="stable").tolist():
            facet, term = self._terms[column]
            if counted[column] and facet in found:
                found[facet][term] = int(counted[column])
        return found
