"""Pages that need the engine: search results, and the documentation of the API. They use the site's own templates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from kb.api import metrics
from kb.content.sections import LANGUAGES
from kb.content.vocabulary import vocabulary
from kb.errors import NotFoundError, QueryError
from kb.search.answer import SearchResponse
from kb.search.engine import SearchEngine
from kb.search.request import FACETS, search_request
from kb.site.i18n import translations
from kb.site.render import render
from kb.site.urls import SEGMENTS, Urls

SHOWN_FACETS = ("country", "theme", "population", "status", "evidence", "language")
PAGE_SIZE = 10

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class Chip:
    """A filter in use, and the address without it."""

    label: str
    url: str


@dataclass(frozen=True)
class PageLink:
    number: int
    url: str
    current: bool


def _search_page(request: Request, lang: str) -> HTMLResponse:
    urls = Urls(lang)
    parameters = request.query_params
    query = parameters.get("q", "")
    filters = {facet: parameters.getlist(facet) for facet in FACETS if facet in parameters}
    alternates = {other: _address(Urls(other), query, filters) for other in LANGUAGES}
    response, problem, status = None, "", 200
    if query.strip():
        try:
            response = _answer(request, query, lang, filters)
        except QueryError as error:
            problem, status = _in_words(error, lang), error.status
    html = render(
        "search.html", lang, urls, alternates, query=query, response=response, problem=problem,
        facet_titles=_facet_titles(lang), facet_terms=facet_terms, without_filters=_address(urls, query, {}),
        chips=_chips(urls, query, filters) if response else [], pages=_pages(urls, query, filters, response),
    )  # fmt: skip
    return HTMLResponse(html, status_code=status)


def _answer(request: Request, query: str, lang: str, filters: Mapping[str, list[str]]) -> SearchResponse:
    engine: SearchEngine = request.app.state.service.engine
    page = request.query_params.get("page", "1")
    if not (page.isascii() and page.isdigit() and len(page) < 10):
        raise QueryError("%(name)s must be a whole number, not %(found)r.", name="page", found=page)
    return metrics.search(engine, search_request(query, lang, filters, page=int(page), page_size=PAGE_SIZE))


def _in_words(error: QueryError, lang: str) -> str:
    sentence = translations(lang).gettext(error.template)
    return sentence % error.values if error.values else sentence


def _facet_titles(lang: str) -> list[tuple[str, str, str]]:
    _ = translations(lang).gettext
    titles = {
        "country": _("State"), "theme": _("Theme"), "population": _("Population"), "status": _("Status"),
        "evidence": _("Evidence"), "language": _("Language"),
    }  # fmt: skip
    return [(facet, titles[facet], FACETS[facet]) for facet in SHOWN_FACETS]


def facet_terms(counts: Mapping[str, int], chosen: tuple[str, ...]) -> list[str]:
    """Terms to offer: those chosen, then those found, most frequent first."""
    return [*chosen, *(term for term in counts if term not in chosen)]


def _chips(urls: Urls, query: str, filters: Mapping[str, list[str]]) -> list[Chip]:
    chips = []
    for facet, terms in filters.items():
        for term in terms:
            others = {name: [t for t in ts if (name, t) != (facet, term)] for name, ts in filters.items()}
            label = vocabulary().label(FACETS[facet], term, urls.lang)
            chips.append(Chip(label, _address(urls, query, others)))
    return chips


def _pages(urls: Urls, query: str, filters: Mapping[str, list[str]], response: SearchResponse | None) -> list[PageLink]:
    if response is None:
        return []
    last = -(-response.total // PAGE_SIZE)
    current = response.request.page
    return [
        PageLink(number, _address(urls, query, filters, number), number == current) for number in range(1, last + 1)
    ]


def _address(urls: Urls, query: str, filters: Mapping[str, list[str]], page: int = 1) -> str:
    pairs = [("q", query)] if query else []
    pairs += [(facet, term) for facet, terms in filters.items() for term in terms]
    if page > 1:
        pairs.append(("page", str(page)))
    return urls.section("search") + (f"?{urlencode(pairs)}" if pairs else "")


@router.get(f"/en/{SEGMENTS['search']['en']}/", response_class=HTMLResponse)
def search_english(request: Request) -> HTMLResponse:
    return _search_page(request, "en")


@router.get(f"/es/{SEGMENTS['search']['es']}/", response_class=HTMLResponse)
def search_spanish(request: Request) -> HTMLResponse:
    return _search_page(request, "es")


@router.get("/api")
@router.get("/api/v1")
def to_documentation() -> RedirectResponse:
    return RedirectResponse("/api/v1/docs")


@router.get("/api/v1/docs", response_class=HTMLResponse)
def documentation(request: Request) -> HTMLResponse:
    """The OpenAPI document as a page: nothing is loaded from elsewhere, nothing needs JavaScript."""
    alternates = {lang: Urls(lang).home() for lang in LANGUAGES}
    return HTMLResponse(render("api.html", "en", Urls("en"), alternates, document=request.app.openapi()))


@router.get("/api/{rest:path}")
def nothing_there(rest: str) -> None:
    """Addresses below `/api` that there are not get a problem document, not the site's page."""
    raise NotFoundError(f"There is nothing at /api/{rest}; the documentation is at /api/v1/docs.")
