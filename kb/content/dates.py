"""Dates as people write them, in both languages, to the one form that files have."""

from __future__ import annotations

import datetime
import re
from contextlib import suppress

from kb.content.letters import plain

_MONTHS = (
    ("enero", "january"), ("febrero", "february"), ("marzo", "march"), ("abril", "april"), ("mayo", "may"), ("junio", "june"),
    ("julio", "july"), ("agosto", "august"), ("septiembre", "setiembre", "september"), ("octubre", "october"),
    ("noviembre", "november"), ("diciembre", "december"),
)  # fmt: skip
_ASIDE = frozenset("de del el of the o st nd rd th".split())
_LEAST_LETTERS = 3


def date_meant(text: str) -> str:
    """`2024-03-12` of `12 de marzo de 2024`, `March 12, 2024` or `2024/3/12`; `2024-03` of `marzo de 2024`.

    Empty where it is no date, or may be two: `03/04/2024` is in March or in April.
    """
    words = [word for word in re.findall(r"[a-z]+|\d+", plain(text)) if word not in _ASIDE]
    numbers = [word for word in words if word.isdigit()]
    named = [word for word in words if not word.isdigit()]
    years = [number for number in numbers if len(number) == 4]
    others = [int(number) for number in numbers if len(number) <= 2]
    if len(years) != 1 or len(years) + len(others) != len(numbers):
        return ""
    if named:
        month = _month(named[0]) if len(named) == 1 else 0
        return _date(years[0], month, others) if len(others) < 2 else ""
    return _of_numbers(years[0], others, year_first=words[0] == years[0])


def _of_numbers(year: str, others: list[int], *, year_first: bool) -> str:
    if len(others) == 1:
        return _date(year, others[0], [])
    if len(others) != 2:
        return ""
    first, second = others
    if year_first:
        return _date(year, first, [second])
    if first > 12 or first == second:
        return _date(year, second, [first])
    return _date(year, first, [second]) if second > 12 else ""


def _date(year: str, month: int, days: list[int]) -> str:
    with suppress(ValueError):
        found = datetime.date(int(year), month, *(days or [1])).isoformat()
        return found if days else found[:7]
    return ""


def _month(word: str) -> int:
    """The number of a month by its name or the beginning of it; 0 where it is none."""
    if len(word) < _LEAST_LETTERS:
        return 0
    return next((at for at, names in enumerate(_MONTHS, start=1) if any(n.startswith(word) for n in names)), 0)
