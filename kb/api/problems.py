"""The one error shape: problem documents (RFC 9457, application/problem+json)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from kb.content.sections import LANGUAGES
from kb.errors import KnowledgeBaseError

MEDIA_TYPE = "application/problem+json"


class Problem(BaseModel):
    """What went wrong, for people (`detail`) and for programs (`type`, `status`)."""

    type: str = Field(description="Name of the kind of problem; `about:blank` where the status says it all")
    title: str = Field(description="The status in words")
    status: int = Field(description="The HTTP status")
    detail: str = Field(description="One sentence that says what to change")


def described(description: str) -> dict[str, Any]:
    """A problem as an answer in the OpenAPI document."""
    return {"model": Problem, "content": {MEDIA_TYPE: {}}, "description": description}


ANSWERS: dict[int | str, dict[str, Any]] = {
    404: described("There is no such thing"),
    422: described("The request makes no sense; `detail` says why"),
    429: described("Too many requests; `Retry-After` says when to come back"),
    503: described("Busy, or the answer took too long; `Retry-After` says when to come back"),
}
"""Problems that any resource may answer with."""


def problem_response(status: int, slug: str, detail: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    problem = Problem(type=slug, title=HTTPStatus(status).phrase, status=status, detail=detail)
    return JSONResponse(problem.model_dump(), status_code=status, headers=headers, media_type=MEDIA_TYPE)


def _language(request: Request) -> str:
    """The language that `lang` of the address names, else the first of ours that the client prefers."""
    preferred = re.findall(r"\b(en|es)\b", request.headers.get("accept-language", "").lower())
    return next((lang for lang in (request.query_params.get("lang"), *preferred) if lang in LANGUAGES), "en")


def install(app: FastAPI) -> None:
    """Makes every error of the application a problem document. Defects of ours are met farther out, by `Observed`."""

    @app.exception_handler(KnowledgeBaseError)
    async def ours(request: Request, error: KnowledgeBaseError) -> JSONResponse:
        return problem_response(error.status, error.slug, error.said(_language(request)))

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"][1:]) or "request"
        return problem_response(422, "bad-request", f"{where}: {first['msg']}.")

    @app.exception_handler(HTTPException)
    async def http(_: Request, error: HTTPException) -> JSONResponse:
        return problem_response(error.status_code, "about:blank", str(error.detail), error.headers)
