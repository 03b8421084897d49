"""What must hold for a request and for any agenda, however it was made. Knows nothing of how blocks are placed."""

from __future__ import annotations

import datetime
import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from kb.errors import InfeasibleError
from kb.learning.agenda import Agenda
from kb.learning.blocks import Block, visit_number
from kb.learning.methods import methods
from kb.learning.request import AgendaRequest, minutes
from kb.learning.timetable import LUNCH_FROM, LUNCH_NEEDED, LUNCH_TO, NOON, REST
from kb.learning.words import Told, state

_SPAN = 28
"""Most days from the first to the last: meetings once a week may be one event, meetings a year apart are a slip."""


@dataclass(frozen=True)
class Violation:
    """A rule that does not hold: a sentence that says what to change, with its values apart."""

    template: str
    values: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.template % self.values if self.values else self.template


def _(template: str, **values: object) -> Violation:
    return Violation(template, values)


def _named(key: str) -> Told:
    """Who presents, in words: a State by its name, a partner as it is called."""
    return Told(state(key))


def check_request(request: AgendaRequest) -> None:
    """What a request must have before anything is placed.

    Raises:
        InfeasibleError: it has not.
    """
    for number, day in enumerate(request.days, start=1):
        if minutes(day.end) <= minutes(day.start):
            raise InfeasibleError(
                "Day %(day)s ends at %(end)s, before it starts at %(start)s; change its hours.",
                day=number,
                end=day.end,
                start=day.start,
            )
    dates = [datetime.date.fromisoformat(day.date) for day in request.days]
    if any(later <= earlier for earlier, later in itertools.pairwise(dates)):
        raise InfeasibleError("The days must follow each other, each with a date of its own; put them in order.")
    apart = (dates[-1] - dates[0]).days
    if apart > _SPAN:
        raise InfeasibleError(
            "The first and the last day are %(apart)s days apart, and an event lasts %(most)s at most; check the year and month of each "
            "date, or make an agenda for each part.",
            apart=apart,
            most=_SPAN,
        )
    states = [one.state for one in request.delegations]
    for code, count in Counter(states).items():
        if count > 1:
            raise InfeasibleError(
                "%(state)s stands twice among the delegations; keep one, with all its people.", state=_named(code)
            )
    for number, visit in enumerate(request.visits, start=1):
        if visit.day and visit.day > len(request.days):
            raise InfeasibleError(
                "Visit %(number)s is on day %(day)s, but the event has %(days)s; change its day.",
                number=number,
                day=visit.day,
                days=len(request.days),
            )


def violations(agenda: Agenda) -> Iterator[Violation]:
    """Every rule that the agenda breaks."""
    for rule in (
        _overlaps,
        _hours,
        _lunch,
        _breaks,
        _interpreters,
        _travel,
        _debriefs,
        _wanted,
        _shares,
        _roles,
        _mix,
        _ends,
    ):
        yield from rule(agenda)


def _pairs(agenda: Agenda) -> Iterator[tuple[Block, Block]]:
    for day in range(1, len(agenda.request.days) + 1):
        yield from itertools.combinations(agenda.of_day(day), 2)


def _overlaps(agenda: Agenda) -> Iterator[Violation]:
    for one, other in _pairs(agenda):
        if one.start < other.end and other.start < one.end:
            if not (one.room and other.room) or one.room == other.room:
                yield _("%(one)s and %(other)s overlap; move one of them.", one=one.id, other=other.id)
            presenting = {role.key for role in one.roles if role.key} & {role.key for role in other.roles if role.key}
            for key in sorted(presenting):
                yield _(
                    "%(who)s would be in %(one)s and %(other)s at the same time; ask for one session at a time.",
                    who=_named(key), one=one.id, other=other.id,
                )  # fmt: skip


def _hours(agenda: Agenda) -> Iterator[Violation]:
    for block in agenda.blocks:
        day = agenda.request.days[block.day - 1]
        if block.start < minutes(day.start) or block.end > minutes(day.end) or block.end <= block.start:
            yield _("%(block)s lies outside the hours of its day; move it or change the hours.", block=block.id)


def _lunch(agenda: Agenda) -> Iterator[Violation]:
    for number, day in enumerate(agenda.request.days, start=1):
        if minutes(day.start) > LUNCH_NEEDED[0] or minutes(day.end) < LUNCH_NEEDED[1]:
            continue
        lunches = [block for block in agenda.of_day(number) if block.method.id == "lunch" and block.minutes >= 45]
        if not any(block.start >= LUNCH_FROM and block.end <= LUNCH_TO for block in lunches):
            yield _("Day %(day)s has no lunch of 45 minutes around noon; leave time for it.", day=number)


def _breaks(agenda: Agenda) -> Iterator[Violation]:
    most = agenda.request.pauses.most_without
    for number in range(1, len(agenda.request.days) + 1):
        started = ended = -REST
        for block in agenda.of_day(number):
            if block.is_pause and block.minutes >= REST:
                started = ended = -REST
            elif not block.is_pause or started >= 0:
                if block.start - ended >= REST:
                    started = block.start
                ended = max(ended, block.end)
                if ended - started > most:
                    yield _(
                        "On day %(day)s work goes on for %(minutes)s minutes up to the end of %(block)s, and a break is due after "
                        "%(most)s; shorten a fixed block or put a break between.",
                        day=number, minutes=ended - started, block=block.id, most=most,
                    )  # fmt: skip


def _interpreters(agenda: Agenda) -> Iterator[Violation]:
    request = agenda.request
    team = request.interpretation
    for number in range(1, len(request.days) + 1):
        blocks = [block for block in agenda.of_day(number) if block.interpreted]
        teams = max(1, team.interpreters // 2)
        limit = (
            0
            if not team.interpreters
            else team.alone_minutes
            if team.interpreters == 1
            else team.half_day_minutes * teams
        )
        noon = next((block.start for block in agenda.of_day(number) if block.method.id == "lunch"), NOON)
        for low, high in ((0, noon), (noon, 24 * 60)):
            total = sum(max(0, min(block.end, high) - max(block.start, low)) for block in blocks)
            if total > limit:
                yield _(
                    "The interpreters would work %(total)s minutes in half of day %(day)s, and %(limit)s is the limit for %(count)s of "
                    "them; add interpreters or shorten the day.",
                    total=total, day=number, limit=limit, count=team.interpreters,
                )  # fmt: skip
        at_once = max((sum(b.start <= one.start < b.end for b in blocks) for one in blocks), default=0)
        if at_once > teams:
            yield _(
                "%(rooms)s rooms need interpreters at once, and there are too few; ask for fewer sessions at the same time.",
                rooms=at_once,
            )


def _travel(agenda: Agenda) -> Iterator[Violation]:
    for block in agenda.blocks:
        number = visit_number(block.id)
        if block.method.id != "field-visit" or not 0 < number <= len(agenda.request.visits):
            continue
        needed = agenda.request.visits[number - 1].travel_minutes
        transfers = [one for one in agenda.of_day(block.day) if one.method.id == "travel" and one.minutes >= needed]
        before = any(one.end == block.start for one in transfers)
        after = any(one.start == block.end for one in transfers)
        if needed and not (before and after):
            yield _("%(visit)s needs %(needed)s minutes of travel before and after it.", visit=block.id, needed=needed)


def _debriefs(agenda: Agenda) -> Iterator[Violation]:
    for block in agenda.blocks:
        number = visit_number(block.id)
        if block.method.id == "field-visit" and number:
            later = [one for one in agenda.of_day(block.day) if one.start >= block.end]
            if not any(one.id == f"debrief-{number}" or one.method.id == "debrief" for one in later):
                yield _("%(visit)s has no debrief on the same day; leave 30 minutes after it.", visit=block.id)


def _wanted(agenda: Agenda) -> Iterator[Violation]:
    placed = {name for block in agenda.blocks for name in block.practices}
    explained = {one.practice.id for one in agenda.left}
    for name in agenda.request.practices.wanted:
        if name not in placed | explained:
            yield _("%(practice)s was wanted and is neither on the agenda nor explained.", practice=name)


def _shares(agenda: Agenda) -> Iterator[Violation]:
    fixed = {name for one in agenda.request.fixed for name in one.practices}
    presented: Counter[str] = Counter()
    for block in agenda.blocks:
        if block.method.id != "field-visit":
            names = (agenda.practices[name].presenter.key for name in block.practices if name not in fixed)
            presented.update(key for key in names if key)
    for key, count in presented.items():
        if count > agenda.share:
            yield _(
                "%(who)s presents %(count)s practices; its fair share is %(share)s.",
                who=_named(key),
                count=count,
                share=agenda.share,
            )


def _roles(agenda: Agenda) -> Iterator[Violation]:
    having = {role.key for block in agenda.blocks for role in block.roles}
    for one in agenda.request.delegations:
        if one.state not in having:
            yield _(
                "%(state)s has no role in any session; lengthen the event or give it a practice.",
                state=_named(one.state),
            )


def _mix(agenda: Agenda) -> Iterator[Violation]:
    for number in range(1, len(agenda.request.days) + 1):
        working = [block for block in agenda.of_day(number) if not block.is_pause]
        if working and all(block.method.plenary for block in working):
            yield _(
                "Day %(day)s has plenaries only; leave time for a session in which people talk to each other.",
                day=number,
            )


def _ends(agenda: Agenda) -> Iterator[Violation]:
    having = {block.method.id for block in agenda.blocks}
    for method in ("opening", "action-planning", "closing", *(["pledge"] if agenda.request.draft_pledge else [])):
        if method not in having:
            yield _(
                "The agenda has no %(method)s; remove the fixed block that took its place, or lengthen the event.",
                method=Told(methods()[method].name),
            )
