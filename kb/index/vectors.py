"""Dense side: the nearest passages of a query vector, through FAISS."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]


class VectorIndex(Protocol):
    """Unit vectors by row number."""

    def search(self, query: Floats, limit: int, allowed: npt.NDArray[np.bool_] | None = None) -> tuple[Rows, Floats]:
        """Rows of the nearest vectors and their inner products with `query` (float32[d]), best first.

        `allowed` (bool[n]) restricts the search before ranking.
        """
        ...

    def vectors(self, rows: Rows) -> Floats:
        """The vectors of `rows`, float32[len(rows), d]."""
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

    def search(self, query: Floats, limit: int, allowed: npt.NDArray[np.bool_] | None = None) -> tuple[Rows, Floats]:
        limit = min(limit, self._index.ntotal)
        if limit == 0 or (allowed is not None and not allowed.any()):
            return np.empty(0, np.int64), np.empty(0, np.float32)
        parameters = None
        if allowed is not None:
            bits = np.packbits(allowed, bitorder="little")
            selector = self._faiss.IDSelectorBitmap(len(bits), self._faiss.swig_ptr(bits))
            parameters = self._faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
        scores, rows = self._index.search(query[None, :], limit, params=parameters)
        found = rows[0] >= 0
        return rows[0][found], scores[0][found]

    def vectors(self, rows: Rows) -> Floats:
        if len(rows) == 0:
            return np.empty((0, self._index.d), np.float32)
        found: Floats = self._index.reconstruct_batch(rows)
        return found
