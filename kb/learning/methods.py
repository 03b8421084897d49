"""The library of session methods: what each is for, how long it takes, for how many people, step by step."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict

from kb.learning.words import Words

GRID = 5
"""Minutes that all times are multiples of."""


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Duration(_Model):
    """Shortest time: `base`, and `each` more for every practice; the longest is `most` times that."""

    base: int
    each: int
    most: float


class Origin(_Model):
    """Where a method is described."""

    title: str
    url: str


class Method(_Model):
    """One way to hold a session. `id` is its key in `methods.yaml`."""

    id: str
    name: Words
    kind: Literal["technical", "relational", "reflexive", "pause"]
    plenary: bool
    minutes: Duration
    practices: tuple[int, int] = (0, 0)
    group: tuple[int, int]
    interpreted: Literal["always", "never", "groups"]
    exchange: bool = False
    """Whether it may take time that the practices leave."""
    aim: Words = {}
    materials: Words = {}
    source: Origin | None = None
    steps: tuple[Words, ...] = ()

    def least(self, practices: int = 0) -> int:
        """Shortest time in minutes with so many practices."""
        return self.minutes.base + self.minutes.each * practices

    def longest(self, practices: int = 0) -> int:
        """Longest time in minutes, on the grid."""
        return int(self.least(practices) * self.minutes.most) // GRID * GRID


@cache
def methods() -> dict[str, Method]:
    """All methods by id, in the order of the library."""
    raw = yaml.load(files("kb.learning").joinpath("methods.yaml").read_bytes(), Loader=yaml.CSafeLoader)
    return {name: Method.model_validate({"id": name, **entry}) for name, entry in raw.items()}


@cache
def for_practices() -> dict[str, Method]:
    """Methods in which practices are presented in a room: those that an organiser may want or exclude."""
    return {name: method for name, method in methods().items() if method.practices[1] and name != "field-visit"}


@cache
def exchanges() -> dict[str, Method]:
    """Sessions for time that the practices leave; an organiser may exclude them too."""
    return {name: method for name, method in methods().items() if method.exchange}
