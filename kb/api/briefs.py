"""One-page briefs of practices, made when they are asked for."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from kb.api.routes import Engine
from kb.content.document import entry_of, practice_document
from kb.site.urls import FILES, SEGMENTS, Urls
from kb.site.views import view
from kb.word import DOCX

router = APIRouter(include_in_schema=False)


def _brief(request: Request, engine: Engine, practice_id: str, lang: str) -> Response:
    from kb.site.brief_word import brief_file

    entry = entry_of(practice_document(engine.snapshot.documents, practice_id))
    content = brief_file(view(entry, Urls(lang, "/", request.app.state.origin)))
    name = f"{entry.id}-{FILES['brief'][lang]}"
    return Response(content, media_type=DOCX, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@router.get(f"/en/{SEGMENTS['practice']['en']}/{{practice_id}}/{FILES['brief']['en']}")
def brief_in_english(request: Request, engine: Engine, practice_id: str) -> Response:
    return _brief(request, engine, practice_id, "en")


@router.get(f"/es/{SEGMENTS['practice']['es']}/{{practice_id}}/{FILES['brief']['es']}")
def brief_in_spanish(request: Request, engine: Engine, practice_id: str) -> Response:
    return _brief(request, engine, practice_id, "es")
