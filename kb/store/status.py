"""What the store holds, and who answers for it."""

from __future__ import annotations

import json
from dataclasses import dataclass

from kb.store.connection import Store


@dataclass(frozen=True)
class StoredGeneration:
    """A snapshot in the store."""

    name: str
    pushed: str
    passages: int
    served: bool


@dataclass(frozen=True)
class StoreStatus:
    """The server that answered, the first of the address that could be reached, and its snapshots, newest first."""

    replica: bool
    server: str
    pgvector: str
    megabytes: float
    snapshots: tuple[StoredGeneration, ...]


def store_status(store: Store) -> StoreStatus:
    """Asks the store.

    Raises:
        StoreError: it does not answer, or nothing was ever pushed.
    """
    ((replica, server, pgvector, size),) = store.rows(
        "SELECT pg_is_in_recovery(), current_setting('server_version'),"
        " (SELECT extversion FROM pg_extension WHERE extname = 'vector'), pg_database_size(current_database())"
    )
    rows = store.rows(
        "SELECT name, to_char(pushed AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI') || ' UTC', manifest,"
        " name IN (SELECT generation FROM kb.published) FROM kb.generation ORDER BY pushed DESC"
    )
    snapshots = tuple(
        StoredGeneration(name, pushed, _passages(manifest), served) for name, pushed, manifest, served in rows
    )
    return StoreStatus(replica, server, pgvector, size / 1e6, snapshots)


def _passages(manifest: str) -> int:
    languages = json.loads(manifest.rsplit("\n", 2)[0])["languages"]
    return sum(part["passages"] for part in languages.values())
