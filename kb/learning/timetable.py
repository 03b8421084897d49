"""Sessions into the hours of a day: order kept, lunch and breaks in time, interpreters within their limits.

Minutes count from midnight. A day is cut at lunch and at fixed blocks into stretches of free time; sessions are put into them one
after the other, first with their shortest time, then lengthened evenly as far as there is room.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from kb.learning.methods import GRID, Method, methods
from kb.learning.request import AgendaRequest, minutes

LUNCH_FROM, LUNCH_TO = 11 * 60 + 30, 14 * 60 + 30
"""Lunch lies between these times."""
LUNCH_NEEDED = (12 * 60, 14 * 60)
"""A day that begins by the first and ends after the second has lunch."""
NOON = 13 * 60
"""Parts the half days of a day without lunch."""
CONSECUTIVE = 1.8
"""Sessions take so many times longer when the interpreter speaks after the speaker."""
REST = 15
"""Shortest pause that ends a stretch of work."""
_EARLY_BREAK = 45
"""Minutes of work before which a session is not lengthened so far that a break is due."""


@dataclass(frozen=True)
class RoomSession:
    """What happens in one room: a method with the practices it holds."""

    method: Method
    practices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Item:
    """Something to be placed: in one room or several at once. A visit has travel on both sides."""

    id: str
    rooms: tuple[RoomSession, ...]
    travel: int = 0
    exact: int = 0
    """Minutes, where they are given; otherwise the method's."""
    interpreted: bool = True
    room: int = 0
    """Room of a fixed block, beside others at the same time."""
    growth: int = 0
    """Minutes beyond the shortest time."""

    @property
    def method(self) -> Method:
        return self.rooms[0].method

    def least(self, consecutive: bool) -> int:
        longest = max(room.method.least(len(room.practices)) for room in self.rooms)
        if consecutive and self.interpreted:
            longest = -(-int(longest * CONSECUTIVE) // GRID) * GRID
        return self.exact or longest

    def most(self, consecutive: bool) -> int:
        if self.exact:
            return self.exact
        longest = min(room.method.longest(len(room.practices)) for room in self.rooms)
        return max(longest, self.least(consecutive))


@dataclass(frozen=True)
class Placed:
    """An item, or a pause, with its time."""

    item: Item
    start: int
    end: int


@dataclass(frozen=True)
class Stretch:
    """Free time between two boundaries. `before` is work that ends where it begins, `after` work that begins at its end."""

    start: int
    end: int
    before: int = 0
    after: int = 0


@dataclass(frozen=True)
class Half:
    """A half day: its free stretches, and interpreted minutes that fixed blocks take of it."""

    day: int
    name: str
    stretches: tuple[Stretch, ...]
    taken: int = 0


@dataclass
class Rules:
    """What a request allows."""

    coffee: int
    most_without: int
    consecutive: bool
    capacity: int
    """Interpreted minutes that the team has for a half day; rooms at the same time count each."""
    bilingual: bool
    rooms: int = 1
    coffee_after_visits: bool = False
    """A visit and the way back count as work, so that people have a break before they go on; otherwise the transfer is their rest."""


def rules_of(request: AgendaRequest) -> Rules:
    """The limits of a request, in minutes."""
    team = request.interpretation
    teams = max(1, team.interpreters // 2)
    half_day = 0 if not team.interpreters else team.alone_minutes if team.interpreters == 1 else team.half_day_minutes
    return Rules(
        coffee=request.pauses.coffee,
        most_without=request.pauses.most_without,
        consecutive=request.bilingual and team.mode == "consecutive",
        capacity=half_day * teams,
        bilingual=request.bilingual,
        rooms=min(request.parallel, teams) if request.bilingual else request.parallel,
    )


def pack(half: Half, items: Sequence[Item], rules: Rules) -> list[Placed] | None:
    """Items with their shortest times in their order within a half day, with breaks; None where they do not fit.

    Items that can do without interpreters do so where the team's time is short.
    """
    fitted = _within_capacity(half, items, rules)
    return None if fitted is None else _laid_out(half, fitted, rules)


def stretched(half: Half, items: Sequence[Item], rules: Rules) -> list[Placed]:
    """As `pack` (which must have placed them), with sessions lengthened evenly as far as there is room."""
    fitted = _within_capacity(half, items, rules) or []
    while grown := _grown(half, fitted, rules):
        fitted = grown
    return _laid_out(half, fitted, rules) or []


def _grown(half: Half, items: Sequence[Item], rules: Rules) -> list[Item] | None:
    """The items with the one that grew least in proportion five minutes longer; None when none can grow."""
    order = sorted(range(len(items)), key=lambda n: (_grew(items[n], rules), n))
    before = _early_breaks(_laid_out(half, items, rules) or [])
    for n in order:
        longer = replace(items[n], growth=items[n].growth + GRID)
        if longer.least(rules.consecutive) + longer.growth > longer.most(rules.consecutive):
            continue
        tried = [*items[:n], longer, *items[n + 1 :]]
        if _interpreted(half, tried, rules) > rules.capacity:
            continue
        laid = _laid_out(half, tried, rules)
        if laid is not None and _early_breaks(laid) <= before:
            return tried
    return None


def _early_breaks(placed: Sequence[Placed]) -> int:
    """Breaks before which there was hardly any work: nobody wants one twenty minutes after the day began."""
    found = 0
    for number, one in enumerate(placed):
        if one.item is PAUSE:
            worked = 0
            for earlier in reversed(placed[:number]):
                if earlier.item is PAUSE or earlier.item.travel:
                    break
                worked += earlier.end - earlier.start
            found += 0 < worked < _EARLY_BREAK
    return found


def _grew(item: Item, rules: Rules) -> float:
    """Growth in proportion; what people take home from (debriefs, plans) grows twice as fast."""
    return item.growth / item.least(rules.consecutive) / (2 if item.method.kind == "reflexive" else 1)


def _within_capacity(half: Half, items: Sequence[Item], rules: Rules) -> list[Item] | None:
    fitted = [replace(item, interpreted=rules.bilingual and item.method.interpreted != "never") for item in items]
    while _interpreted(half, fitted, rules) > rules.capacity:
        spare = [n for n, item in enumerate(fitted) if item.interpreted and item.method.interpreted == "groups"]
        if not spare:
            return None
        longest = max(spare, key=lambda n: fitted[n].least(rules.consecutive) * len(fitted[n].rooms))
        fitted[longest] = replace(fitted[longest], interpreted=False)
    return fitted


def _interpreted(half: Half, items: Iterable[Item], rules: Rules) -> int:
    own = sum((i.least(rules.consecutive) + i.growth) * len(i.rooms) for i in items if i.interpreted)
    return half.taken + own if rules.bilingual else 0


def _laid_out(half: Half, items: Sequence[Item], rules: Rules) -> list[Placed] | None:
    """One after the other into the free stretches, a break wherever work would last too long."""
    placed: list[Placed] = []
    waiting = list(items)
    for stretch in half.stretches:
        at, worked = stretch.start, stretch.before
        while waiting:
            item = waiting[0]
            takes = item.least(rules.consecutive) + item.growth
            pause = 0 if worked + _work(item, takes) <= rules.most_without or not worked else rules.coffee
            end = at + pause + takes + 2 * item.travel
            worked_after = _work_after(item, takes, 0 if pause else worked, rules)
            closing = rules.coffee if stretch.after and worked_after + stretch.after > rules.most_without else 0
            if _work(item, takes) > rules.most_without or end + closing > stretch.end:
                break
            if pause:
                placed.append(Placed(PAUSE, at, at + pause))
            placed.append(Placed(item, at + pause, end))
            at, worked = end, worked_after
            waiting.pop(0)
        if stretch.after and worked and at > stretch.start and worked + stretch.after > rules.most_without:
            placed.append(Placed(PAUSE, stretch.end - rules.coffee, stretch.end))
    return None if waiting else placed


def _work(item: Item, takes: int) -> int:
    """Minutes of work that an item adds to a stretch of work; a transfer long enough is a rest."""
    return 0 if item.travel >= REST else takes + 2 * item.travel


def _work_after(item: Item, takes: int, worked: int, rules: Rules) -> int:
    if item.travel >= REST:
        return min(takes + item.travel, rules.most_without) if rules.coffee_after_visits else 0
    return worked + takes + 2 * item.travel


PAUSE = Item("break", (RoomSession(methods()["break"]),), interpreted=False)


def halves(request: AgendaRequest, day: int, fixed: Sequence[Placed], lunch: Placed | None) -> list[Half]:
    """The half days of a day around its fixed blocks and lunch, with what is free in each."""
    hours = request.days[day - 1]
    start, end = minutes(hours.start), minutes(hours.end)
    walls = sorted([*fixed, *([lunch] if lunch else [])], key=lambda one: one.start)
    noon = lunch.start if lunch else NOON
    free: dict[str, list[Stretch]] = {"am": [], "pm": []}
    at = start
    for wall in [*walls, None]:
        until = wall.start if wall else end
        if until - at >= GRID:
            stretch = Stretch(at, until, _run(walls, at, before=True), _run(walls, until, before=False))
            free["am" if at < noon else "pm"].append(stretch)
        at = max(at, wall.end) if wall else at
    found = []
    for name in ("am", "pm"):
        low, high = (0, noon) if name == "am" else (noon, 24 * 60)
        taken = sum(
            max(0, min(one.end, high) - max(one.start, low)) * len(one.item.rooms)
            for one in walls
            if one.item.interpreted
        )
        if free[name]:
            found.append(Half(day, name, tuple(free[name]), taken))
    return found


def _run(walls: Sequence[Placed], edge: int, before: bool) -> int:
    """Minutes of unbroken fixed work that end (or begin) at an edge."""
    total = 0
    spans = {(wall.start, wall.end): wall for wall in walls}  # rooms at the same time count once
    for _, wall in sorted(spans.items(), reverse=before):
        touches = wall.end == edge if before else wall.start == edge
        if touches and wall.item.method.kind != "pause":
            total += wall.end - wall.start
            edge = wall.start if before else wall.end
    return total
