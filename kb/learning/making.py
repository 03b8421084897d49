"""From a request to an agenda: chooses, places, and lets nothing out that breaks a rule."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kb.content.problems import did_you_mean
from kb.errors import InfeasibleError, NotFoundError
from kb.learning import rules
from kb.learning.agenda import Agenda
from kb.learning.blocks import Block, make_blocks, visit_number
from kb.learning.fixed import early_lunches, fixed_blocks, lunch_of
from kb.learning.knowledge import Knowledge
from kb.learning.plan import VisitPlan, plan_event
from kb.learning.questions import questions_for
from kb.learning.request import AgendaRequest, words_of
from kb.learning.selection import Candidates, Chosen, fair_share, select, visited_practice
from kb.learning.timetable import Half, Placed, halves, rules_of
from kb.learning.words import Told, Words, listed, say, state

CROWD = 15
"""Visitors from which a visit is better done in two groups."""


def make_agenda(request: AgendaRequest, knowledge: Knowledge) -> Agenda:
    """The agenda of a request.

    Raises:
        InfeasibleError: no agenda can fulfil it; the message says what to change.
        NotFoundError: it names a practice that there is not.
        UnknownTermError: it names a theme that there is not.
    """
    rules.check_request(request)
    _check_names(request, knowledge)
    limits = rules_of(request)
    candidates = Candidates(request, knowledge)
    pinned = fixed_blocks(request)
    pinned_ids = frozenset(one.item.id for _, one in pinned)
    held = list(dict.fromkeys(name for _, one in pinned for room in one.item.rooms for name in room.practices))
    visited = _visited(candidates, held)
    lunches, half_days = _hours(request, pinned)
    chosen, left = select(candidates, [name for name in visited if name], held)
    visits = [
        VisitPlan(number, visited[number - 1], one.travel_minutes, one.minutes, one.day)
        for number, one in enumerate(request.visits, start=1)
        if f"visit-{number}" not in pinned_ids
    ]
    plan = plan_event(request, half_days, visits, chosen, pinned_ids, limits)
    _refuse_without_room(plan.without_room, chosen)
    shown = {one.practice.id: one for one in chosen if one not in plan.without_room}
    for name in [*visited, *held]:
        if name:
            shown[name] = candidates.chosen(knowledge.practice(name), name in request.practices.wanted, name in visited)
    others = [*pinned, *plan.placed]
    blocks = make_blocks(request, [*others, *early_lunches(lunches, others)], shown, visited)
    order = list(dict.fromkeys(name for block in blocks for name in block.practices))
    agenda = Agenda(
        request,
        tuple(blocks),
        {name: shown[name] for name in order},
        {name: questions_for(shown[name], request) for name in order},
        tuple(left),
        tuple(_notes(candidates, [shown[name] for name in order], blocks, limits.rooms)),
        fair_share(request, visited),
    )
    for violation in rules.violations(agenda):
        raise InfeasibleError(violation.template, **violation.values)
    return agenda


def _check_names(request: AgendaRequest, knowledge: Knowledge) -> None:
    """Refuses a name that no practice has, with the way to find the right one.

    Raises:
        NotFoundError: there is such a name.
    """
    visited = [one.practice for one in request.visits if one.practice is not None]
    held = [name for one in request.fixed for name in one.practices]
    for name in (*request.practices.wanted, *request.practices.excluded, *visited, *held):
        if name not in knowledge.practices:
            raise NotFoundError(
                "No practice has the name %(id)r; the name of a practice is the last part of its page's address, and `kb search` shows it.",
                hint=did_you_mean(knowledge.named(name), knowledge.practices),
                id=name,
            )


def _hours(request: AgendaRequest, pinned: Sequence[tuple[int, Placed]]) -> tuple[list[tuple[int, Placed]], list[Half]]:
    """Lunches, and the half days around them and around fixed blocks."""
    lunches: list[tuple[int, Placed]] = []
    found: list[Half] = []
    for day in range(1, len(request.days) + 1):
        of_day = [one for number, one in pinned if number == day]
        lunch = lunch_of(request, day, of_day)
        if lunch:
            lunches.append((day, lunch))
        found += halves(request, day, of_day, lunch)
    return lunches, found


def _visited(candidates: Candidates, held: Sequence[str]) -> list[str]:
    """The practice of each visit; empty where the host has none that fits.

    Raises:
        InfeasibleError: one that is named is not done in the host State.
    """
    found: list[str] = []
    host = candidates.request.host
    for number, visit in enumerate(candidates.request.visits, start=1):
        practice = visited_practice(candidates, visit.practice, [*found, *held])
        if practice and host not in practice.states:
            if len(practice.states) > 1:
                raise InfeasibleError(
                    "Visit %(number)s goes to “%(practice)s”, which several States share and %(host)s does not; choose a practice of "
                    "%(host)s, or name none, and the nearest of its own is visited.",
                    number=number,
                    practice=Told(practice.title),
                    host=Told(state(host)),
                )
            raise InfeasibleError(
                "Visit %(number)s goes to “%(practice)s”, a practice of %(states)s, but the host is %(host)s; choose a practice of "
                "the host State, or another host.",
                number=number,
                practice=Told(practice.title),
                states=Told(state(practice.states[0])),
                host=Told(state(host)),
            )
        found.append(practice.id if practice else "")
    return found


def _refuse_without_room(without: Sequence[Chosen], chosen: Sequence[Chosen]) -> None:
    wanted = [one for one in chosen if one.wanted]
    missing = [one for one in without if one.wanted]
    if missing:
        raise InfeasibleError(
            "There is room for %(room)s of the %(wanted)s practices that are wanted; take %(missing)s out of those that must be "
            "there (the last is “%(last)s”), or add hours.",
            room=len(wanted) - len(missing),
            wanted=len(wanted),
            missing=len(missing),
            last=Told(missing[-1].practice.title),
        )


def _notes(candidates: Candidates, shown: Sequence[Chosen], blocks: Sequence[Block], rooms: int) -> Iterator[Words]:
    """What the organiser should know or do about this agenda."""
    request = candidates.request
    if rooms < request.parallel:
        yield say("note-rooms", asked=request.parallel, rooms=rooms, needed=2 * request.parallel)
    yield from _visits_to_confirm(candidates, blocks)
    if request.visits and request.people > CROWD:
        yield say("note-crowd", people=request.people)
    absent = [one for one in shown if not one.presenter.key]
    if absent:
        yield say("note-absent", practices=listed(one.practice.title for one in absent))
    served = {code for one in shown for code in one.answers}
    for code in (one.state for one in request.delegations if one.comes_for and one.state not in served):
        if nearest := candidates.nearest_to(code):
            yield say("note-unserved", state=state(code), practice=nearest.title, id=nearest.id)
    change = words_of(request.change)
    if request.bilingual and change["en"] == change["es"]:
        yield say("note-one-language", example="change: {en: ..., es: ...}")
    if request.bilingual and request.interpretation.interpreters == 1:
        yield say("note-alone", minutes=request.interpretation.alone_minutes)
    if request.visits and not request.follow_up:
        yield say("note-follow-up")
    unknown = [name for name in request.rename if name not in {block.id for block in blocks}]
    for name in unknown:
        yield say("note-rename", block=name)


def _visits_to_confirm(candidates: Candidates, blocks: Sequence[Block]) -> Iterator[Words]:
    """Visits whose practice the organiser did not name: it may lie far from the venue, which no page tells."""
    visits = candidates.request.visits
    for block in blocks:
        number = visit_number(block.id)
        if block.method.id != "field-visit" or not 0 < number <= len(visits) or not block.practices:
            continue
        visit = visits[number - 1]
        if visit.practice is None:
            title = candidates.knowledge.practice(block.practices[0]).title
            yield say("note-visit-place", number=number, practice=title, minutes=visit.travel_minutes)
