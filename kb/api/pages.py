"""Pages that need the engine: search results, and the documentation of the API. They use the site's own templates."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from kb.api import metrics
from kb.content.sections import LANGUAGES
from kb.errors import NotFoundError, QueryError
from kb.search.request import FACETS, SORTS
from kb.site.render import render
from kb.site.results import Asked, Found, find, told
from kb.site.urls import SEGMENTS, Urls

router = APIRouter(include_in_schema=False)


def _search_page(request: Request, lang: str) -> HTMLResponse:
    urls = Urls(lang)
    asked, found, problem, status = Asked(request.query_params.get("q", "")), None, "", 200
    try:
        asked = _asked(request)
        found = _found(request, asked, urls)
    except QueryError as error:
        problem, status = told(error, lang), error.status
    alternates = {other: asked.address(Urls(other)) for other in LANGUAGES}
    html = render("search.html", lang, urls, alternates, kind="search", asked=asked, found=found, problem=problem)
    return HTMLResponse(html, status_code=status)


def _asked(request: Request) -> Asked:
    parameters = request.query_params
    page = parameters.get("page", "1")
    if not (page.isascii() and page.isdigit() and len(page) < 10):
        raise QueryError("%(name)s must be a whole number, not %(found)r.", name="page", found=page)
    return Asked(
        query=parameters.get("q", ""),
        filters={facet: tuple(parameters.getlist(facet)) for facet in FACETS if facet in parameters},
        sort=parameters.get("sort", SORTS[0]),
        own=bool(parameters.get("own")),
        as_typed=bool(parameters.get("as_typed")),
        set_aside=tuple(parameters.getlist("set_aside")),
        page=int(page),
    )


def _found(request: Request, asked: Asked, urls: Urls) -> Found | None:
    return find(request.app.state.service.engine, asked, urls, metrics.search) if asked.query.strip() else None


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
    raise NotFoundError("There is nothing at /api/%(rest)s; the documentation is at /api/v1/docs.", rest=rest)
