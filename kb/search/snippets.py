"""The sentence that answers, with the words that met the question marked. Safe HTML.

Words are marked when they share a stem with the question, and, across languages too, when their token is the one
that late interaction chose for a rare token of the question.
"""

from __future__ import annotations

import html
import itertools
import math
import re
import sys
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kb.index.lexical import LexicalIndex
from kb.index.passages import SENTENCE_END, Passage
from kb.index.products import products
from kb.index.snapshot import LanguageIndex
from kb.index.tokens import PassageTokens
from kb.search.cache import Cache
from kb.search.pools import Question

LENGTH = 300
"""Characters that a snippet aims at; a sentence is never cut in its middle unless it is longer by itself."""

ALIGNED = 0.88
"""Cosine from which two tokens are taken for the same thing said."""
MARKED = 0.01
"""What a marked word adds to the MaxSim of a run of sentences: it decides among those that say nearly the same."""
RARE = 7.0
"""Rarity (minus log-probability) from which a query token says something; function words lie below."""

_REMEMBERED = 2048
"""Passages whose words and stems are kept: some 10 kB each."""

_WORD = re.compile(r"\w[\w'’+-]*\w|\w")

Floats = npt.NDArray[np.float32]
Span = tuple[int, int]
"""First character, and one past the last."""


@dataclass(frozen=True)
class Snippet:
    """Part of a passage. `html` is escaped text with `<mark>`; `words` are the marked words, without repeats."""

    html: str
    lang: str
    words: tuple[str, ...]


class Snippets:
    """Makes the snippets of one snapshot. Safe to share between threads."""

    def __init__(self) -> None:
        self._words: Cache[tuple[str, int], _Words] = Cache(_REMEMBERED)

    def of(self, index: LanguageIndex, rows: Sequence[int], question: Question) -> list[Snippet]:
        """The part of each passage that answers best."""
        stems = set(question.words.get(index.lang, {})) or set(index.lexical.words(question.text))
        passages = index.passages.of(rows)
        relevances = _relevances(passages, index.tokens.of(rows), question)
        made = []
        for row, passage, relevance in zip(rows, passages, relevances, strict=True):
            words = self._words_of(index, row, passage.text)
            met = words.of_stems(stems) | (relevance.aligned(words.spans) & words.telling)
            marks = [words.spans[number] for number in sorted(met)]
            made.append(_snippet(passage, marks, relevance))
        return made

    def _words_of(self, index: LanguageIndex, row: int, text: str) -> _Words:
        known = self._words.get((index.lang, row))
        if known is None:
            known = _Words(text, index.lexical)
            self._words.put((index.lang, row), known)
        return known


class _Words:
    """The words of a text: where each stands, and by which stems it is found.

    `telling` are the numbers of those that are found by any; `for` and `para` are not.
    """

    def __init__(self, text: str, lexical: LexicalIndex) -> None:
        self.spans = [found.span() for found in _WORD.finditer(text)]
        self._numbers: dict[str, list[int]] = {}
        for number, span in enumerate(self.spans):
            for stem in lexical.stems(text[slice(*span)]):
                self._numbers.setdefault(stem, []).append(number)
        self.telling = frozenset(itertools.chain.from_iterable(self._numbers.values()))

    def of_stems(self, stems: set[str]) -> set[int]:
        """Numbers of the words that have one of the stems."""
        return {number for stem in stems for number in self._numbers.get(stem, ())}


class _Relevance:
    """What the tokens of a passage say of the question.

    Args:
        spans: int32[t, 2], where each token stands in the passage's text, in order.
        aligned: numbers of the tokens that say what a rare token of the question says, ascending.
        similarity: float32[t, q], the cosine of each with each token of the question, by its share in the question.
    """

    def __init__(self, spans: npt.NDArray[np.int32], aligned: list[int], similarity: Floats) -> None:
        self._starts: list[int] = spans[:, 0].tolist()
        self._ends: list[int] = spans[:, 1].tolist()
        self._aligned = aligned
        self._similarity = similarity

    def aligned(self, words: list[Span]) -> set[int]:
        """Numbers of the words that say what a rare token of the question says."""
        met = set()
        for token in self._aligned:
            start, end = self._starts[token], self._ends[token]
            number = bisect_right(words, (start, sys.maxsize)) - 1
            if end > start and number >= 0 and end <= words[number][1] and words[number][1] - words[number][0] > 2:
                met.add(number)
        return met

    def nearest(self, sentences: Sequence[Span]) -> Floats:
        """How near the tokens of each sentence come to each token of the question: float32[len(sentences), q]."""
        near = np.zeros((len(sentences), self._similarity.shape[1]), np.float32)
        for number, (start, end) in enumerate(sentences):
            tokens = self._similarity[bisect_right(self._ends, start) : bisect_right(self._ends, end)]
            if len(tokens):
                tokens.max(axis=0, out=near[number])
        return near


def _relevances(passages: Sequence[Passage], tokens: Sequence[PassageTokens], question: Question) -> list[_Relevance]:
    vectors, scales = [one.vectors for one in tokens], [one.scales for one in tokens]
    together = products(vectors, scales, question.encoded.token_vectors)
    ends = np.cumsum([len(one) for one in vectors])
    weights = question.rarity / max(float(question.rarity.sum()), 1e-9)
    rare = np.flatnonzero(question.rarity >= RARE)
    found = []
    for passage, held, similarity in zip(passages, tokens, np.split(together, ends[:-1]), strict=True):
        spans = held.offsets.astype(np.int32) - (len(passage.full_text) - len(passage.text))
        chosen = similarity[:, rare].argmax(axis=0) if len(similarity) else np.empty(0, np.int64)
        near = chosen[similarity[chosen, rare[: len(chosen)]] >= ALIGNED]
        found.append(_Relevance(spans, sorted(set(near.tolist())), similarity * weights))
    return found


def _snippet(passage: Passage, marks: list[Span], relevance: _Relevance) -> Snippet:
    start, end = _window(passage.text, marks, relevance)
    inside = [(a, b) for a, b in marks if start <= a and b <= end]
    words = tuple(dict.fromkeys(passage.text[a:b].lower() for a, b in inside))
    return Snippet(_marked(passage.text, start, end, inside), passage.lang, words)


def _window(text: str, marks: list[Span], relevance: _Relevance) -> Span:
    """The run of whole sentences that answers best token by token, with what else fits of its surroundings."""
    if len(text) <= LENGTH * 1.1:
        return 0, len(text)
    bounds = [0, *(found.end() for found in SENTENCE_END.finditer(text)), len(text)]
    sentences = [(a, b) for a, b in itertools.pairwise(bounds) if b > a]
    first, last = _best_run(sentences, marks, relevance)
    while last + 1 < len(sentences) and sentences[last + 1][1] - sentences[first][0] <= LENGTH:
        last += 1
    while first and sentences[last][1] - sentences[first - 1][0] <= LENGTH:
        first -= 1
    start, end = sentences[first][0], sentences[last][1]
    if end - start > LENGTH * 1.3:
        space = text.rfind(" ", start, start + LENGTH)
        end = space if space > start else start + LENGTH
    return start, end


def _best_run(sentences: Sequence[Span], marks: list[Span], relevance: _Relevance) -> tuple[int, int]:
    """First and last of the sentences, together at most `LENGTH` long, whose MaxSim with the question is highest."""
    near = relevance.nearest(sentences)
    best, most = (0, 0), -math.inf
    for first, (start, _) in enumerate(sentences):
        answered = near[first]
        for last in range(first, len(sentences)):
            end = sentences[last][1]
            if last > first and end - start > LENGTH:
                break
            answered = np.maximum(answered, near[last])
            worth = float(answered.sum()) + MARKED * sum(start <= a and b <= end for a, b in marks)
            if worth > most:
                best, most = (first, last), worth
    return best


def _marked(text: str, start: int, end: int, spans: list[Span]) -> str:
    parts, at = ["… " if start else ""], start
    for a, b in spans:
        parts += [html.escape(text[at:a]), "<mark>", html.escape(text[a:b]), "</mark>"]
        at = b
    parts.append(html.escape(text[at:end].rstrip()))
    parts.append(" …" if end < len(text.rstrip()) else "")
    return "".join(parts)
