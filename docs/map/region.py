"""Draws `kb/site/pictures/region.json` from Natural Earth (public domain), as the npm package `world-atlas` carries it.

    npm pack world-atlas@2 && tar xzf world-atlas-2.*.tgz
    python docs/map/region.py package/countries-50m.json kb/site/pictures/region.json

Was run once. Borders are simplified arc by arc, so neighbours still share every point of the border between them.
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path

WEST, EAST, SOUTH, NORTH = -118.6, -76.4, 6.6, 33.0
WIDTH = 1000
SHRINK = math.cos(math.radians(18))
SCALE = WIDTH / ((EAST - WEST) * SHRINK)
HEIGHT = round((NORTH - SOUTH) * SCALE)
TOLERANCE = 1.2
"""Points that bend a line by less, in units of the drawing, are left out."""
SMALLEST = 3.0
"""Area of the smallest island that is drawn, in square units."""

STATES = {"484": "MX", "320": "GT", "084": "BZ", "222": "SV", "340": "HN", "188": "CR", "591": "PA"}
AROUND = {"840", "558", "170", "192", "388", "332", "214", "044"}
"""Neighbours, drawn without a name so that the region is known at a glance."""

Point = tuple[float, float]


def main(source: str, target: str) -> None:
    """Reads the TopoJSON file, writes the drawing."""
    topology = json.loads(Path(source).read_text(encoding="utf-8"))
    arcs = [_simplified(_decoded(arc, topology["transform"])) for arc in topology["arcs"]]
    shapes = {one["id"]: one for one in topology["objects"]["countries"]["geometries"] if "id" in one}
    states = {code: _path(_rings(shapes[number], arcs)) for number, code in STATES.items()}
    around = "".join(_path([_clipped(ring) for ring in _rings(shapes[number], arcs)]) for number in sorted(AROUND))
    drawing = {"width": WIDTH, "height": HEIGHT, "states": states, "around": around}
    Path(target).write_text(json.dumps(drawing, indent=1) + "\n", encoding="utf-8")


def _decoded(arc: list[list[int]], transform: dict[str, list[float]]) -> list[Point]:
    (scale_x, scale_y), (left, bottom) = transform["scale"], transform["translate"]
    points, x, y = [], 0, 0
    for dx, dy in arc:
        x, y = x + dx, y + dy
        points.append(((x * scale_x + left - WEST) * SHRINK * SCALE, (NORTH - y * scale_y - bottom) * SCALE))
    return points


def _simplified(points: list[Point]) -> list[Point]:
    """Douglas and Peucker's rule."""
    if len(points) < 3:
        return points
    distances = [_distance(point, points[0], points[-1]) for point in points[1:-1]]
    furthest = max(range(len(distances)), key=distances.__getitem__) + 1
    if distances[furthest - 1] < TOLERANCE:
        return [points[0], points[-1]]
    return _simplified(points[: furthest + 1])[:-1] + _simplified(points[furthest:])


def _distance(point: Point, start: Point, end: Point) -> float:
    (x, y), (x1, y1), (x2, y2) = point, start, end
    length = math.hypot(x2 - x1, y2 - y1)
    if length == 0:
        return math.hypot(x - x1, y - y1)
    along = max(0.0, min(1.0, ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / length**2))
    return math.hypot(x - x1 - along * (x2 - x1), y - y1 - along * (y2 - y1))


def _rings(shape: dict[str, object], arcs: list[list[Point]]) -> list[list[Point]]:
    polygons = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
    return [_joined(ring, arcs) for polygon in polygons for ring in polygon]  # type: ignore[attr-defined]


def _joined(numbers: list[int], arcs: list[list[Point]]) -> list[Point]:
    ring: list[Point] = []
    for number in numbers:
        # A negative number means: the arc ~number, walked backwards.
        arc = arcs[number] if number >= 0 else arcs[~number][::-1]
        ring += arc[1:] if ring else arc
    return ring


def _clipped(ring: list[Point]) -> list[Point]:
    """Sutherland and Hodgman's rule, a little outside the drawing so that no edge shows."""
    for axis, limit, sign in ((0, -5.0, 1), (0, WIDTH + 5.0, -1), (1, -5.0, 1), (1, HEIGHT + 5.0, -1)):
        kept: list[Point] = []
        for before, here in zip(ring[-1:] + ring[:-1], ring, strict=True):
            was, now = ((point[axis] - limit) * sign >= 0 for point in (before, here))
            if was != now:
                share = (limit - before[axis]) / (here[axis] - before[axis])
                kept.append(tuple(b + share * (h - b) for b, h in zip(before, here, strict=True)))  # type: ignore[arg-type]
            if now:
                kept.append(here)
        ring = kept
    return ring


def _path(rings: list[list[Point]]) -> str:
    drawn = []
    for ring in rings:
        if len(ring) > 3 and _area(ring) >= SMALLEST:
            points = [f"{_short(x)},{_short(y)}" for x, y in ring[:-1]]
            drawn.append("M" + " ".join(points) + "Z")
    return "".join(drawn)


def _area(ring: list[Point]) -> float:
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True))) / 2


def _short(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


if __name__ == "__main__":
    main(*sys.argv[1:])
