"""The sentence that answers, with the words that met the question marked. Safe HTML.

Words are marked when they share a stem with the question, and, across languages too, when their token is the one
that late interaction chose for a rare token of the question.
"""

from __future__ import annotations

import html
import itertools
import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from operator import itemgetter

import numpy as np
import numpy.typing as npt

from kb.index.snapshot import LanguageIndex
from kb.search.pools import Question

LENGTH = 260
"""Characters that a snippet aims at; a sentence is never cut in its middle unless it is longer by itself."""

ALIGNED = 0.88
"""Cosine from which two tokens are taken for the same thing said."""
RARE = 7.0
"""Rarity (minus log-probability) from which a query token says something; function words lie below."""

_SENTENCE = re.compile(r"(?<=[.!?;:])\s+")
_WORD = re.compile(r"\w[\w'’+-]*\w|\w")

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Snippet:
    """Part of a passage. `html` is escaped text with `<mark>`; `words` are the marked words, without repeats."""

    html: str
    lang: str
    words: tuple[str, ...]


def snippet(index: LanguageIndex, row: int, question: Question) -> Snippet:
    """The part of a passage that answers best."""
    passage = index.passages[row]
    stems = set(question.words.get(index.lang, {})) or set(index.lexical.words(question.text))
    words = [found.span() for found in _WORD.finditer(passage.text)]
    relevance = _relevance(index, row, question, len(passage.full_text) - len(passage.text))
    aligned = relevance.aligned(words)
    spans = [
        span
        for number, span in enumerate(words)
        if number in aligned or not stems.isdisjoint(index.lexical.stems(passage.text[slice(*span)]))
    ]
    start, end = _window(passage.text, spans, relevance)
    inside = [(a, b) for a, b in spans if start <= a and b <= end]
    marked = tuple(dict.fromkeys(passage.text[a:b].lower() for a, b in inside))
    return Snippet(_marked(passage.text, start, end, inside), index.lang, marked)


class _Relevance:
    """What the tokens of a passage say of the question.

    Args:
        spans: int32[t, 2], where each token stands in the passage's text, in order.
        best: float32[t], each token's best cosine with a rare token of the question.
        gain: float32[t], how much of the question each token answers.
    """

    def __init__(self, spans: npt.NDArray[np.int32], best: Floats, gain: Floats) -> None:
        self._starts: list[int] = spans[:, 0].tolist()
        self._ends: list[int] = spans[:, 1].tolist()
        self._aligned: list[int] = np.flatnonzero(best >= ALIGNED).tolist()
        self._sums: list[float] = [0.0, *np.cumsum(gain).tolist()]

    def aligned(self, words: list[tuple[int, int]]) -> set[int]:
        """Numbers of the words (first character, and one past the last) that say what a rare token of the question says."""
        met = set()
        for token in self._aligned:
            start, end = self._starts[token], self._ends[token]
            number = bisect_right(words, start, key=itemgetter(0)) - 1
            if end > start and number >= 0 and end <= words[number][1] and words[number][1] - words[number][0] > 2:
                met.add(number)
        return met

    def worth(self, start: int, end: int) -> float:
        """How much of the question the text between two characters answers."""
        first, last = bisect_left(self._starts, start), bisect_right(self._ends, end)
        return self._sums[last] - self._sums[first] if last > first else 0.0


def _relevance(index: LanguageIndex, row: int, question: Question, shift: int) -> _Relevance:
    vectors, offsets = index.tokens.of(row)
    best, gain = np.zeros(len(vectors), np.float32), np.zeros(len(vectors), np.float32)
    if len(vectors) and len(question.rarity):
        similarity = question.encoded.token_vectors @ vectors.T
        weights = question.rarity / question.rarity.sum()
        chosen, strength = similarity.argmax(axis=1), similarity.max(axis=1)
        rare = question.rarity >= RARE
        np.maximum.at(best, chosen[rare], strength[rare])
        gain = (similarity * weights[:, None]).max(axis=0)
        np.add.at(gain, chosen, weights)
    return _Relevance(offsets - shift, best, gain)


def _window(text: str, marks: list[tuple[int, int]], relevance: _Relevance) -> tuple[int, int]:
    """The run of whole sentences, about `LENGTH` long, that holds most of what was asked."""
    if len(text) <= LENGTH * 1.2:
        return 0, len(text)
    bounds = [0, *(found.end() for found in _SENTENCE.finditer(text)), len(text)]
    sentences = [(a, b) for a, b in itertools.pairwise(bounds) if b > a]

    def worth(start: int, end: int) -> float:
        return relevance.worth(start, end) + sum(start <= a and b <= end for a, b in marks) * 0.05

    best = max(range(len(sentences)), key=lambda n: worth(*sentences[n]) / (sentences[n][1] - sentences[n][0] + 80))
    first = last = best
    while True:
        grown = [(first - 1, last), (first, last + 1)]
        fitting = [
            (a, b) for a, b in grown
            if a >= 0 and b < len(sentences) and sentences[b][1] - sentences[a][0] <= LENGTH
        ]  # fmt: skip
        if not fitting:
            break
        first, last = max(fitting, key=lambda pair: worth(sentences[pair[0]][0], sentences[pair[1]][1]))
    start, end = sentences[first][0], sentences[last][1]
    if end - start > LENGTH * 1.5:
        end = text.rfind(" ", start, start + LENGTH)
    return start, end


def _marked(text: str, start: int, end: int, spans: list[tuple[int, int]]) -> str:
    parts, at = ["… " if start else ""], start
    for a, b in spans:
        parts += [html.escape(text[at:a]), "<mark>", html.escape(text[a:b]), "</mark>"]
        at = b
    parts.append(html.escape(text[at:end].rstrip()))
    parts.append(" …" if end < len(text.rstrip()) else "")
    return "".join(parts)
