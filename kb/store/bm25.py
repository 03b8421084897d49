"""What each stem adds to the BM25 of each passage, as Tantivy counts it: both stores rank by the same figures.

BM25 after Robertson and Zaragoza, "The Probabilistic Relevance Framework" (2009), with k1 = 1.2 and b = 0.75. Like Lucene, Tantivy
keeps the length of a passage in one byte: exact up to 40 words, then in steps that grow.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from kb.index.lexical import analyzer

_K1, _B = 1.2, 0.75
_EXACT = 40


class Bm25:
    """The statistics of one language's passages."""

    def __init__(self, lang: str, texts: Sequence[str]) -> None:
        self._counts = [Counter(analyzer(lang).analyze(text)) for text in texts]
        self.passages = Counter(stem for counts in self._counts for stem in counts)
        """In how many passages each stem stands."""

    def impacts(self) -> Iterator[tuple[str, int, float]]:
        """Stem, row and what the stem adds to the passage's score, stem by stem."""
        lengths = np.array([counts.total() for counts in self._counts], np.float64)
        average = max(float(lengths.mean()), 1.0) if len(lengths) else 1.0
        norms = [_K1 * (1 - _B + _B * kept_length(int(length)) / average) for length in lengths]
        total = len(self._counts)
        rows: dict[str, list[tuple[int, int]]] = {}
        for row, counts in enumerate(self._counts):
            for stem, count in counts.items():
                rows.setdefault(stem, []).append((row, count))
        for stem in sorted(rows):
            found = len(rows[stem])
            rarity = np.log1p((total - found + 0.5) / (found + 0.5))
            for row, count in rows[stem]:
                yield stem, row, float(rarity * count * (1 + _K1) / (count + norms[row]))


def kept_length(length: int) -> int:
    """A length as one byte keeps it: the largest step that is not above it."""
    if length < _EXACT:
        return length
    step, first = 2, _EXACT
    while length >= first + 8 * step:
        first, step = first + 8 * step, step * 2
    return first + (length - first) // step * step
