"""Which sessions an event has, and in which half day each stands.

Opening, action planning and closing must fit; then visits with their debrief on the same day; then sessions for the practices, where
most time is free, with methods taking turns; then exchanges in the time that is left, each once.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from kb.errors import InfeasibleError
from kb.learning.exchanges import suited
from kb.learning.methods import Method, for_practices, methods
from kb.learning.request import AgendaRequest
from kb.learning.selection import Chosen
from kb.learning.timetable import Half, Item, Placed, RoomSession, Rules, pack, stretched
from kb.learning.words import Told, listed

EXCHANGE_FROM = 30
"""Free minutes of a half day, its sessions as long as they may be, from which an exchange is added."""
_BACKBONE = frozenset({"opening", "action-planning", "closing"})
"""Where an organiser fixed all of these, the agenda is theirs: nothing is added but what they ask for."""
CLOSE_FROM = 240
"""A day of so many minutes ends with looking back at it."""


@dataclass(frozen=True)
class VisitPlan:
    """A field visit to be placed: its number from 1, its practice (may be empty), its times, its day where it is given."""

    number: int
    practice: str
    travel: int
    minutes: int
    day: int | None


@dataclass
class _HalfPlan:
    half: Half
    head: list[Item] = field(default_factory=list)
    body: list[Item] = field(default_factory=list)
    tail: list[Item] = field(default_factory=list)

    @property
    def items(self) -> list[Item]:
        return [*self.head, *self.body, *self.tail]

    def fits(self, rules: Rules, **more: Sequence[Item]) -> bool:
        tried = [
            *self.head,
            *more.get("head", ()),
            *self.body,
            *more.get("body", ()),
            *more.get("tail", ()),
            *self.tail,
        ]
        return pack(self.half, tried, rules) is not None

    def free(self, rules: Rules) -> int:
        placed = pack(self.half, self.items, rules) or []
        all_in_all = sum(stretch.end - stretch.start for stretch in self.half.stretches)
        return all_in_all - sum(one.end - one.start for one in placed)


@dataclass
class Plan:
    """Everything with its day and time, and practices for which there was no room."""

    placed: list[tuple[int, Placed]]
    without_room: list[Chosen]

    @property
    def lacks_wanted(self) -> bool:
        """Whether a practice that the organisers want is without room."""
        return any(one.wanted for one in self.without_room)


def item(method: str, name: str = "", exact: int = 0) -> Item:
    """A session without practices."""
    return Item(name or method, (RoomSession(methods()[method]),), exact=exact)


def plan_event(
    request: AgendaRequest,
    half_days: Sequence[Half],
    visits: Sequence[VisitPlan],
    chosen: Sequence[Chosen],
    pinned: frozenset[str],
    rules: Rules,
) -> Plan:
    """Places everything.

    Args:
        request: what was asked for.
        half_days: in the order of time.
        visits: those that no fixed block holds.
        chosen: practices for the rooms, the most important first.
        pinned: ids of blocks that the organiser fixed; they are not made again.
        rules: limits of the request.

    Raises:
        InfeasibleError: what must be there does not fit.
    """
    if visits and not pinned >= _BACKBONE:
        try:
            gentle = _planned(
                request, half_days, visits, chosen, pinned, replace(rules, coffee_after_visits=True), True
            )
            if not gentle.lacks_wanted:
                return gentle
        except InfeasibleError:
            pass  # with less comfort it may be feasible
    plan = _planned(request, half_days, visits, chosen, pinned, rules, roomy=True)
    return _planned(request, half_days, visits, chosen, pinned, rules, roomy=False) if plan.lacks_wanted else plan


def _planned(
    request: AgendaRequest,
    half_days: Sequence[Half],
    visits: Sequence[VisitPlan],
    chosen: Sequence[Chosen],
    pinned: frozenset[str],
    rules: Rules,
    roomy: bool,
) -> Plan:
    """One attempt: `roomy` with what makes an event comfortable, otherwise with what must be there."""
    comfortable = roomy and not pinned >= _BACKBONE
    plans = _frame(request, half_days, pinned, rules, comfortable)
    for visit in visits:
        _place_visit(plans, visit, rules, pinned)
    if comfortable:
        _look_back(plans, pinned, rules)
    left = _place_sessions(request, plans, chosen, rules, roomy)
    if comfortable:
        _use_free_time(request, plans, pinned, rules)
    placed = [(plan.half.day, one) for plan in plans for one in stretched(plan.half, plan.items, rules)]
    return Plan(placed, left)


def _frame(
    request: AgendaRequest, half_days: Sequence[Half], pinned: frozenset[str], rules: Rules, roomy: bool
) -> list[_HalfPlan]:
    plans = [_HalfPlan(half) for half in half_days]
    ends = ["action-planning", *(["pledge"] if request.draft_pledge else []), "closing"]
    must = [("head", 0, [name for name in ["opening"] if name not in pinned])]
    must.append(("tail", len(plans) - 1, [name for name in ends if name not in pinned]))
    for side, number, names in must:
        wanted = [item(name) for name in names]
        if wanted and not (plans and plans[number].fits(rules, **{side: wanted})):
            _refuse_frame(wanted, rules)
        if wanted:
            getattr(plans[number], side).extend(wanted)
    if roomy and plans:
        _soft_frame(plans, pinned, rules)
    return plans


def _refuse_frame(wanted: Sequence[Item], rules: Rules) -> None:
    needed = sum(one.least(rules.consecutive) for one in wanted)
    if rules.bilingual and not rules.capacity:
        raise InfeasibleError(
            "The event has two languages and no interpreter; give the number of interpreters, or name one language."
        )
    raise InfeasibleError(
        "%(sessions)s need %(needed)s minutes without anything else in between, and the half day in which they stand has no room "
        "for them; lengthen the day, move fixed blocks, or add interpreters.",
        sessions=Told(listed(one.method.name for one in wanted)),
        needed=needed,
    )


def _soft_frame(plans: list[_HalfPlan], pinned: frozenset[str], rules: Rules) -> None:
    """What is good to have where there is time: the round of needs, and a look back at the end of each day but the last."""
    if "needs-round" not in pinned and plans[0].fits(rules, head=[item("needs-round")]):
        plans[0].head.append(item("needs-round"))
    last_day = plans[-1].half.day
    for day in sorted({plan.half.day for plan in plans} - {last_day}):
        of_day = [plan for plan in plans if plan.half.day == day]
        free = sum(s.end - s.start for plan in of_day for s in plan.half.stretches)
        close = item("day-close", f"day-close-{day}")
        if free >= CLOSE_FROM and close.id not in pinned and of_day[-1].fits(rules, tail=[close]):
            of_day[-1].tail.insert(0, close)


def _look_back(plans: Sequence[_HalfPlan], pinned: frozenset[str], rules: Rules) -> None:
    """A few minutes for what the day before brought, at the start of each day but the first."""
    begins = {plan.half.day: plan for plan in reversed(plans)}
    for day in range(plans[0].half.day + 1 if plans else 1, len(begins) + 1):
        recap = item("recap", f"recap-{day}")
        plan = begins.get(day)
        if plan and recap.id not in pinned and replace(plan, head=[recap, *plan.head]).fits(rules):
            plan.head.insert(0, recap)


def _place_visit(plans: list[_HalfPlan], visit: VisitPlan, rules: Rules, pinned: frozenset[str]) -> None:
    sessions = (RoomSession(methods()["field-visit"], (visit.practice,) if visit.practice else ()),)
    there = Item(f"visit-{visit.number}", sessions, travel=visit.travel, exact=visit.minutes)
    debrief = item("debrief", f"debrief-{visit.number}")
    both = [there] if debrief.id in pinned else [there, debrief]
    for plan in _best_for_visit(plans, visit.day):
        if plan.fits(rules, head=both):
            plan.head.extend(both)
            return
    for plan in _best_for_visit(plans, visit.day):  # the debrief may stand later on the same day
        later = [p for p in plans if p.half.day == plan.half.day and plans.index(p) > plans.index(plan)]
        if plan.fits(rules, head=[there]) and later and later[0].fits(rules, head=[debrief]):
            plan.head.append(there)
            later[0].head.append(debrief)
            return
    _refuse_visit(plans, visit, rules)


def _best_for_visit(plans: list[_HalfPlan], day: int | None) -> list[_HalfPlan]:
    """Half days in the order in which a visit is tried: without another visit, not the event's first or last, days in turn."""
    able = [plan for plan in plans if day in (None, plan.half.day)]

    def rank(plan: _HalfPlan) -> tuple[int, bool, bool, int]:
        on_day = sum(one.travel > 0 or one.method.id == "field-visit" for p in plans
                     if p.half.day == plan.half.day for one in p.items)  # fmt: skip
        edge = plan is plans[0] or plan is plans[-1]
        return (on_day, edge, plan.half.name == "am" and plan.half.day == plans[0].half.day, plans.index(plan))

    return sorted(able, key=rank)


def _refuse_visit(plans: Sequence[_HalfPlan], visit: VisitPlan, rules: Rules) -> None:
    needed = visit.minutes + 2 * visit.travel
    longest = max(
        (s.end - s.start for p in plans for s in p.half.stretches if visit.day in (None, p.half.day)), default=0
    )
    if rules.bilingual and visit.minutes > rules.capacity:
        raise InfeasibleError(
            "Visit %(number)s lasts %(minutes)s minutes, and the team of interpreters may work %(capacity)s in a half day; shorten the "
            "visit or add interpreters.",
            number=visit.number,
            minutes=visit.minutes,
            capacity=rules.capacity,
        )
    raise InfeasibleError(
        "Visit %(number)s takes %(needed)s minutes with its travel (and its debrief needs 30 more on the same day), but the longest free "
        "part of a half day has %(longest)s minutes, shared with what must be there; choose a nearer place, shorten the visit or "
        "lengthen the day.",
        number=visit.number,
        needed=needed,
        longest=longest,
    )


def _place_sessions(
    request: AgendaRequest, plans: list[_HalfPlan], chosen: Sequence[Chosen], rules: Rules, roomy: bool
) -> list[Chosen]:
    waiting = list(chosen)
    used: Counter[str] = Counter()
    while waiting:
        for session, held in _offers(request, waiting, used, rules, roomy):
            places = [plan for plan in plans if plan.fits(rules, body=[session])]
            if places:
                places.sort(key=lambda plan: (-plan.free(rules), plans.index(plan)))
                places[0].body.append(session)
                used[session.method.id] += 1
                waiting = [one for one in waiting if one.practice.id not in held]
                break
        else:
            return waiting
    return []


def _offers(
    request: AgendaRequest, waiting: Sequence[Chosen], used: Counter[str], rules: Rules, roomy: bool
) -> Iterator[tuple[Item, frozenset[str]]]:
    """Sessions that could be next, the best first: with the methods wanted, then those used least, with usual numbers first."""
    order = sorted(
        _methods_for(request),
        key=lambda m: (used[m.id], m.id not in request.methods.wanted, list(for_practices()).index(m.id)),
    )
    sizes = [
        (turn, abs(number - _usual(method)) if roomy else -number, method, number)
        for turn, method in enumerate(order)
        for number in range(method.practices[0], min(method.practices[1], len(waiting)) + 1)
    ]
    for _, _, method, number in sorted(sizes, key=lambda s: (s[0], s[1]) if roomy else (s[1], s[0])):
        for rooms in range(min(rules.rooms, len(waiting) // number), 0, -1):
            session = _session(waiting, method, number, rooms)
            if session:
                yield session


def _usual(method: Method) -> int:
    return math.ceil(sum(method.practices) / 2)


def _session(waiting: Sequence[Chosen], method: Method, number: int, rooms: int) -> tuple[Item, frozenset[str]] | None:
    """The next practices in so many rooms; None where one presenter would have to be in two rooms at once."""
    parts = [waiting[n * number : (n + 1) * number] for n in range(rooms)]
    presenters = [{one.presenter.key for one in part if one.presenter.key} for part in parts]
    if any(presenters[a] & presenters[b] for a in range(rooms) for b in range(a)):
        return None
    sessions = tuple(RoomSession(method, tuple(one.practice.id for one in part)) for part in parts)
    held = frozenset(name for session in sessions for name in session.practices)
    return Item("practices", sessions), held


def _methods_for(request: AgendaRequest) -> list[Method]:
    return [
        method
        for method in for_practices().values()
        if method.id not in request.methods.excluded and method.group[0] <= request.people <= method.group[1]
    ]


def _use_free_time(request: AgendaRequest, plans: Sequence[_HalfPlan], pinned: frozenset[str], rules: Rules) -> None:
    """Exchanges where most time is free; where none suits, the day ends earlier."""
    held: dict[str, list[int]] = defaultdict(list)
    for one in request.fixed:
        held[one.method].append(one.day)
    open_to = [plan for plan in plans if _idle(plan, rules) >= EXCHANGE_FROM]
    while open_to:
        roomiest = max(open_to, key=lambda plan: (_idle(plan, rules), -plans.index(plan)))
        first, last = roomiest is plans[0], roomiest is plans[-1]
        for name in suited(request, roomiest.half.day, first, last, held):
            exchange = item(name, f"{name}-{len(held[name]) + 1}")
            if exchange.id not in pinned and roomiest.fits(rules, body=[exchange]):
                roomiest.body.append(exchange)
                held[name].append(roomiest.half.day)
                break
        else:
            open_to.remove(roomiest)
        open_to = [plan for plan in open_to if _idle(plan, rules) >= EXCHANGE_FROM]


def _idle(plan: _HalfPlan, rules: Rules) -> int:
    """Minutes of a half day that are left when its sessions are as long as they may be."""
    grown = stretched(plan.half, plan.items, rules)
    return sum(s.end - s.start for s in plan.half.stretches) - sum(one.end - one.start for one in grown)
