"""The map of the region: the seven States with their number of practices.

`region.json` holds the outlines, from Natural Earth (public domain); `docs/map/region.py` drew it.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from kb.content.library import Library
from kb.content.vocabulary import vocabulary
from kb.site.pictures.shades import shade

LABELS: dict[str, tuple[int, int, str]] = {
    "MX": (380, 270, "middle"),
    "GT": (622, 506, "end"),
    "BZ": (744, 396, "start"),
    "SV": (706, 552, "end"),
    "HN": (992, 444, "end"),
    "CR": (768, 628, "end"),
    "PA": (992, 560, "end"),
}
"""Where each name stands and how it is aligned: on the land where there is room, else in the sea beside it."""


@dataclass(frozen=True)
class State:
    """A State as it is drawn. `outline` is the data of an SVG path; `x`, `y` are where its name stands."""

    code: str
    outline: str
    practices: int
    commitments: int
    shade: int
    x: int
    y: int
    anchor: str


@dataclass(frozen=True)
class RegionMap:
    """The map. `around` outlines the neighbours; `elsewhere` counts practices outside the seven States."""

    width: int
    height: int
    around: str
    states: tuple[State, ...]
    elsewhere: int


def region_map(library: Library) -> RegionMap:
    """The map with the counts of a library. A practice of two States counts in both."""
    drawing = _drawing()
    practices, commitments = (
        Counter(code for entry in library.of_kind(kind) for code in entry.facts.countries)
        for kind in ("practice", "commitment")
    )
    most = max(practices[code] for code in LABELS) or 1
    states = tuple(
        State(
            code, drawing["states"][code], practices[code], commitments[code],
            shade(practices[code], most), *LABELS[code],
        )
        for code in vocabulary().mirps_states()
    )  # fmt: skip
    elsewhere = sum(not set(LABELS) & set(entry.facts.countries) for entry in library.practices)
    return RegionMap(drawing["width"], drawing["height"], drawing["around"], states, elsewhere)


@cache
def _drawing() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(files("kb.site.pictures").joinpath("region.json").read_bytes())
    return found
