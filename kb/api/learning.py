"""Peer learning under `/api/v1`: who can learn from whom, and agendas."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field

from kb.api.problems import ANSWERS, described
from kb.api.routes import Engine
from kb.api.schemas import Language
from kb.api.security import policy_with_style
from kb.content.sections import LANGUAGES
from kb.errors import AgendaRequestError
from kb.learning.forms import fields_of, request_of_fields
from kb.learning.making import make_agenda
from kb.learning.matching import Match, Matching, matching_of
from kb.learning.request import AgendaRequest, check_size, read_request, request_of
from kb.search.engine import SearchEngine
from kb.site.agendas import FORMATS, Wish, write_agenda
from kb.site.render import agenda_style

router = APIRouter(
    tags=["learning"],
    responses=ANSWERS
    | {422: described("The request makes no sense, or cannot be fulfilled; `detail` says what to change")},
)


def matching(engine: Engine) -> Matching:
    """The matching of the engine that this request is answered from."""
    return matching_of(engine)


Matches = Annotated[Matching, Depends(matching)]
Limit = Annotated[int, Query(ge=1, le=10, description="How many")]
Lang = Annotated[Language, Query(description="Your language")]


class MatchedPractice(BaseModel):
    """A practice of another State that answers a commitment."""

    id: str
    title: str
    countries: list[str]
    score: float = Field(description="Best first; comparable within one commitment")
    reason: str = Field(description="Why, in a sentence")
    need: str = Field(description="The need that it answers best")
    themes: list[str] = Field(description="Themes that both have")
    passage: str = Field(description="The passage that answers: safe HTML with <mark>")
    passage_lang: str


class MatchedCommitment(BaseModel):
    """A commitment that a practice answers."""

    id: str
    title: str
    score: float
    reason: str


class LearningState(BaseModel):
    """A State that could use a practice."""

    country: str
    commitments: list[MatchedCommitment]


@router.get("/commitments/{commitment_id}/practices", summary="Practices of other States that answer a commitment")
def practices_for(matching: Matches, commitment_id: str, lang: Lang = "en", limit: Limit = 5) -> list[MatchedPractice]:
    """Ranked, each with the need that it answers, the passage, and the reason in words."""
    found = matching.practices_for(matching.knowledge.commitment(commitment_id))
    return [_practice(matching, one, lang) for one in found[:limit]]


@router.get("/practices/{practice_id}/states", summary="States that could use a practice")
def states_for(matching: Matches, practice_id: str, lang: Lang = "en") -> list[LearningState]:
    """Other States, each with its commitments that the practice answers, those first whose need it answers best."""
    found: dict[str, list[MatchedCommitment]] = {}
    for one in matching.commitments_for(matching.knowledge.practice(practice_id)):
        commitment = MatchedCommitment(
            id=one.commitment.id, title=one.commitment.title[lang], score=one.score, reason=one.reason[lang]
        )
        for code in one.learners:
            found.setdefault(code, []).append(commitment)
    return [LearningState(country=code, commitments=commitments) for code, commitments in found.items()]


def _practice(matching: Matching, one: Match, lang: str) -> MatchedPractice:
    passage = matching.passage(one, lang)
    return MatchedPractice(
        id=one.practice.id,
        title=one.practice.title[lang],
        countries=list(one.practice.states),
        score=one.score,
        reason=one.reason[lang],
        need=one.need.words[lang],
        themes=list(one.shared_themes),
        passage=passage.html,
        passage_lang=passage.lang,
    )


Format = Literal["json", "html", "docx", "ics", "md", "yaml", "zip"]


def _inlined(schema: Any, definitions: Mapping[str, Any]) -> Any:
    """A JSON Schema without references, as it stands inside an OpenAPI document."""
    if isinstance(schema, dict):
        if "$ref" in schema:
            return _inlined(definitions[schema["$ref"].rpartition("/")[2]], definitions)
        return {key: _inlined(value, definitions) for key, value in schema.items() if key != "$defs"}
    return [_inlined(one, definitions) for one in schema] if isinstance(schema, list) else schema


def _body() -> dict[str, Any]:
    """How the request may be sent, for the OpenAPI document."""
    schema = AgendaRequest.model_json_schema()
    return {
        "required": True,
        "content": {
            "application/json": {"schema": _inlined(schema, schema["$defs"])},
            "application/yaml": {"schema": {"type": "string", "description": "The request as a YAML file"}},
            "application/x-www-form-urlencoded": {
                "schema": {"type": "object", "description": "The fields of the agenda page"}
            },
        },
    }


@router.post(
    "/agenda",
    summary="Make the agenda of a learning event",
    openapi_extra={"requestBody": _body()},
    response_class=Response,
    responses={
        200: {
            "description": "The agenda in the format asked for",
            "content": {one.media_type.partition(";")[0]: {"schema": {"type": "object"}} for one in FORMATS.values()},
        }
    },
)
async def agenda(
    request: Request,
    engine: Engine,
    format: Annotated[  # noqa: A002 - the word that callers use
        Format | None, Query(description="Form of the answer; without it the `Accept` header decides, then JSON")
    ] = None,
    lang: Annotated[Language, Query(description="Language of the document")] = "es",
    document: Annotated[
        Literal["agenda", "run-of-show", "concept-note", "evaluation", "outcome"],
        Query(description="Which document, in formats that hold one"),
    ] = "agenda",
) -> Response:
    """From the change sought, dates, delegations and wishes to blocks, practices with reasons, questions and roles. Nothing is stored:
    the same request over the same content gives the same bytes."""
    asked, wishes = await _asked(request, engine)
    form = wishes.get("format", format) or _accepted(request.headers.get("accept", ""))
    site = asked.site or str(request.base_url)
    spoken = wishes.get("lang", lang)
    wish = Wish(spoken if spoken in LANGUAGES else lang, wishes.get("document", document), site)
    return await run_in_threadpool(_answer, asked, engine, form, wish)


def _answer(asked: AgendaRequest, engine: SearchEngine, form: str, wish: Wish) -> Response:
    made = make_agenda(asked, matching_of(engine).knowledge)
    content = write_agenda(made, form, wish)
    name = f"{wish.document}-{wish.lang}.{form}" if form != "zip" else "agenda.zip"
    return Response(content, media_type=FORMATS[form].media_type, headers=_headers(form, name))


def _headers(form: str, name: str) -> dict[str, str]:
    """How a browser treats the answer: shown with the style that the file carries, or kept under a name."""
    if form == "html":
        return {"Content-Security-Policy": policy_with_style(agenda_style())}
    return {} if form == "json" else {"Content-Disposition": f'attachment; filename="{name}"'}


async def _asked(request: Request, engine: SearchEngine) -> tuple[AgendaRequest, dict[str, str]]:
    """The request in the body, and what a form says of the answer."""
    body = await bounded_body(request)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/x-www-form-urlencoded":
        fields = fields_of(body)
        wishes = {name: fields[name][0] for name in ("format", "lang", "document") if fields.get(name)}
        return await run_in_threadpool(lambda: request_of_fields(fields, matching_of(engine).knowledge.find)), wishes
    if kind in ("application/yaml", "application/x-yaml", "text/yaml"):
        return read_request(body), {}
    try:
        return request_of(json.loads(body)), {}
    except (ValueError, RecursionError):
        raise AgendaRequestError(
            "The body is not JSON; send JSON, or YAML with the content type application/yaml."
        ) from None


async def bounded_body(request: Request) -> bytes:
    """The body of a request, read no further than any request of ours is long.

    Raises:
        TooLargeError: it is longer.
    """
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        check_size(len(body))
    return bytes(body)


def _accepted(header: str) -> str:
    """The format that an `Accept` header prefers; JSON where it names none of ours."""
    weighed = []
    for place, part in enumerate(header.split(",")):
        name, _, parameters = part.strip().partition(";")
        quality = next((p.strip()[2:] for p in parameters.split(";") if p.strip().startswith("q=")), "1")
        weight = float(quality) if quality.isascii() and quality.replace(".", "", 1).isdigit() else 0.0
        weighed.append((-weight, place, name.strip().lower()))
    by_type = {one.media_type.partition(";")[0]: name for name, one in FORMATS.items()}
    return next((by_type[name] for weight, _, name in sorted(weighed) if weight and name in by_type), "json")
