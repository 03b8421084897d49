"""Which word of one language says what a word of the other says, learned from the pages that stand in both.

IBM Model 1 (Brown et al., 1993, "The Mathematics of Statistical Machine Translation") over stems: parallel passages
are those of one item and one section, where both pages have as many of them. It gives the lexical side of a search words of
the language that the question is not written in.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kb.index.lexical import analyzer
from kb.index.passages import Passage

Translations = Mapping[str, Sequence[tuple[str, float]]]
Lexicon = Mapping[str, Mapping[str, Translations]]
"""Language of the question, to language of the passages, to stem, to its translations with their probabilities."""

_LEARNED_FROM = 20_000
"""Passages that are read: the time and the memory grow with them, and usual words are learned from far fewer."""
_ROUNDS = 4
_LEAST = 0.1
_MOST = 3
"""Translations kept of a stem, each of at least the probability `_LEAST`."""


def write_lexicon(path: Path, passages: Sequence[Passage]) -> None:
    """Learns translations between all languages of `passages` and writes them."""
    passages = passages[:_LEARNED_FROM]
    stems = {lang: _stems(lang, passages) for lang in sorted({passage.lang for passage in passages})}
    lexicon: dict[str, dict[str, Translations]] = {lang: {} for lang in stems}
    for one, other in combinations(stems, 2):
        lexicon[one][other], lexicon[other][one] = _learned(stems[one], stems[other])
    path.write_text(json.dumps(lexicon, ensure_ascii=False), encoding="utf-8")


def read_lexicon(path: Path) -> Lexicon:
    """What `write_lexicon` wrote."""
    lexicon: Lexicon = json.loads(path.read_text(encoding="utf-8"))
    return lexicon


_Ids = npt.NDArray[np.int64]
_Groups = dict[tuple[str, str], list[list[str]]]
"""Item and section, to the stems of each of its passages."""


def _stems(lang: str, passages: Sequence[Passage]) -> _Groups:
    """The stems of one language's passages; the summary brings the title along."""
    groups: _Groups = {}
    for passage in passages:
        if passage.lang == lang:
            text = passage.full_text if passage.section == "summary" else passage.text
            stems = list(dict.fromkeys(analyzer(lang).analyze(text)))
            groups.setdefault((passage.item_id, passage.section), []).append(stems)
    return groups


def _learned(one: _Groups, other: _Groups) -> tuple[Translations, Translations]:
    """Translations from one language to the other, and back."""
    pairs = [
        pair
        for key, passages in one.items()
        if len(passages) == len(other.get(key, ()))
        for pair in zip(passages, other[key], strict=True)
    ]
    if not pairs:
        return {}, {}
    ones, others = _numbered(stems for stems, _ in pairs), _numbered(stems for _, stems in pairs)
    met = _co_occurrences(pairs, ones, others)
    one_words, other_words = list(ones), list(others)
    return (
        _model_one(met.source, met.target, met.pair, met.target_place, one_words, other_words),
        _model_one(met.target, met.source, met.pair, met.source_place, other_words, one_words),
    )


@dataclass(frozen=True)
class _Met:
    """Which stems stand beside which in parallel passages.

    Attributes:
        pair: one entry an encounter: the number of the two stems that meet.
        source_place, target_place: one entry an encounter: the number of the place where each stands. The sources of one text
            compete for a target.
        source, target: one entry a pair: the numbers of its stems.
    """

    pair: _Ids
    source_place: _Ids
    target_place: _Ids
    source: _Ids
    target: _Ids


def _model_one(
    source: _Ids, target: _Ids, pair: _Ids, target_place: _Ids, sources: Sequence[str], targets: Sequence[str]
) -> Translations:
    """The translations of each source."""
    probability = np.ones(len(source))
    for _ in range(_ROUNDS):
        weight = probability[pair]
        share = weight / np.bincount(target_place, weight)[target_place]
        counts = np.bincount(pair, share, len(source))
        probability = counts / np.bincount(source, counts, len(sources))[source]
    likely = np.flatnonzero(probability >= _LEAST)
    found: dict[str, list[tuple[str, float]]] = {}
    for number in likely[np.lexsort((target[likely], source[likely], -probability[likely]))]:
        kept = found.setdefault(sources[source[number]], [])
        if len(kept) < _MOST:
            kept.append((targets[target[number]], round(float(probability[number]), 3)))
    return found


def _numbered(texts: Iterator[list[str]]) -> dict[str, int]:
    return {word: number for number, word in enumerate(dict.fromkeys(word for text in texts for word in text))}


def _co_occurrences(
    pairs: Sequence[tuple[list[str], list[str]]], ones: Mapping[str, int], others: Mapping[str, int]
) -> _Met:
    own = [np.array([ones[stem] for stem in stems], np.int64) for stems, _ in pairs]
    their = [np.array([others[stem] for stem in stems], np.int64) for _, stems in pairs]
    counts, other_counts = np.array([len(ids) for ids in own]), np.array([len(ids) for ids in their])
    # Of each pair of texts every stem of one beside every stem of the other.
    met = np.repeat(np.arange(len(pairs)), counts * other_counts)
    within = np.arange(len(met)) - np.repeat(
        np.cumsum(counts * other_counts) - counts * other_counts, counts * other_counts
    )
    place = (np.cumsum(counts) - counts)[met] + within % counts[met]
    other_place = (np.cumsum(other_counts) - other_counts)[met] + within // counts[met]
    keys, pair = np.unique(
        np.concatenate(own)[place] * len(others) + np.concatenate(their)[other_place], return_inverse=True
    )
    return _Met(pair, place, other_place, keys // len(others), keys % len(others))
