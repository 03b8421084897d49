"""The blocks of an agenda: made of what was placed, named, and given their people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from kb.content.sections import LANGUAGES
from kb.learning.methods import Method, methods
from kb.learning.request import AgendaRequest, words_of
from kb.learning.roles import Role, Roles
from kb.learning.selection import Chosen
from kb.learning.timetable import Item, Placed, RoomSession
from kb.learning.words import Words, listed, say


@dataclass(frozen=True)
class Block:
    """A piece of a day. Times are minutes since midnight; room 0 is everybody together, others are parallel."""

    id: str
    day: int
    start: int
    end: int
    method: Method
    title: Words
    practices: tuple[str, ...]
    roles: tuple[Role, ...]
    interpreted: bool
    room: int = 0
    place: Words | None = None

    @property
    def minutes(self) -> int:
        return self.end - self.start

    @property
    def is_pause(self) -> bool:
        return self.method.kind == "pause"


def clock(minute: int) -> str:
    """`08:30`."""
    return f"{minute // 60:02}:{minute % 60:02}"


def make_blocks(
    request: AgendaRequest, placed: Sequence[tuple[int, Placed]], chosen: Mapping[str, Chosen], visited: Sequence[str]
) -> list[Block]:
    """Blocks in the order of time, with ids that stay the same when the request is made again."""
    roles = Roles(request)
    taken = {one.item.id for _, one in placed}
    found: list[Block] = []
    for day, start, end, item, room in _apart(placed, taken):
        session = item.rooms[room - 1 if len(item.rooms) > 1 else 0]
        held = [chosen[name] for name in session.practices if name in chosen]
        found.append(
            Block(
                item.id,
                day,
                start,
                end,
                session.method,
                _title(request, item, session, held, chosen, visited),
                session.practices,
                _roles(roles, request, item, session, held, chosen, visited),
                item.interpreted and request.bilingual and session.method.kind != "pause",
                room,
                _place(request, item),
            )
        )
    return found


def _apart(placed: Sequence[tuple[int, Placed]], taken: set[str]) -> Iterator[tuple[int, int, int, Item, int]]:
    """Day, start, end, item and room of each block: visits with their transfers, rooms one by one, ids made unique."""
    breaks: Counter[int] = Counter()
    sessions = 0
    for day, one in sorted(placed, key=lambda pair: (pair[0], pair[1].start, pair[1].end)):
        item = one.item
        if item.travel:
            number = item.id.removeprefix("visit-")
            yield day, one.start, one.start + item.travel, _transfer(f"travel-{number}-out"), 0
            yield day, one.start + item.travel, one.end - item.travel, item, 0
            yield day, one.end - item.travel, one.end, _transfer(f"travel-{number}-back"), 0
            continue
        if item.id == "break":
            breaks[day] += 1
            while f"break-{day}-{breaks[day]}" in taken:
                breaks[day] += 1
            item = _named(item, f"break-{day}-{breaks[day]}")
        elif item.id == "practices":
            sessions += 1
            while f"practices-{sessions}" in taken:
                sessions += 1
            item = _named(item, f"practices-{sessions}")
        if len(item.rooms) == 1:
            yield day, one.start, one.end, item, item.room
            continue
        for room in range(1, len(item.rooms) + 1):
            yield day, one.start, one.end, _named(item, f"{item.id}-room-{room}"), room


def _named(item: Item, name: str) -> Item:
    return Item(name, item.rooms, interpreted=item.interpreted)


def _transfer(name: str) -> Item:
    return Item(name, (RoomSession(methods()["travel"]),), interpreted=False)


def visit_number(block_id: str) -> int:
    """Of `visit-2` or `travel-2-out`: 2; 0 for other blocks."""
    parts = block_id.split("-")
    return int(parts[1]) if parts[0] in ("visit", "travel", "debrief") and len(parts) > 1 and parts[1].isdigit() else 0


def _place(request: AgendaRequest, item: Item) -> Words | None:
    number = visit_number(item.id)
    if item.id.startswith("visit-") and number <= len(request.visits) and request.visits[number - 1].place:
        return words_of(request.visits[number - 1].place)
    return None


def _title(
    request: AgendaRequest,
    item: Item,
    session: RoomSession,
    held: Sequence[Chosen],
    chosen: Mapping[str, Chosen],
    visited: Sequence[str],
) -> Words:
    if item.id in request.rename:
        return words_of(request.rename[item.id])
    fixed = next(
        (one for one in request.fixed if one.id == item.id or f"fixed-{request.fixed.index(one) + 1}" == item.id), None
    )
    if fixed:
        return words_of(fixed.title)
    number = visit_number(item.id)
    if number and number <= len(request.visits):
        visit = request.visits[number - 1]
        practice = chosen[visited[number - 1]].practice.title if visited[number - 1] else None
        named = words_of(visit.title) if visit.title else practice
        if named and session.method.id == "field-visit":
            return say("title-visit", name=named)
        if named and session.method.id == "debrief":
            return say("title-debrief", name=named)
    if held:
        names = listed(_unique([one.presenter.name for one in held]))
        return {lang: f"{session.method.name[lang]}: {names[lang]}" for lang in LANGUAGES}
    return session.method.name


def _unique(names: Sequence[Words]) -> list[Words]:
    return list({name["en"]: name for name in names}.values())


_EVERYONE = {"needs-round": "needs"}
_ONE = {"day-close": "summary", "pledge": "text", "debrief": "debrief"}


def _roles(
    roles: Roles,
    request: AgendaRequest,
    item: Item,
    session: RoomSession,
    held: Sequence[Chosen],
    chosen: Mapping[str, Chosen],
    visited: Sequence[str],
) -> tuple[Role, ...]:
    method, number = session.method.id, visit_number(item.id)
    if method == "field-visit":
        name = visited[number - 1] if 0 < number <= len(visited) else next(iter(session.practices), "")
        return roles.of_visit(chosen.get(name))
    if held:
        return roles.of_session(method, held)
    if method in _EVERYONE:
        return roles.of_everyone(_EVERYONE[method])
    if method == "action-planning":
        return roles.critical_friends()
    if method in ("opening", "closing"):
        return roles.one("hosts", prefer=request.host)
    return roles.one(_ONE[method]) if method in _ONE else ()
