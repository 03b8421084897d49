"""Embeddings kept between builds, by model and text: an unchanged passage is never encoded twice.

One SQLite file. It may be deleted at any time; the next build then takes longer.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kb.encoding.protocol import Encoder
from kb.index.tokens import PassageTokens, quantise

_BATCH = 256
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_OF_EARLIER_MAKE = {sqlite3.SQLITE_ERROR}
"""What a table with other columns answers. A full disk is neither: the cache would be lost for nothing."""


@dataclass(frozen=True)
class Kept:
    """The embedding of a passage: its vector float32[d] and its tokens."""

    vector: npt.NDArray[np.float32]
    tokens: PassageTokens


class EmbeddingStore:
    """Encodes passages, or finds what an earlier build encoded."""

    def __init__(self, path: Path, encoder: Encoder) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._encoder = encoder
        # The export and the model it was made from share a fingerprint, and differ in the third decimal.
        self.made_by = f"{type(encoder).__name__} {encoder.info.fingerprint}"
        self._database = _open(path)
        self.encoded = 0
        """How many passages had to be encoded since this store was opened."""

    def close(self) -> None:
        self._database.close()

    def ensure(self, texts: Sequence[str], progress: Callable[[int, int], None] | None = None) -> None:
        """Encodes those of `texts` that are not kept yet; `progress` gets (done, of how many)."""
        missing = self._missing(texts)
        for start in range(0, len(missing), _BATCH):
            batch = missing[start : start + _BATCH]
            rows = []
            for text, found in zip(batch, self._encoder.encode_passages(batch), strict=True):
                tokens, scale = quantise(found.token_vectors)
                offsets = found.offsets.astype(np.uint16)
                blobs = (found.vector, tokens, scale, offsets)
                rows.append((self._key(text), *(blob.tobytes() for blob in blobs)))
            with self._database:
                self._database.executemany("INSERT OR REPLACE INTO embedding VALUES (?, ?, ?, ?, ?)", rows)
            self.encoded += len(batch)
            if progress:
                progress(start + len(batch), len(missing))

    def read(self, texts: Sequence[str]) -> Iterator[Kept]:
        """The embeddings of `texts`, in order; all must have been ensured."""
        dimension = self._encoder.info.dimension
        for start in range(0, len(texts), _BATCH):
            keys = [self._key(text) for text in texts[start : start + _BATCH]]
            found = {row[0]: row[1:] for row in self._rows("key, vector, tokens, scales, offsets", keys)}
            for key in keys:
                vector, tokens, scales, offsets = found[key]
                passage = PassageTokens(
                    np.frombuffer(tokens, np.int8).reshape(-1, dimension),
                    np.frombuffer(scales, np.float16),
                    np.frombuffer(offsets, np.uint16).reshape(-1, 2),
                )
                yield Kept(np.frombuffer(vector, np.float32), passage)

    def vectors(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Their vectors alone, float32[len(texts), d]."""
        found: dict[bytes, bytes] = {}
        keys = [self._key(text) for text in texts]
        for start in range(0, len(keys), _BATCH):
            found.update((key, vector) for key, vector in self._rows("key, vector", keys[start : start + _BATCH]))
        dimension = self._encoder.info.dimension
        return np.frombuffer(b"".join(found[key] for key in keys), np.float32).reshape(-1, dimension)

    def _missing(self, texts: Sequence[str]) -> list[str]:
        """Those that are not kept, each once, in order."""
        keys = {self._key(text): text for text in texts}
        for start in range(0, len(texts), _BATCH):
            for (key,) in self._rows("key", [self._key(text) for text in texts[start : start + _BATCH]]):
                keys.pop(key, None)
        return list(keys.values())

    def _rows(self, columns: str, keys: Sequence[bytes]) -> Iterator[tuple[bytes, ...]]:
        places = ",".join("?" * len(keys))
        # One statement for many keys: a statement each costs more than what it reads.
        yield from self._database.execute(f"SELECT {columns} FROM embedding WHERE key IN ({places})", keys)  # noqa: S608

    def _key(self, text: str) -> bytes:
        return hashlib.sha256(f"{self.made_by}\0{text}".encode()).digest()[:16]


def removed_if_damaged(path: Path, error: sqlite3.DatabaseError) -> bool:
    """Removes what was kept if `error`, raised while it was read, says that it is damaged."""
    damaged = getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGED  # what sqlite3 itself refuses has no code
    if damaged:
        _remove(path)
    return damaged


def _remove(path: Path) -> None:
    for part in (path, *(path.with_name(path.name + suffix) for suffix in ("-wal", "-shm"))):
        part.unlink(missing_ok=True)


def _open(path: Path) -> sqlite3.Connection:
    statement = "CREATE TABLE IF NOT EXISTS embedding (key BLOB PRIMARY KEY, vector BLOB, tokens BLOB, scales BLOB, offsets BLOB)"
    try:
        database = sqlite3.connect(path, timeout=60, check_same_thread=False)
        with database:
            database.execute("PRAGMA journal_mode=WAL")
            database.execute(statement)
            database.execute("SELECT offsets FROM embedding LIMIT 1").fetchone()
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF not in _DAMAGED | _OF_EARLIER_MAKE:
            raise
        _remove(path)  # a torn cache is worth no error: it can be made again
        database = sqlite3.connect(path, timeout=60, check_same_thread=False)
        with closing(database.cursor()) as cursor:
            cursor.execute(statement)
    return database
