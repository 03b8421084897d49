"""The snapshots that are kept: which there are, which of them are good, and going back to an earlier one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from kb.errors import SnapshotError
from kb.index.layout import Layout, Manifest, publish, verify
from kb.index.locking import alone
from kb.index.snapshot import Snapshot, open_snapshot


@dataclass(frozen=True)
class Generation:
    """A snapshot that is kept. `damage` says why it could not be served; empty when it could."""

    name: str
    built: str
    items: int
    passages: int
    served: bool
    damage: str = ""


def generations(layout: Layout) -> Iterator[Generation]:
    """The snapshots that are kept, newest first, each compared with its checksums."""
    served = layout.current() if layout.pointer.exists() else ""
    for name in reversed(layout.generations()):
        try:
            manifest = _good(layout, name)
        except SnapshotError as error:
            yield Generation(name, "", 0, 0, name == served, str(error))
        else:
            passages = sum(part["passages"] for part in manifest.languages.values())
            yield Generation(name, manifest.created, manifest.items, passages, name == served)


def _good(layout: Layout, name: str) -> Manifest:
    folder = layout.snapshot(name).folder
    manifest = Manifest.read(layout.snapshot(name).manifest)
    verify(folder, manifest.files)
    return manifest


def open_newest_good(layout: Layout, refused: Callable[[SnapshotError], None]) -> Snapshot:
    """The published snapshot, or the newest other that is whole; `refused` is told of each that is not.

    Raises:
        NoSnapshotError: nothing was built yet.
        SnapshotError: no snapshot can be served; says what is wrong with the published one.
    """
    published = layout.current()
    try:
        return open_snapshot(layout, published)
    except SnapshotError as error:
        first = error
    refused(first)
    for name in reversed(layout.generations()):
        if name == published:
            continue
        try:
            return open_snapshot(layout, name)
        except SnapshotError as error:
            refused(error)
    raise first


def roll_back(layout: Layout, name: str = "", progress: Callable[[str], None] = lambda _: None) -> str:
    """Publishes an earlier snapshot: `name`, or the newest whole one before the one that is published. Returns its name.

    Servers take it over as they do a new one. The next build publishes the content as it then is.

    Raises:
        SnapshotError: there is no such snapshot, or it is damaged.
    """
    with alone(layout.lock, progress):
        earlier = [one for one in generations(layout) if one.name < layout.current() and not one.damage]
        if not name and not earlier:
            raise SnapshotError("There is no earlier snapshot to go back to; `kb snapshots` lists what there is.")
        chosen = name or earlier[0].name
        if chosen not in layout.generations():
            raise SnapshotError(f"There is no snapshot {chosen!r}; `kb snapshots` lists what there is.")
        _good(layout, chosen)
        publish(layout, chosen)
    return chosen
