"""Dense side: the nearest passages of a query vector, through FAISS."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]

EXACT = 200_000
"""Vectors up to which all are compared; with more, only those near the query are."""

RECALL = 0.965
"""Share of the true ten nearest that an approximate index has to find of sampled passages when it is built."""

_LISTS = 4
"""Times the square root of the number of vectors: FAISS advises 4 to 16. With 2 a question of a million passages reads four times the vectors."""
_SAMPLED = 200
_TRAINED = 40
"""Vectors for each list from which k-means learns where the lists lie; FAISS asks for 39."""
_FIRST_PROBES = 32
_WIDENED_BY = 1.25


@dataclass(frozen=True)
class Only:
    """What a search is restricted to, said twice: an index in memory wants the rows, a database the filters.

    Attributes:
        rows: bool[n], which passages are let through.
        filters: facet to allowed terms; a passage must match one term of every facet.
    """

    rows: npt.NDArray[np.bool_]
    filters: Mapping[str, Sequence[str]]


class Closeness(Protocol):
    """Inner products of one query with the vectors of a language."""

    def nearest(self, limit: int, only: Only | None = None) -> tuple[Rows, Floats]:
        """Rows of the nearest vectors and their inner products, best first.

        `only` restricts the search before ranking.
        """
        ...

    def of(self, rows: Rows) -> Floats:
        """The inner products with the vectors of `rows`, float32[len(rows)]."""
        ...


class VectorIndex(Protocol):
    """Unit vectors by row number."""

    @property
    def is_exact(self) -> bool:
        """Whether all vectors are compared, because they are few."""
        ...

    def closeness_to(self, query: Floats) -> Closeness:
        """Compares with `query`, float32[d]."""
        ...


class FaissIndex:
    """Inner products with all vectors up to `EXACT` of them: nothing is faster than certainty there.

    With more, vectors lie in lists by their nearest centre (Jegou et al., 2011, "Product Quantization for Nearest Neighbor
    Search", the inverted file), eight bits a number, and only the lists nearest to the query are read. Files are mapped:
    a list takes memory when it is first read.
    """

    def __init__(self, path: Path) -> None:
        import faiss

        self._index = faiss.read_index(str(path), faiss.IO_FLAG_MMAP)
        self._lists = self._index if isinstance(self._index, faiss.IndexIVF) else None
        # Shared out over threads a question waits for the slowest: on a busy machine seven times as long as on one.
        faiss.omp_set_num_threads(1)

    @property
    def is_exact(self) -> bool:
        return self._lists is None

    @staticmethod
    def build(path: Path, vectors: Floats, exact_up_to: int = EXACT) -> float:
        """Writes an index of `vectors` (float32[n, d], unit length), row i for vector i.

        Returns:
            recall@10 against the exact answer for sampled passages; 1.0 of an exact index.
        """
        import faiss

        vectors = np.ascontiguousarray(vectors)
        exact = faiss.IndexFlatIP(vectors.shape[1])
        exact.add(vectors)
        if len(vectors) <= exact_up_to:
            faiss.write_index(exact, str(path))
            return 1.0
        index = _in_lists(vectors)
        recall = _widened(index, exact, vectors)
        faiss.write_index(index, str(path))
        return recall

    def closeness_to(self, query: Floats) -> Closeness:
        return _ToListed(self._lists, query) if self._lists is not None else _ToAll(self._index, query)

    def all(self) -> Floats:
        """All vectors, float32[n, d], in row order."""
        found: Floats = self._index.reconstruct_n(0, self._index.ntotal)
        return found


class _ToAll:
    """Compares with every vector once: ranking asks for hundreds of them, and copying those out of the index takes longer."""

    def __init__(self, index: Any, query: Floats) -> None:
        self._index = index
        self._query = np.ascontiguousarray(query)

    def nearest(self, limit: int, only: Only | None = None) -> tuple[Rows, Floats]:
        rows = np.flatnonzero(only.rows) if only is not None else np.arange(len(self._products))
        products = self.of(rows)
        if limit < len(rows):
            best = np.argpartition(-products, limit)[:limit]
            rows, products = rows[best], products[best]
        order = np.lexsort((rows, -products))
        return rows[order], products[order]

    def of(self, rows: Rows) -> Floats:
        return self._products[rows]

    @cached_property
    def _products(self) -> Floats:
        from faiss import fvec_inner_products_ny, swig_ptr  # type: ignore[attr-defined]

        found = np.empty(self._index.ntotal, np.float32)
        if len(found):
            fvec_inner_products_ny(
                swig_ptr(found), swig_ptr(self._query), self._index.get_xb(), self._index.d, len(found)
            )
        return found


class _ToListed:
    """Compares with the vectors of the lists that lie near."""

    def __init__(self, index: Any, query: Floats) -> None:
        self._index = index
        self._query = query

    def nearest(self, limit: int, only: Only | None = None) -> tuple[Rows, Floats]:
        from faiss import IDSelectorBitmap, SearchParametersIVF, swig_ptr

        if only is not None and not only.rows.any():
            return np.empty(0, np.int64), np.empty(0, np.float32)
        parameters = None
        if only is not None:
            bits = np.packbits(only.rows, bitorder="little")
            selector = IDSelectorBitmap(len(bits), swig_ptr(bits))
            # A filter that lets a share of the passages through thins the lists: as many more are read.
            probes = min(self._index.nlist, int(np.ceil(self._index.nprobe / float(only.rows.mean()))))
            parameters = SearchParametersIVF(sel=selector, nprobe=probes)  # type: ignore[call-arg]
        limit = min(limit, self._index.ntotal)
        products, rows = self._index.search(self._query[None, :], limit, params=parameters)
        found = rows[0] >= 0
        return rows[0][found], products[0][found]

    def of(self, rows: Rows) -> Floats:
        if len(rows) == 0:
            return np.empty(0, np.float32)
        found: Floats = self._index.reconstruct_batch(rows) @ self._query
        return found


def _in_lists(vectors: Floats) -> Any:
    """An inverted file of vectors of eight bits a number, with a table from rows to places for `reconstruct`."""
    import faiss

    faiss.omp_set_num_threads(os.cpu_count() or 1)
    count, dimension = vectors.shape
    lists = max(1, int(_LISTS * np.sqrt(count)))
    centres = faiss.IndexFlatIP(dimension)
    kind = faiss.ScalarQuantizer.QT_8bit
    index = faiss.IndexIVFScalarQuantizer(centres, dimension, lists, kind, faiss.METRIC_INNER_PRODUCT, False)
    index.cp.min_points_per_centroid = 1
    chosen = np.random.default_rng(0).choice(count, min(count, lists * _TRAINED), replace=False)
    index.train(vectors[np.sort(chosen)])
    index.add(vectors)
    index.set_direct_map_type(faiss.DirectMap.Array)  # type: ignore[attr-defined]
    index.nprobe = min(lists, _FIRST_PROBES)
    return index


def _widened(index: Any, exact: Any, vectors: Floats) -> float:
    """Adds to the lists that `index` reads until it finds `RECALL` of the true neighbours, and returns what it finds.

    The queries are passages; each is left out of its own neighbours, which would be found for nothing.
    """
    sample = np.random.default_rng(1).choice(len(vectors), min(len(vectors), _SAMPLED), replace=False)
    queries = vectors[sample]
    _, true = exact.search(queries, 11)
    while True:
        _, found = index.search(queries, 11)
        recall = _recall(found, true, sample)
        if recall >= RECALL or index.nprobe >= index.nlist:
            return recall
        index.nprobe = min(index.nlist, int(np.ceil(index.nprobe * _WIDENED_BY)))


def _recall(found: Rows, true: Rows, own: Rows) -> float:
    shares = []
    for here, there, row in zip(found.tolist(), true.tolist(), own.tolist(), strict=True):
        nearest = [other for other in there if other != row][:10]
        shares.append(len(set(nearest) & set(here)) / max(1, len(nearest)))
    return round(float(np.mean(shares)), 4)
