"""An agenda: blocks with their time, what happens in them, who does what, and why each practice is there."""

from __future__ import annotations

import datetime
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass

from kb.learning.blocks import Block
from kb.learning.request import AgendaRequest, words_of
from kb.learning.selection import Chosen, Left
from kb.learning.words import Words


@dataclass(frozen=True)
class Agenda:
    """What was made of a request. Equal requests over equal content give equal agendas."""

    request: AgendaRequest
    blocks: tuple[Block, ...]
    practices: Mapping[str, Chosen]
    """Practices presented and visited, by id, in the order in which they come."""
    questions: Mapping[str, tuple[Words, ...]]
    left: tuple[Left, ...]
    notes: tuple[Words, ...]
    share: int
    """Most practices that one State presents in rooms."""

    @property
    def title(self) -> Words:
        return words_of(self.request.title)

    def of_day(self, day: int) -> list[Block]:
        """Blocks of a day, from 1, in the order of time and room."""
        return [block for block in self.blocks if block.day == day]

    def moment(self, day: int, minute: int) -> datetime.datetime:
        """A time of the event, in its time zone."""
        midnight = datetime.datetime.fromisoformat(self.request.days[day - 1].date)
        zone = zoneinfo.ZoneInfo(self.request.time_zone)
        return midnight.replace(hour=minute // 60, minute=minute % 60, tzinfo=zone)
