"""Pages of peer learning that need the engine: who can learn from whom, and the form that makes an agenda."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse

from kb.api.learning import bounded_body
from kb.content.problems import did_you_mean
from kb.content.sections import LANGUAGES
from kb.content.vocabulary import vocabulary
from kb.errors import KnowledgeBaseError, NotFoundError
from kb.learning.agenda import Agenda
from kb.learning.documents.kinds import DOCUMENTS, write_document
from kb.learning.forms import DAYS, VISITS, ZONES, fields_of, request_of_fields
from kb.learning.knowledge import Entry
from kb.learning.making import make_agenda
from kb.learning.matching import Match, Matching, between, matching_of, matrix
from kb.learning.methods import for_practices
from kb.site.agendas import Wish
from kb.site.render import render
from kb.site.urls import SEGMENTS, Urls

SHOWN = 3
"""Practices shown for each commitment."""

router = APIRouter(include_in_schema=False)


def _matching(request: Request) -> Matching:
    return matching_of(request.app.state.service.engine)


def _alternates(kind: str, query: str) -> dict[str, str]:
    return {lang: Urls(lang).section(kind) + (f"?{query}" if query else "") for lang in LANGUAGES}


def _learning_page(request: Request, lang: str) -> HTMLResponse:
    """The matrix; with `state` the matches of one State, with `practice` who could use one practice."""
    matching = _matching(request)
    state, teacher, one, problem, status = "", "", None, "", 200
    try:
        state = _learner(request.query_params.get("state", ""), lang)
        teacher = _teacher(request.query_params.get("from", ""), state) if state else ""
        practice = request.query_params.get("practice", "")
        one = matching.knowledge.practice(practice) if practice else None
    except NotFoundError as error:
        state, problem, status = "", error.said(lang), error.status
    html = render(
        "learning.html", lang, Urls(lang), _alternates("learning", request.url.query), kind="learning", problem=problem,
        matching=matching, states=vocabulary().mirps_states(), state=state, teacher=teacher, practice=one,
        uses=matching.commitments_for(one) if one else (), lessons=_lessons(matching, state, teacher) if state else (),
        matrix={} if state or one else matrix(matching),
    )  # fmt: skip
    return HTMLResponse(html, status_code=status)


def _learner(state: str, lang: str) -> str:
    """The code of a State that can learn here; empty where none is asked for."""
    if state and state not in vocabulary().mirps_states():
        raise NotFoundError(
            "%(state)s is not a MIRPS State; choose one from the table.",
            hint=did_you_mean(state, vocabulary().mirps_states()),
            state=vocabulary().label("countries", state, lang),
        )
    return state


def _teacher(country: str, learner: str) -> str:
    """The code of a country that the learner may learn from; empty where none is asked for, for a State does not learn from itself."""
    if country == learner:
        return ""
    if country and country not in vocabulary()["countries"]:
        raise NotFoundError("%(state)s is no State of this knowledge base; choose one from the table.", state=country)
    return country


def _lessons(matching: Matching, state: str, teacher: str) -> list[tuple[Entry, list[Match]]]:
    """Each commitment of a State with practices that answer it: the best of all, or those of one country that the matrix counts."""
    own = [one for one in matching.knowledge.commitments.values() if state in one.states]
    if not teacher:
        return [(one, matching.practices_for_learner(one, state)[:SHOWN]) for one in own]
    found = between(matching, state, teacher)
    answered = [(one, [match for match in found if match.commitment is one]) for one in own]
    return [(one, matches) for one, matches in answered if matches]


@router.get(f"/en/{SEGMENTS['learning']['en']}/")
def learning_english(request: Request) -> HTMLResponse:
    return _learning_page(request, "en")


@router.get(f"/es/{SEGMENTS['learning']['es']}/")
def learning_spanish(request: Request) -> HTMLResponse:
    return _learning_page(request, "es")


def _agenda_page(request: Request, lang: str, fields: Mapping[str, Sequence[str]]) -> HTMLResponse:
    """The form, and below it the agenda of what is filled in."""
    matching = _matching(request)
    made: Agenda | None = None
    problem, status = "", 200
    if any(fields.get(name) for name in ("title", "change", "request")):
        try:
            made = make_agenda(request_of_fields(fields, matching.knowledge.find), matching.knowledge)
        except KnowledgeBaseError as error:
            problem, status = error.said(lang), error.status
    wish = Wish(lang, site=str(request.base_url))
    html = render(
        "agenda.html", lang, Urls(lang), _alternates("agenda", request.url.query if request.method == "GET" else ""),
        fields=fields, made=made, problem=problem,
        practices=matching.knowledge.practices, named=matching.knowledge.named, states=vocabulary().mirps_states(),
        themes=vocabulary().in_order("themes", vocabulary()["themes"], lang), methods=for_practices(),
        zones=ZONES, days=DAYS, visits=VISITS,
        documents=list(DOCUMENTS), written=write_document(made, "agenda", lang, wish.links) if made else None,
    )  # fmt: skip
    return HTMLResponse(html, status_code=status)


def _of_address(request: Request) -> dict[str, list[str]]:
    return fields_of(request.url.query.encode())


async def _posted(request: Request, lang: str) -> HTMLResponse:
    """An edited request: too long for an address, so it comes in the body."""
    fields = fields_of(await bounded_body(request))
    return await run_in_threadpool(_agenda_page, request, lang, fields)


@router.post(f"/en/{SEGMENTS['agenda']['en']}/")
async def edited_english(request: Request) -> HTMLResponse:
    return await _posted(request, "en")


@router.post(f"/es/{SEGMENTS['agenda']['es']}/")
async def edited_spanish(request: Request) -> HTMLResponse:
    return await _posted(request, "es")


@router.get(f"/en/{SEGMENTS['agenda']['en']}/")
def agenda_english(request: Request) -> HTMLResponse:
    return _agenda_page(request, "en", _of_address(request))


@router.get(f"/es/{SEGMENTS['agenda']['es']}/")
def agenda_spanish(request: Request) -> HTMLResponse:
    return _agenda_page(request, "es", _of_address(request))
