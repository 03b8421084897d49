"""What an organiser fixed, and lunch: what the other blocks are arranged around."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace

from kb.errors import InfeasibleError
from kb.learning.blocks import clock, visit_number
from kb.learning.methods import methods
from kb.learning.request import AgendaRequest, Fixed, minutes
from kb.learning.timetable import LUNCH_FROM, LUNCH_NEEDED, LUNCH_TO, Item, Placed, RoomSession

_USUAL_LUNCH = 12 * 60 + 30
_DEBRIEF = 30
_EARLY = 45
"""Minutes by which lunch may begin earlier than planned."""


def fixed_blocks(request: AgendaRequest) -> list[tuple[int, Placed]]:
    """Fixed blocks with their day. A fixed visit brings its transfers and its debrief, unless they are fixed too.

    Raises:
        InfeasibleError: two of them overlap, or one lies outside the hours.
    """
    names = {one.id for one in request.fixed}
    found: list[tuple[int, Placed]] = []
    for number, one in enumerate(request.fixed, start=1):
        found.append((one.day, _placed(one, one.id or f"fixed-{number}")))
        found.extend((one.day, more) for more in _around(request, one) if more.item.id not in names)
    for day, block in found:
        _inside(request, day, block)
    found.sort(key=_when)
    for (day, first), (next_day, second) in itertools.pairwise(found):
        apart = first.item.room and second.item.room and first.item.room != second.item.room
        if day == next_day and second.start < first.end and not apart:
            raise InfeasibleError(
                "The fixed blocks %(one)s and %(other)s overlap on day %(day)s; move one of them.",
                one=first.item.id,
                other=second.item.id,
                day=day,
            )
    return found


def _when(pair: tuple[int, Placed]) -> tuple[int, int, int]:
    return pair[0], pair[1].start, pair[1].end


def _placed(one: Fixed, name: str) -> Placed:
    method = methods()[one.method]
    interpreted = method.interpreted != "never" if one.interpreted is None else one.interpreted
    session = RoomSession(method, tuple(one.practices))
    return Placed(Item(name, (session,), interpreted=interpreted, room=one.room), minutes(one.start), minutes(one.end))


def _around(request: AgendaRequest, one: Fixed) -> list[Placed]:
    number = visit_number(one.id or "")
    if one.method != "field-visit" or not 0 < number <= len(request.visits):
        return []
    travel = request.visits[number - 1].travel_minutes
    start, end = minutes(one.start), minutes(one.end)
    transfer = (RoomSession(methods()["travel"]),)
    found = [
        Placed(Item(f"travel-{number}-out", transfer, interpreted=False), start - travel, start),
        Placed(Item(f"travel-{number}-back", transfer, interpreted=False), end, end + travel),
    ] if travel else []  # fmt: skip
    debrief = Item(f"debrief-{number}", (RoomSession(methods()["debrief"]),))
    return [*found, Placed(debrief, end + travel, end + travel + _DEBRIEF)]


def _inside(request: AgendaRequest, day: int, block: Placed) -> None:
    if day > len(request.days):
        raise InfeasibleError(
            "The fixed block %(block)s is on day %(day)s, but the event has %(days)s; change its day.",
            block=block.item.id,
            day=day,
            days=len(request.days),
        )
    hours = request.days[day - 1]
    if block.end <= block.start:
        raise InfeasibleError("The fixed block %(block)s ends before it starts; change its times.", block=block.item.id)
    if block.start < minutes(hours.start) or block.end > minutes(hours.end):
        raise InfeasibleError(
            "The block %(block)s lies outside the hours of day %(day)s, %(start)s to %(end)s; move it or change the hours.",
            block=block.item.id,
            day=day,
            start=hours.start,
            end=hours.end,
        )


def lunch_of(request: AgendaRequest, day: int, fixed: Sequence[Placed]) -> Placed | None:
    """Lunch of a day where its hours ask for one, as near to half past twelve as fixed blocks allow.

    Raises:
        InfeasibleError: fixed blocks leave no time for it.
    """
    start, end = minutes(request.days[day - 1].start), minutes(request.days[day - 1].end)
    if start > LUNCH_NEEDED[0] or end < LUNCH_NEEDED[1] or any(one.item.method.id == "lunch" for one in fixed):
        return None
    takes = request.pauses.lunch
    times = range(max(start, LUNCH_FROM), min(end, LUNCH_TO) - takes + 1, 5)
    for at in sorted(times, key=lambda time: (abs(time - _USUAL_LUNCH), time)):
        if all(at + takes <= one.start or at >= one.end for one in fixed):
            return Placed(Item(f"lunch-{day}", (RoomSession(methods()["lunch"]),), interpreted=False), at, at + takes)
    raise InfeasibleError(
        "Day %(day)s has no %(minutes)s minutes for lunch between %(first)s and %(last)s; move a fixed block.",
        day=day,
        minutes=takes,
        first=clock(LUNCH_FROM),
        last=clock(LUNCH_TO),
    )


def early_lunches(
    lunches: Sequence[tuple[int, Placed]], others: Sequence[tuple[int, Placed]]
) -> list[tuple[int, Placed]]:
    """Lunches that begin when the work before them ends, where that is a little earlier."""
    found = []
    for day, lunch in lunches:
        ends = [one.end for other, one in others if other == day and one.end <= lunch.start]
        end = max(ends, default=0)
        early = lunch.start - end <= _EARLY and end >= LUNCH_FROM
        found.append((day, replace(lunch, start=end) if early else lunch))
    return found
