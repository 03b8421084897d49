"""A snapshot on disk into the store, and published there: all in one transaction, so that readers see it whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import psycopg
from psycopg import sql

from kb.index.layout import SnapshotLayout
from kb.index.snapshot import LanguageIndex, Snapshot
from kb.index.tokens import TokenVectors
from kb.index.vectors import FaissIndex
from kb.sentences import Sentence
from kb.store.bm25 import Bm25
from kb.store.connection import writing_to
from kb.store.migrations import PARTITIONED, migrate, partition

KEEP = 3
"""Snapshots kept in the store; older ones are removed when one is pushed."""
IN_TABLES = ("passages.bin", "vectors.faiss", "tokens.npy", "tokens.npz", "lexical")
"""Files of a language whose content stands in tables; the others are small, or read whole, and are kept as they are."""

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Pushed:
    """What a push did. `passages` is 0 when the store held the snapshot already and only the pointer was moved."""

    generation: str
    passages: int
    removed: tuple[str, ...]


def push(address: str, snapshot: Snapshot, progress: Progress = lambda _: None) -> Pushed:
    """Copies a snapshot into the store and publishes it there.

    Raises:
        StoreError: no server that may be written to answers, or it refuses; what was published before is untouched.
    """
    with writing_to(address) as connection:
        migrate(connection)
        known = connection.execute("SELECT 1 FROM kb.generation WHERE name = %s", (snapshot.generation,)).fetchone()
        passages = 0 if known else _copy(connection, snapshot, progress)
        connection.execute(
            "INSERT INTO kb.published (generation) VALUES (%s)"
            " ON CONFLICT (only_row) DO UPDATE SET generation = excluded.generation",
            (snapshot.generation,),
        )
        return Pushed(snapshot.generation, passages, _sweep(connection))


def _copy(connection: psycopg.Connection, snapshot: Snapshot, progress: Progress) -> int:
    connection.execute(
        "INSERT INTO kb.generation (name, manifest) VALUES (%s, %s)",
        (snapshot.generation, snapshot.layout.manifest.read_text(encoding="utf-8")),
    )
    progress(Sentence("copying the files that are read whole"))
    _copy_files(connection, snapshot)
    for lang, index in snapshot.languages.items():
        progress(Sentence("copying %(count)s passages (%(lang)s)", count=len(index.passages), lang=lang))
        _copy_language(connection, snapshot, index, progress)
    return sum(len(index.passages) for index in snapshot.languages.values())


def is_file(path: str) -> bool:
    """Whether a file of a snapshot is kept in the store as a file."""
    _, _, below = path.partition("/")
    return below.split("/")[0] not in IN_TABLES


def _copy_files(connection: psycopg.Connection, snapshot: Snapshot) -> None:
    for path, (_, digest) in snapshot.manifest.files.items():
        if not is_file(path):
            continue
        if not connection.execute("SELECT 1 FROM kb.blob WHERE digest = %s", (digest,)).fetchone():
            content = (snapshot.layout.folder / path).read_bytes()
            connection.execute("INSERT INTO kb.blob VALUES (%s, %b)", (digest, content))
        connection.execute("INSERT INTO kb.file VALUES (%s, %s, %s)", (snapshot.generation, path, digest))


def _copy_language(
    connection: psycopg.Connection, snapshot: Snapshot, index: LanguageIndex, progress: Progress
) -> None:
    row = connection.execute(
        "INSERT INTO kb.part (generation, lang) VALUES (%s, %s) RETURNING number", (snapshot.generation, index.lang)
    ).fetchone()
    assert row is not None  # noqa: S101 - RETURNING gives a row
    part: int = row[0]
    for table in PARTITIONED:
        # Attached when filled: indexes are made once, over all rows, and the parent is not locked for readers.
        make = sql.SQL("CREATE TABLE {} (LIKE {} INCLUDING STORAGE)")
        connection.execute(make.format(partition(table, part), sql.Identifier("kb", table)))
    _copy_passages(connection, part, snapshot, index)
    _copy_words(connection, part, index)
    for table in PARTITIONED:
        progress(Sentence("indexing the table %(table)s (%(lang)s)", table=table, lang=index.lang))
        attach = sql.SQL("ALTER TABLE {} ATTACH PARTITION {} FOR VALUES IN ({})")
        own = partition(table, part)
        connection.execute(attach.format(sql.Identifier("kb", table), own, sql.Literal(part)))
        connection.execute(sql.SQL("ANALYZE {}").format(own))


def _copy_words(connection: psycopg.Connection, part: int, index: LanguageIndex) -> None:
    statistics = Bm25(index.lang, (index.passages[row].full_text for row in range(len(index.passages))))
    with connection.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(partition("posting", part))) as copy:
        for stem, at, impact in statistics.impacts():
            copy.write_row((part, stem, at, impact))
    with connection.cursor().copy("COPY kb.stem FROM STDIN") as copy:
        for stem, passages in statistics.passages:
            copy.write_row((part, stem, passages))


def _copy_passages(connection: psycopg.Connection, part: int, snapshot: Snapshot, index: LanguageIndex) -> None:
    layout: SnapshotLayout = snapshot.layout
    vectors = FaissIndex(layout.language(index.lang).vectors).all()
    tokens = TokenVectors(layout.language(index.lang))
    into = sql.SQL("COPY {} FROM STDIN").format(partition("passage", part))
    with connection.cursor().copy(into) as copy:
        for row, vector in enumerate(vectors):
            passage, own = index.passages[row], tokens.passage(row)
            terms = [f"{facet}:{term}" for facet, term in snapshot.items[index.passages.item_of[row]].terms]
            blobs = (own.vectors, own.scales, own.offsets)
            written = str(vector.tolist())
            copy.write_row(
                (part, row, terms, passage.context, passage.text, written, *(one.tobytes() for one in blobs))
            )


def _sweep(connection: psycopg.Connection) -> tuple[str, ...]:
    """Removes all but the newest `KEEP` snapshots, never the one that is published."""
    old = connection.execute(
        "SELECT name FROM kb.generation WHERE name NOT IN (SELECT generation FROM kb.published)"
        " ORDER BY pushed DESC OFFSET %s",
        (KEEP - 1,),
    ).fetchall()
    for (name,) in old:
        for (part,) in connection.execute("SELECT number FROM kb.part WHERE generation = %s", (name,)).fetchall():
            for table in PARTITIONED:
                connection.execute(sql.SQL("DROP TABLE {}").format(partition(table, part)))
        connection.execute("DELETE FROM kb.part WHERE generation = %s", (name,))
        connection.execute("DELETE FROM kb.generation WHERE name = %s", (name,))
    connection.execute("DELETE FROM kb.blob WHERE digest NOT IN (SELECT digest FROM kb.file)")
    return tuple(name for (name,) in old)
