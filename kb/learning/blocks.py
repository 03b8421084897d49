"""The blocks of an agenda: made of what was placed, named, and given their people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from kb.content.sections import LANGUAGES
from kb.learning.methods import Method, methods
from kb.learning.request import AgendaRequest, Visit, words_of
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
    """Blocks in the order of time, with ids that stay the same when the request is made again.

    Args:
        request: what was asked for: names, titles, delegations.
        placed: items with their day.
        chosen: practices by id.
        visited: practice of each visit; empty for one without.
    """
    maker = _Maker(request, chosen, visited)
    for piece in (pieces := list(_apart(placed))):
        maker.add(piece, [one for one in pieces if one is not piece and one.at_once(piece)])
    return maker.blocks


@dataclass(frozen=True)
class _Piece:
    """An item in one room."""

    day: int
    start: int
    end: int
    item: Item
    room: int = 0

    @property
    def session(self) -> RoomSession:
        return self.item.rooms[self.room - 1 if len(self.item.rooms) > 1 else 0]

    def at_once(self, other: _Piece) -> bool:
        return self.day == other.day and self.start < other.end and other.start < self.end


def _apart(placed: Sequence[tuple[int, Placed]]) -> Iterator[_Piece]:
    """Visits with their transfers, rooms one by one, ids made unique."""
    taken = {one.item.id for _, one in placed}
    for day, one in sorted(placed, key=lambda pair: (pair[0], pair[1].start, pair[1].end)):
        item = one.item
        if item.travel:
            number = item.id.removeprefix("visit-")
            yield _Piece(day, one.start, one.start + item.travel, _transfer(f"travel-{number}-out"))
            yield _Piece(day, one.start + item.travel, one.end - item.travel, item)
            yield _Piece(day, one.end - item.travel, one.end, _transfer(f"travel-{number}-back"))
            continue
        if item.id in ("break", "practices"):
            item = replace(item, id=_unique(f"break-{day}" if item.id == "break" else item.id, taken))
        if len(item.rooms) == 1:
            yield _Piece(day, one.start, one.end, item, item.room)
            continue
        for room in range(1, len(item.rooms) + 1):
            yield _Piece(day, one.start, one.end, replace(item, id=f"{item.id}-room-{room}"), room)


def _unique(name: str, taken: set[str]) -> str:
    """The name with the first number that is free."""
    number = 1
    while f"{name}-{number}" in taken:
        number += 1
    taken.add(f"{name}-{number}")
    return f"{name}-{number}"


def _transfer(name: str) -> Item:
    return Item(name, (RoomSession(methods()["travel"]),), interpreted=False)


def visit_number(block_id: str) -> int:
    """Of `visit-2` or `travel-2-out`: 2; 0 for other blocks."""
    parts = block_id.split("-")
    return int(parts[1]) if parts[0] in ("visit", "travel", "debrief") and len(parts) > 1 and parts[1].isdigit() else 0


_EVERYONE = {
    "needs-round": "needs",
    "adaptation": "adapts",
    "clinic": "table",
    "support-round": "requests",
    "troika": "case",
}
_ONE = {"day-close": "summary", "pledge": "text", "debrief": "debrief", "recap": "recalls", "open-space": "wall"}


class _Maker:
    """Names blocks and gives them their people, one after the other."""

    def __init__(self, request: AgendaRequest, chosen: Mapping[str, Chosen], visited: Sequence[str]) -> None:
        self.blocks: list[Block] = []
        self._request = request
        self._chosen = chosen
        self._visited = visited
        self._roles = Roles(request)
        self._fixed = {one.id or f"fixed-{number}": one for number, one in enumerate(request.fixed, start=1)}

    def add(self, piece: _Piece, beside: Sequence[_Piece]) -> None:
        """Makes the block of a piece; `beside` are those in other rooms at the same time."""
        item, session = piece.item, piece.session
        elsewhere = {one.presenter.key for other in beside for one in self._held(other)}
        others = {other.item.id for other in beside}
        elsewhere |= {role.key for block in self.blocks if block.id in others for role in block.roles}
        self.blocks.append(
            Block(
                item.id,
                piece.day,
                piece.start,
                piece.end,
                session.method,
                self._title(piece),
                session.practices,
                self._people(piece, elsewhere),
                item.interpreted and self._request.bilingual and session.method.kind != "pause",
                piece.room,
                self._place(item.id),
            )
        )

    def _held(self, piece: _Piece) -> list[Chosen]:
        return [self._chosen[name] for name in piece.session.practices if name in self._chosen]

    def _visit(self, block_id: str) -> tuple[Visit, str] | None:
        """The visit that a block belongs to, with its practice."""
        number = visit_number(block_id)
        known = 0 < number <= len(self._request.visits)
        return (self._request.visits[number - 1], self._visited[number - 1]) if known else None

    def _place(self, block_id: str) -> Words | None:
        visit = self._visit(block_id) if block_id.startswith("visit-") else None
        return words_of(visit[0].place) if visit and visit[0].place else None

    def _title(self, piece: _Piece) -> Words:
        name, method = piece.item.id, piece.session.method
        if name in self._request.rename:
            return words_of(self._request.rename[name])
        if name in self._fixed:
            return words_of(self._fixed[name].title)
        visit = self._visit(name)
        if visit and method.id in ("field-visit", "debrief"):
            asked, practice = visit
            named = (
                words_of(asked.title) if asked.title else self._chosen[practice].practice.title if practice else None
            )
            if named:
                return say("title-visit" if method.id == "field-visit" else "title-debrief", name=named)
        presenters = {one.presenter.name["en"]: one.presenter.name for one in self._held(piece)}
        if presenters:
            names = listed(presenters.values())
            return {lang: f"{method.name[lang]}: {names[lang]}" for lang in LANGUAGES}
        return method.name

    def _people(self, piece: _Piece, elsewhere: set[str]) -> tuple[Role, ...]:
        method, held, roles = piece.session.method.id, self._held(piece), self._roles
        if method == "field-visit":
            return roles.of_visit(held[0] if held else None)
        if held:
            return roles.of_session(method, held, elsewhere)
        if method in _EVERYONE:
            return roles.of_everyone(_EVERYONE[method])
        if method == "action-planning":
            return roles.critical_friends()
        if method in ("opening", "closing"):
            return roles.one("hosts", prefer=self._request.host)
        return roles.one(_ONE[method]) if method in _ONE else ()
