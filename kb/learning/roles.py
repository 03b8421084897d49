"""Who does what in each session: every delegation presents, asks, reports, or helps another; none only listens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from kb.learning.request import AgendaRequest
from kb.learning.selection import Chosen, Presenter
from kb.learning.words import Words, say, state


@dataclass(frozen=True)
class Role:
    """What somebody does in a block. `key` is a State's code or a partner's name; empty for one who does not come."""

    key: str
    who: Words
    kind: str
    """Key of a phrase `role-<kind>`; `short-<kind>` is its short form."""
    does: Words
    practice: str = ""


class Roles:
    """Gives out roles, always to those who have the fewest so far."""

    def __init__(self, request: AgendaRequest) -> None:
        self._coming = [one.state for one in request.delegations]
        self._host = request.host
        self._given: Counter[str] = Counter()

    def of_session(self, method: str, held: Sequence[Chosen], elsewhere: set[str]) -> tuple[Role, ...]:
        """Presenters of the practices, who asks first about each, a rapporteur; in a peer assist, who brings its problem.

        Those who are `elsewhere`, in another room at the same time, are not asked.
        """
        roles = [self._presents(one.presenter, one.practice.id) for one in held]
        busy = {role.key for role in roles} | elsewhere
        for one in held:
            asker = self._next(busy | {one.presenter.key}, [*one.interested, *one.answers])
            if asker:
                kind = "problem" if method == "peer-assist" else "asks"
                roles.append(self._give(asker, kind, one.practice.id, practice=one.practice.title))
                busy.add(asker)
        reporter = self._next(busy, ())
        return (*roles, self._give(reporter, "reports")) if reporter else tuple(roles)

    def of_visit(self, visited: Chosen | None) -> tuple[Role, ...]:
        """The host receives; another delegation keeps the notes for the debrief."""
        practice = visited.practice.id if visited else ""
        receiving = [self._give(self._host, "receives", practice)] if self._host in self._coming else []
        keeper = self._next({self._host}, visited.answers if visited else ())
        return (*receiving, self._give(keeper, "notes")) if keeper else tuple(receiving)

    def of_everyone(self, does: str) -> tuple[Role, ...]:
        """The same for each delegation."""
        return tuple(self._give(code, does) for code in self._coming)

    def critical_friends(self) -> tuple[Role, ...]:
        """Each delegation reads the plan of the next."""
        following = [*self._coming[1:], self._coming[0]]
        return tuple(
            self._give(code, "friend", state=state(other))
            for code, other in zip(self._coming, following, strict=True)
            if code != other
        )

    def one(self, does: str, prefer: str = "") -> tuple[Role, ...]:
        """One delegation: the one preferred, or whoever has the fewest roles."""
        chosen = prefer if prefer in self._coming else self._next(set(), ())
        return (self._give(chosen, does),) if chosen else ()

    def _presents(self, presenter: Presenter, practice: str) -> Role:
        self._given[presenter.key] += 1
        kind = "presents" if presenter.key else "invited"
        return Role(presenter.key, presenter.name, kind, say(f"role-{kind}"), practice)

    def _give(self, code: str, kind: str, of: str = "", **values: Words) -> Role:
        self._given[code] += 1
        return Role(code, state(code), kind, say(f"role-{kind}", **values), of)

    def _next(self, busy: set[str], prefer: Sequence[str]) -> str:
        free = [code for code in self._coming if code not in busy]
        return min(free, key=lambda code: (self._given[code] - (code in prefer), self._coming.index(code)), default="")
