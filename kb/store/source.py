"""Where the served snapshot comes from: the folder that `kb build` writes, or the store."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from kb.errors import SnapshotError
from kb.index.generations import open_newest_good
from kb.index.layout import Layout
from kb.index.snapshot import Snapshot, open_snapshot
from kb.settings import Settings


class Source(Protocol):
    """Tells which snapshot is published, and opens it."""

    def published(self) -> str:
        """The generation that should be served."""
        ...

    def open(self) -> Snapshot:
        """The published snapshot."""
        ...

    def open_newest_good(self, refused: Callable[[SnapshotError], None]) -> Snapshot:
        """What to start with; `refused` is told of each snapshot that could not be opened."""
        ...

    def close(self) -> None:
        """Lets go of what reading needs."""
        ...


class Folder:
    """Snapshots on disk."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout

    def published(self) -> str:
        return self._layout.current()

    def open(self) -> Snapshot:
        return open_snapshot(self._layout)

    def open_newest_good(self, refused: Callable[[SnapshotError], None]) -> Snapshot:
        return open_newest_good(self._layout, refused)

    def close(self) -> None:
        """Nothing is held."""


class Database:
    """Snapshots in PostgreSQL. The database vouches for what it holds, so there is no other one to fall back to."""

    def __init__(self, settings: Settings) -> None:
        from kb.store.connection import Store

        self._store = Store(settings.store)
        self._cache = settings.cache / "store"

    def published(self) -> str:
        from kb.store.snapshot import published

        return published(self._store)

    def open(self) -> Snapshot:
        from kb.store.snapshot import open_stored

        return open_stored(self._store, self._cache)

    def open_newest_good(self, refused: Callable[[SnapshotError], None]) -> Snapshot:  # noqa: ARG002
        return self.open()

    def close(self) -> None:
        self._store.close()


def source_of(settings: Settings) -> Source:
    """The store where `KB_STORE` names one, else the folder `KB_INDEX`."""
    return Database(settings) if settings.store else Folder(Layout(settings.index))
