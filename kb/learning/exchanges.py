"""Which exchange suits which half day: what delegations do with what they heard, in time that the practices leave.

Each comes once in three days, where it makes sense: consulting those who presented after they presented, adapting and asking for support
before plans are made, and conversations on what the programme left out when there has been a programme.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from kb.learning.methods import exchanges
from kb.learning.request import AgendaRequest

_LONG = 3
"""Days from which an event leaves time to what the participants propose, and in which an exchange comes once."""
_THREE = 3
"""Delegations that a consultation in threes needs at least."""


@dataclass(frozen=True)
class _Where:
    """A half day in its event: the number of its day, days in all, and whether it is the first or the last half day."""

    day: int
    days: int
    first: bool
    last: bool


def suited(request: AgendaRequest, day: int, first: bool, last: bool, held: Mapping[str, Sequence[int]]) -> list[str]:
    """Exchanges for a half day, the best first.

    Args:
        request: who comes, and what they do not want.
        day: number of its day.
        first: whether it is the first half day of the event.
        last: whether it is the last.
        held: exchanges that the event has already, with the numbers of their days.
    """
    where = _Where(day, len(request.days), first, last)
    most = -(-where.days // _LONG)
    found = []
    for name, fits in _WHERE.items():
        method, days = exchanges()[name], held.get(name, ())
        free = len(days) < most and all(abs(day - one) > 1 for one in days)
        of_size = method.group[0] <= request.people <= method.group[1]
        if free and of_size and name not in request.methods.excluded and fits(where, request):
            found.append(name)
    return sorted(found, key=lambda name: len(held.get(name, ())))


_WHERE: dict[str, Callable[[_Where, AgendaRequest], bool]] = {
    "adaptation": lambda at, _: at.day == at.days and not at.first,
    "clinic": lambda at, _: not at.first,
    "support-round": lambda at, request: bool(request.partners) and at.day == at.days and not at.first,
    "troika": lambda at, request: len(request.delegations) >= _THREE and not at.last,
    "bilateral": lambda at, _: not at.first,
    "open-space": lambda at, _: at.days >= _LONG and 1 < at.day < at.days,
}
"""Where each makes sense, the most useful first."""
