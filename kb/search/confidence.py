"""Whether anything matches well, or is only the nearest there is.

A logistic model of two figures, fitted on the judged queries with and without an answer (docs/decisions/0005).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kb.index.snapshot import LanguageIndex
from kb.search.pools import Candidates, Question


@dataclass(frozen=True)
class Model:
    """Weight of known words beside the cosine, and the least sum at which something matches well.

    Fitted for the bundled encoder.
    """

    known: float = 0.087
    least: float = 0.889
    sure: float = 0.86
    """A cosine that no query without an answer came near: it is enough, whatever words were used."""


MODEL = Model()


@dataclass(frozen=True)
class Evidence:
    """What tells an answerable query from one that is not.

    Attributes:
        cosine: the best cosine of each language, the smaller of the two: what is there is there in both.
        known: share of the query's words that stand anywhere in the content, rare words counting more.
    """

    cosine: float
    known: float


def evidence(
    question: Question, candidates: Sequence[Candidates], languages: Mapping[str, LanguageIndex]
) -> Evidence | None:
    """The figures of a query; None when nothing was found."""
    best = [float(found.dense.max()) for found in candidates if len(found.rows)]
    if not best:
        return None
    return Evidence(min(best), _known(question, languages[question.lang]) if question.lang in languages else 1.0)


def matches_well(found: Evidence | None, model: Model = MODEL) -> bool:
    """Whether the best hits answer the query."""
    if found is None:
        return False
    return found.cosine >= model.sure or found.cosine + model.known * found.known >= model.least


def _known(question: Question, index: LanguageIndex) -> float:
    frequencies = [index.lexical.frequency(stem) for stem in index.lexical.words(question.meant)]
    rarities = [math.log(len(index.passages) / (1 + frequency)) for frequency in frequencies]
    if sum(rarities) <= 0:
        return 1.0
    return sum(r for r, frequency in zip(rarities, frequencies, strict=True) if frequency) / sum(rarities)
