"""What the API returns, for the OpenAPI document and for programs."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from kb.search.answer import Hit, SearchResponse

Language = Literal["en", "es"]
Sort = Literal["relevance", "newest", "evidence"]


class Explanation(BaseModel):
    """Why a hit is a hit."""

    dense: float = Field(description="Cosine of the query and the best passage, as wholes")
    late: float = Field(description="Mean of the best cosine that each word of the query finds in the passage")
    lexical: float = Field(description="BM25 of the best passage; 0 when no word of the query stands in it")
    found_in: str = Field(description="Language of the passage that ranked it")
    section: str = Field(description="Section of the page that the snippet is from")
    words: list[str] = Field(description="Words of the snippet that met the query")


class Result(BaseModel):
    """A practice that answers."""

    id: str
    title: str
    summary: str
    lang: str = Field(description="Language of title and summary: yours where the practice has it")
    score: float
    snippet: str = Field(description="Safe HTML: escaped text with <mark>")
    snippet_lang: str
    facets: dict[str, list[str]] = Field(description="Terms of the practice per facet")
    explanation: Explanation


class Correction(BaseModel):
    """A word that was taken for a typing error."""

    typed: str
    read: str


class RecognisedTerm(BaseModel):
    """A State or theme that the query names. Offered as a filter; a State's practices are preferred."""

    facet: str
    term: str
    typed: str = Field(description="The words of the query that name it")


class SearchAnswer(BaseModel):
    """A page of results."""

    query: str
    total: int = Field(description="Number of practices found")
    page: int
    page_size: int
    results: list[Result]
    facets: dict[str, dict[str, int]] = Field(
        description="How many results have each term; a filtered facet is counted without its own filter"
    )
    generation: str = Field(description="The index that answered")
    matches_well: bool = Field(description="False: nothing matches well, and the results are only the nearest there is")
    corrections: list[Correction] = Field(description="Words that were read as others; `as_typed=true` prevents it")
    recognised: list[RecognisedTerm] = Field(
        description="States and themes that the query names; `set_aside=country:PA` says that it does not mean one"
    )
    timings_ms: dict[str, float] | None = Field(
        default=None, description="With `debug=true`: milliseconds of each stage when this answer was computed"
    )


class PracticeSummary(BaseModel):
    """A practice in a list."""

    id: str
    titles: dict[str, str]
    summaries: dict[str, str]
    facets: dict[str, list[str]]


class PracticeList(BaseModel):
    total: int
    page: int
    page_size: int
    practices: list[PracticeSummary]


class SimilarPractice(PracticeSummary):
    similarity: float = Field(description="Cosine of the two practices' mean passage vectors")


class FacetTerm(BaseModel):
    term: str
    labels: dict[str, str]
    definitions: dict[str, str]
    count: int = Field(description="Number of practices that have the term")


class Health(BaseModel):
    status: Literal["ok"]
    generation: str
    built: str = Field(description="When the index was built, UTC")
    practices: int
    passages: int


class Document(BaseModel):
    """A practice in full: `facts` once, `pages` per language."""

    id: str
    kind: str
    original_language: str
    facts: dict[str, Any]
    pages: dict[str, Any]
    interests: list[dict[str, Any]] = Field(
        default=[], description="Which States wish to know it better, why, and where they said so"
    )


def result(hit: Hit, lang: str) -> Result:
    """A hit in the reader's language."""
    shown = lang if lang in hit.item.titles else next(iter(hit.item.titles))
    return Result(
        id=hit.item.id,
        title=hit.item.titles[shown],
        summary=hit.item.summaries[shown],
        lang=shown,
        score=hit.score,
        snippet=hit.snippet.html,
        snippet_lang=hit.snippet.lang,
        facets={facet: list(terms) for facet, terms in hit.item.facets.items()},
        explanation=Explanation(
            dense=hit.explanation.dense,
            late=hit.explanation.late,
            lexical=hit.explanation.lexical,
            found_in=hit.explanation.found_in,
            section=hit.explanation.section,
            words=list(hit.explanation.words),
        ),
    )


def search_answer(response: SearchResponse, debug: bool = False) -> SearchAnswer:
    request = response.request
    return SearchAnswer(
        query=request.query,
        total=response.total,
        page=request.page,
        page_size=request.page_size,
        results=[result(hit, request.lang) for hit in response.hits],
        facets=response.facets,
        generation=response.generation,
        matches_well=response.matches_well,
        corrections=[Correction(typed=one.typed, read=one.read) for one in response.corrections],
        recognised=[RecognisedTerm(facet=r.facet, term=r.term, typed=r.typed) for r in response.recognised],
        timings_ms=dict(response.timings) if debug else None,
    )
