"""Which word of one language says what a word of the other says, learned from the pages that stand in both.

IBM Model 1 (Brown et al., 1993, "The Mathematics of Statistical Machine Translation") over stems: parallel passages
are those of one item and one section, where both pages have as many of them. It gives the lexical side of a search words of
the language that the question is not written in.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
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
    stems = {lang: list(_stems(lang, passages)) for lang in sorted({passage.lang for passage in passages})}
    lexicon = {
        source: {target: _learned(stems[source], stems[target]) for target in stems if target != source}
        for source in stems
    }
    path.write_text(json.dumps(lexicon, ensure_ascii=False), encoding="utf-8")


def read_lexicon(path: Path) -> Lexicon:
    """What `write_lexicon` wrote."""
    lexicon: Lexicon = json.loads(path.read_text(encoding="utf-8"))
    return lexicon


_Group = tuple[tuple[str, str], list[list[str]]]


def _stems(lang: str, passages: Sequence[Passage]) -> Iterator[_Group]:
    """Item and section, and the stems of each of its passages; the summary brings the title along."""
    groups: dict[tuple[str, str], list[list[str]]] = {}
    for passage in passages:
        if passage.lang == lang:
            text = passage.full_text if passage.section == "summary" else passage.text
            stems = list(dict.fromkeys(analyzer(lang).analyze(text)))
            groups.setdefault((passage.item_id, passage.section), []).append(stems)
    yield from groups.items()


def _learned(source: Sequence[_Group], target: Sequence[_Group]) -> dict[str, list[tuple[str, float]]]:
    others = dict(target)
    pairs = [
        pair
        for key, passages in source
        if len(passages) == len(others.get(key, ()))
        for pair in zip(passages, others[key], strict=True)
    ]
    if not pairs:
        return {}
    return _model_one(pairs)


def _model_one(pairs: Sequence[tuple[list[str], list[str]]]) -> dict[str, list[tuple[str, float]]]:
    sources, targets = _numbered(source for source, _ in pairs), _numbered(target for _, target in pairs)
    source_ids, target_ids, places = _co_occurrences(pairs, sources, targets)
    keys, pair_of = np.unique(source_ids * len(targets) + target_ids, return_inverse=True)
    of_source = keys // len(targets)
    probability = np.ones(len(keys))
    for _ in range(_ROUNDS):
        weight = probability[pair_of]
        share = weight / np.bincount(places, weight)[places]
        counts = np.bincount(pair_of, share, len(keys))
        probability = counts / np.bincount(of_source, counts, len(sources))[of_source]
    names, words = list(sources), list(targets)
    found: dict[str, list[tuple[str, float]]] = {}
    for number in np.argsort(-probability, kind="stable"):
        if probability[number] < _LEAST:
            break
        kept = found.setdefault(names[of_source[number]], [])
        if len(kept) < _MOST:
            kept.append((words[keys[number] % len(targets)], round(float(probability[number]), 3)))
    return found


def _numbered(texts: Iterator[list[str]]) -> dict[str, int]:
    return {word: number for number, word in enumerate(dict.fromkeys(word for text in texts for word in text))}


_Ids = npt.NDArray[np.int64]


def _co_occurrences(
    pairs: Sequence[tuple[list[str], list[str]]], sources: Mapping[str, int], targets: Mapping[str, int]
) -> tuple[_Ids, _Ids, _Ids]:
    """Each source word beside each target word of its passage; `places` numbers the target words that they compete for."""
    source_ids, target_ids, places, before = [], [], [], 0
    for source, target in pairs:
        own = np.array([sources[word] for word in source], np.int64)
        other = np.array([targets[word] for word in target], np.int64)
        source_ids.append(np.tile(own, len(other)))
        target_ids.append(np.repeat(other, len(own)))
        places.append(np.repeat(np.arange(len(other)) + before, len(own)))
        before += len(other)
    return np.concatenate(source_ids), np.concatenate(target_ids), np.concatenate(places)
