"""Practices side by side, and their list as a Word file or a table."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from kb.content.sections import LANGUAGES
from kb.errors import QueryError
from kb.site.compare import MOST_COMPARED, compare, to_export
from kb.site.render import render
from kb.site.urls import Urls
from kb.word import DOCX

router = APIRouter(include_in_schema=False)

FORMATS = {"docx": DOCX, "csv": "text/csv; charset=utf-8"}


def _page(request: Request, lang: str) -> HTMLResponse:
    urls, ids = Urls(lang), request.query_params.getlist("id")
    shown, problem, status = None, "", 200
    try:
        shown = compare(request.app.state.service.engine, ids, urls)
        status = 404 if shown.missing and not shown.chosen else 200
    except QueryError as error:
        problem, status = error.said(lang), error.status
    alternates = {other: Urls(other).comparison(ids) for other in LANGUAGES}
    html = render(
        "compare.html", lang, urls, alternates, kind="compare", shown=shown, most=MOST_COMPARED, problem=problem
    )
    return HTMLResponse(html, status_code=status)


def _file(request: Request, lang: str, ending: str) -> Response:
    from kb.site.export import as_csv, as_docx

    urls = Urls(lang)
    practices = to_export(request.app.state.service.engine.snapshot.documents, request.query_params.getlist("id"), urls)
    content = (as_docx if ending == "docx" else as_csv)(practices)
    name = urls.export(ending, ()).rpartition("/")[2]
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=FORMATS[ending], headers=headers)


def _routes(lang: str) -> None:
    @router.get(Urls(lang).section("compare"))
    def page(request: Request) -> HTMLResponse:
        return _page(request, lang)

    @router.get(Urls(lang).export("docx", ()))
    def docx(request: Request) -> Response:
        return _file(request, lang, "docx")

    @router.get(Urls(lang).export("csv", ()))
    def csv(request: Request) -> Response:
        return _file(request, lang, "csv")


for _lang in LANGUAGES:
    _routes(_lang)
