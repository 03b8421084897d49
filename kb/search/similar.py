"""Practices like another one."""

from __future__ import annotations

import numpy as np

from kb.errors import NotFoundError
from kb.index.passages import Item
from kb.index.snapshot import Snapshot


def similar(snapshot: Snapshot, item_id: str, limit: int) -> list[tuple[Item, float]]:
    """Items nearest to one, with the cosine of their mean passage vectors; those of other countries come first.

    Raises:
        NotFoundError: no such item.
    """
    position = snapshot.positions.get(item_id)
    if position is None:
        raise NotFoundError("There is no practice %(id)r.", id=item_id)
    vectors = snapshot.neighbours.vectors
    closeness = vectors.astype(np.float32) @ vectors[position].astype(np.float32)
    closeness[position] = -1
    order = np.argsort(-closeness, kind="stable")[: limit * 3]
    own = set(snapshot.items[position].facets.get("country", ()))
    nearest = [(snapshot.items[number], float(closeness[number])) for number in order if number != position]
    # Peers learn from each other: what another State does comes before what one's own does.
    nearest.sort(key=lambda pair: bool(own & set(pair[0].facets.get("country", ()))))
    return nearest[:limit]
