"""Makes a brief fit on its page: how high its words stand, and what is left out when they stand too high.

Heights are in points, for A4 with margins of 1.9 cm. Letters of a line are those of a wide face (DejaVu Sans), which stands
in where Calibri is missing; so a brief that fits by this count fits in any office.
"""

from __future__ import annotations

from dataclasses import replace

from kb.site.brief import Brief, Point

PAGE = 734
_TITLE, _LINE, _SMALL, _HEADING = 21.0, 11.8, 9.5, 21.0
_TITLE_LETTERS, _LETTERS, _POINT_LETTERS, _SMALL_LETTERS = 52, 93, 89, 116
_GAP = 4.0
LEAST_POINTS = 1
"""A section is never emptied."""


def height(found: Brief) -> float:
    """How high the words of a brief stand."""
    facts = " · ".join(f"{name}: {value}" for name, value in found.facts)
    paragraphs = (facts, found.summary, found.contacts, f"{'.' * 40} {found.address}")
    listed = "  ".join(f"[{number}] {words}" for number, words in found.sources)
    notes = 2 * _SMALL_LETTERS
    return (
        _rows(found.title, _TITLE_LETTERS) * _TITLE
        + sum(_rows(text, _LETTERS) * _LINE + _GAP for text in paragraphs)
        + sum(_points_height(points) for points in (found.done, found.results, found.needs))
        + 3 * _HEADING  # in brief, whom to ask, sources
        + (_rows(listed, _SMALL_LETTERS) + notes // _SMALL_LETTERS + 1) * _SMALL
        + 3 * _GAP
    )


def _points_height(points: tuple[Point, ...]) -> float:
    rows = sum(_rows(f"{point.figure} · {point.text}", _POINT_LETTERS) * _LINE for point in points)
    return rows + _HEADING if points else 0.0


def _rows(text: str, letters: int) -> int:
    return -(-len(text) // letters)


def fitted(found: Brief) -> Brief:
    """The brief without as many last points, of whichever list is highest, as it takes to fit on the page."""
    while height(found) > PAGE:
        lists = {"done": found.done, "results": found.results, "needs": found.needs}
        longer = {name: points for name, points in lists.items() if len(points) > LEAST_POINTS}
        if not longer:
            break
        highest = max(longer, key=lambda name: _points_height(longer[name]))
        shorter = {**lists, highest: lists[highest][:-1]}
        found = replace(found, done=shorter["done"], results=shorter["results"], needs=shorter["needs"])
    return found
