"""What a search gives back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kb.index.passages import Item
from kb.search.facets import FacetCounts
from kb.search.recognition import Recognised
from kb.search.request import SearchRequest
from kb.search.snippets import Snippet
from kb.search.spelling import Correction


@dataclass(frozen=True)
class Explanation:
    """Why a hit is a hit: scores of its best passage, where it stands, and the words that met."""

    dense: float
    late: float
    lexical: float
    found_in: str
    section: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class Hit:
    """One result: an item and the passage that answers, in the reader's language where there is one."""

    item: Item
    score: float
    snippet: Snippet
    explanation: Explanation


@dataclass(frozen=True)
class SearchResponse:
    """A page of hits, and all that a reader should know about how they were found.

    Attributes:
        request: what was asked.
        hits: this page's results, best first.
        total: number of all hits.
        facets: how many of all hits have each term.
        generation: the snapshot that answered.
        matches_well: whether the best hits answer, or are only the nearest there is; see `kb.search.confidence`.
        corrections: words that were read as others.
        recognised: States and themes that the query names; States are preferred, none is a filter.
        timings: milliseconds of each stage: encode, retrieve, compare, rank, show.
    """

    request: SearchRequest
    hits: tuple[Hit, ...]
    total: int
    facets: FacetCounts = field(default_factory=dict)
    generation: str = ""
    matches_well: bool = True
    corrections: tuple[Correction, ...] = ()
    recognised: tuple[Recognised, ...] = ()
    timings: Mapping[str, float] = field(default_factory=dict)
