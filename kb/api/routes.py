"""The JSON resources under `/api/v1`."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import WithJsonSchema

from kb.api import metrics
from kb.api.parameters import Question, TermOf
from kb.api.problems import ANSWERS
from kb.api.schemas import (
    Document,
    FacetTerm,
    Health,
    Language,
    PracticeList,
    PracticeSummary,
    SearchAnswer,
    SimilarPractice,
    Sort,
    search_answer,
)
from kb.content.document import practice_document
from kb.content.problems import did_you_mean
from kb.content.vocabulary import vocabulary
from kb.errors import QueryError
from kb.index.passages import Item
from kb.search.engine import SearchEngine
from kb.search.request import FACETS, MAX_PAGE, MAX_PAGE_SIZE, Filters, checked_filters, search_request

router = APIRouter(responses=ANSWERS)


async def engine(request: Request) -> SearchEngine:
    """The engine that this request is answered from, to its end."""
    serving: SearchEngine = request.app.state.service.engine
    return serving


Engine = Annotated[SearchEngine, Depends(engine)]
Page = Annotated[int, Query(ge=1, le=MAX_PAGE, description="Page number, from 1")]
SetAside = Annotated[
    str,
    WithJsonSchema(
        {
            "type": "string",
            "enum": [f"{facet}:{term}" for facet in ("country", "theme") for term in vocabulary()[FACETS[facet]]],
        }
    ),
]
PageSize = Annotated[int, Query(ge=1, le=MAX_PAGE_SIZE, description="Results a page")]

_PARAMETERS = {
    *FACETS, "q", "lang", "passages_in", "page", "page_size", "limit", "sort", "as_typed", "set_aside", "debug",
}  # fmt: skip


async def filters(
    request: Request,
    country: Annotated[
        list[Annotated[str, TermOf("country")]],
        Query(description="ISO code of a State, such as `SV`; repeat for several"),
    ] = [],  # noqa: B006
    theme: Annotated[
        list[Annotated[str, TermOf("theme")]], Query(description="Theme, such as `mental-health`; see `/facets`")
    ] = [],  # noqa: B006
    population: Annotated[
        list[Annotated[str, TermOf("population")]], Query(description="Population, such as `refugees`")
    ] = [],  # noqa: B006
    status: Annotated[
        list[Annotated[str, TermOf("status")]], Query(description="`ongoing`, `completed`, `pilot` ...")
    ] = [],  # noqa: B006
    evidence: Annotated[
        list[Annotated[str, TermOf("evidence")]], Query(description="Level of evidence, such as `evaluated`")
    ] = [],  # noqa: B006
    language: Annotated[
        list[Annotated[str, TermOf("language")]], Query(description="Practices that have a page in this language")
    ] = [],  # noqa: B006
    mirps_group: Annotated[
        list[Annotated[str, TermOf("mirps_group")]], Query(description="Working group of the MIRPS")
    ] = [],  # noqa: B006
    gcm: Annotated[
        list[Annotated[str, TermOf("gcm")]], Query(description="Objective of the Global Compact for Migration, 1 to 23")
    ] = [],  # noqa: B006
    sdg: Annotated[
        list[Annotated[str, TermOf("sdg")]], Query(description="Sustainable Development Goal, 1 to 17")
    ] = [],  # noqa: B006
) -> Filters:
    """Filters of a request, checked; a parameter that there is not is an error, not silence."""
    given = {
        "country": country, "theme": theme, "population": population, "status": status, "evidence": evidence,
        "language": language, "mirps_group": mirps_group, "gcm": gcm, "sdg": sdg,
    }  # fmt: skip
    for name in request.query_params:
        if name not in _PARAMETERS:
            raise QueryError("There is no parameter %(name)r.", hint=did_you_mean(name, _PARAMETERS), name=name)
    return checked_filters(given)


Filtered = Annotated[Filters, Depends(filters)]


@router.get("/search", tags=["search"], summary="Search practices by meaning", response_model=SearchAnswer)
def search(
    engine: Engine,
    filtered: Filtered,
    q: Annotated[Question, Query(description="What you need, in your own words, up to 4000 characters")],
    lang: Annotated[
        Language, Query(description="Your language: titles and snippets come in it where they exist")
    ] = "en",
    passages_in: Annotated[Language | None, Query(description="Search only what is written in this language")] = None,
    page: Page = 1,
    page_size: PageSize = 10,
    sort: Annotated[Sort, Query(description="Order of the hits that answer best; the rest follow by relevance")] = (
        "relevance"
    ),
    as_typed: Annotated[
        bool, Query(description="Leave words as they were typed, also what look like typing errors")
    ] = False,
    set_aside: Annotated[
        list[SetAside],
        Query(description="A recognised term that is not meant, such as `country:PA`; repeat for several"),
    ] = [],  # noqa: B006
    debug: Annotated[bool, Query(description="Give the milliseconds of each stage")] = False,
) -> Response:
    """Ranks practices by how well one of their passages answers, whatever the language of question and passage."""
    lists = {facet: list(terms) for facet, terms in filtered.items()}
    request = search_request(q, lang, lists, passages_in or "", page, page_size, sort, as_typed, set_aside)
    answer = search_answer(metrics.search(engine, request), debug)
    # Checked when it was made: handed over as a model it would be checked again, in another turn of a thread.
    return Response(answer.model_dump_json(), media_type="application/json")


@router.get("/practices", tags=["practices"], summary="List practices")
def practices(engine: Engine, filtered: Filtered, page: Page = 1, page_size: PageSize = 50) -> PracticeList:
    """All practices that pass the filters, in the order of their ids."""
    passing = engine.facets.allowed(filtered)
    found = [item for item, passes in zip(engine.snapshot.items, passing, strict=True) if passes]
    shown = found[(page - 1) * page_size : page * page_size]
    return PracticeList(total=len(found), page=page, page_size=page_size, practices=[_summary(item) for item in shown])


@router.get("/practices/{practice_id}", tags=["practices"], summary="One practice in full")
def practice(engine: Engine, practice_id: str) -> Document:
    """Facts, words in every language, safe HTML, sources."""
    return Document(**practice_document(engine.snapshot.documents, practice_id))


@router.get("/practices/{practice_id}/similar", tags=["practices"], summary="Practices near to one")
def similar(
    engine: Engine,
    practice_id: str,
    limit: Annotated[int, Query(ge=1, le=20, description="How many")] = 5,
) -> list[SimilarPractice]:
    """The nearest practices by meaning; those of other States come first, because peers learn from each other."""
    near = engine.similar(practice_id, limit)
    return [SimilarPractice(**_summary(item).model_dump(), similarity=round(score, 4)) for item, score in near]


@router.get("/facets", tags=["search"], summary="Filters and their terms")
def facet_terms(engine: Engine) -> dict[str, list[FacetTerm]]:
    """Every filter with its terms, their words in both languages, and how many practices have each."""
    counted = engine.facets.counts(range(len(engine.snapshot.items)))
    return {
        facet: [
            FacetTerm(
                term=term,
                labels=dict(entry.label),
                definitions=dict(entry.definition),
                count=counted[facet].get(term, 0),
            )
            for term, entry in vocabulary()[name].items()
        ]
        for facet, name in FACETS.items()
    }


@router.get("/health", tags=["service"], summary="Is it up, and which index does it serve?")
def health(engine: Engine) -> Health:
    """Answers as soon as searches can be answered."""
    manifest = engine.snapshot.manifest
    return Health(
        status="ok",
        generation=manifest.generation,
        built=manifest.created,
        practices=manifest.items,
        passages=sum(part["passages"] for part in manifest.languages.values()),
    )


def _summary(item: Item) -> PracticeSummary:
    return PracticeSummary(
        id=item.id,
        titles=dict(item.titles),
        summaries=dict(item.summaries),
        facets={facet: list(terms) for facet, terms in item.facets.items()},
    )
