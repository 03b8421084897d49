"""Dense side: the nearest passages of a query vector, through FAISS."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Only:
    """What a search is restricted to, said twice: an index in memory wants the rows, a database the filters.

    Attributes:
        rows: bool[n], which passages are let through.
        filters: facet to allowed terms; a passage must match one term of every facet.
    """

    rows: npt.NDArray[np.bool_]
    filters: Mapping[str, Sequence[str]]


class VectorIndex(Protocol):
    """Unit vectors by row number."""

    def search(self, query: Floats, limit: int, only: Only | None = None) -> tuple[Rows, Floats]:
        """Rows of the nearest vectors and their inner products with `query` (float32[d]), best first.

        `only` restricts the search before ranking.
        """
        ...

    def closeness(self, rows: Rows, query: Floats) -> Floats:
        """The inner products of the vectors of `rows` with `query`, float32[len(rows)]."""
        ...


class FaissIndex:
    """Exact inner product over all vectors (`IndexFlatIP`): at our size nothing is faster than certainty."""

    def __init__(self, path: Path) -> None:
        import faiss

        self._faiss = faiss
        self._index = faiss.read_index(str(path))

    @staticmethod
    def build(path: Path, vectors: Floats) -> None:
        """Writes an index of `vectors` (float32[n, d], unit length), row i for vector i."""
        import faiss

        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(np.ascontiguousarray(vectors))
        faiss.write_index(index, str(path))

    def search(self, query: Floats, limit: int, only: Only | None = None) -> tuple[Rows, Floats]:
        limit = min(limit, self._index.ntotal)
        if limit == 0 or (only is not None and not only.rows.any()):
            return np.empty(0, np.int64), np.empty(0, np.float32)
        parameters = None
        if only is not None:
            bits = np.packbits(only.rows, bitorder="little")
            selector = self._faiss.IDSelectorBitmap(len(bits), self._faiss.swig_ptr(bits))
            parameters = self._faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
        scores, rows = self._index.search(query[None, :], limit, params=parameters)
        found = rows[0] >= 0
        return rows[0][found], scores[0][found]

    def closeness(self, rows: Rows, query: Floats) -> Floats:
        if len(rows) == 0:
            return np.empty(0, np.float32)
        found: Floats = self._index.reconstruct_batch(rows) @ query
        return found

    def all(self) -> Floats:
        """All vectors, float32[n, d], in row order."""
        found: Floats = self._index.reconstruct_n(0, self._index.ntotal)
        return found
