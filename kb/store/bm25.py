"""What each stem adds to the BM25 of each passage, as Tantivy counts it: both stores rank by the same figures.

BM25 after Robertson and Zaragoza, "The Probabilistic Relevance Framework" (2009), with k1 = 1.2 and b = 0.75. Like Lucene, Tantivy
keeps the length of a passage in one byte: exact up to 40 words, then in steps that grow.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator

import numpy as np

from kb.index.lexical import analyzer

_K1, _B = 1.2, 0.75
_EXACT = 40


class Bm25:
    """The statistics of one language's passages: ten bytes for each different stem of a passage, so that millions fit in memory."""

    def __init__(self, lang: str, texts: Iterable[str]) -> None:
        self._numbers: dict[str, int] = {}
        stems, rows, counts, lengths = array("i"), array("i"), array("H"), array("i")
        for row, text in enumerate(texts):
            counted = Counter(analyzer(lang).analyze(text))
            lengths.append(counted.total())
            for stem, count in counted.items():
                stems.append(self._numbers.setdefault(stem, len(self._numbers)))
                rows.append(row)
                counts.append(min(count, 0xFFFF))
        self._stems, self._rows = np.frombuffer(stems, np.int32), np.frombuffer(rows, np.int32)
        self._counts, self._lengths = np.frombuffer(counts, np.uint16), np.frombuffer(lengths, np.int32)
        self._found = np.bincount(self._stems, minlength=len(self._numbers))

    @property
    def passages(self) -> Iterator[tuple[str, int]]:
        """Each stem, and in how many passages it stands."""
        return ((stem, int(self._found[number])) for stem, number in self._numbers.items())

    def impacts(self) -> Iterator[tuple[str, int, float]]:
        """Stem, row and what the stem adds to the passage's score, stem by stem."""
        total = len(self._lengths)
        average = max(float(self._lengths.mean()), 1.0) if total else 1.0
        norms = np.array([_K1 * (1 - _B + _B * kept_length(int(length)) / average) for length in self._lengths])
        rarity = np.log1p((total - self._found + 0.5) / (self._found + 0.5))
        impacts = rarity[self._stems] * self._counts * (1 + _K1) / (self._counts + norms[self._rows])
        order = np.argsort(self._stems, kind="stable")
        ends = np.cumsum(self._found)
        for stem, number in sorted(self._numbers.items()):
            own = order[ends[number] - self._found[number] : ends[number]]
            for row, impact in zip(self._rows[own].tolist(), impacts[own].tolist(), strict=True):
                yield stem, row, impact


def kept_length(length: int) -> int:
    """A length as one byte keeps it: the largest step that is not above it."""
    if length < _EXACT:
        return length
    step, first = 2, _EXACT
    while length >= first + 8 * step:
        first, step = first + 8 * step, step * 2
    return first + (length - first) // step * step
