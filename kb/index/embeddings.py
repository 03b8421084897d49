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
_TORN = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR}
"""Damaged, or of an earlier make. A full disk is neither: the cache would be lost for nothing."""


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
        self._database = _open(path)
        self.encoded = 0
        """How many passages had to be encoded since this store was opened."""

    def close(self) -> None:
        self._database.close()

    def ensure(self, texts: Sequence[str], progress: Callable[[int, int], None] | None = None) -> None:
        """Encodes those of `texts` that are not kept yet; `progress` gets (done, of how many)."""
        missing = [text for text in dict.fromkeys(texts) if not self._has(text)]
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
        for text in texts:
            query = "SELECT vector, tokens, scales, offsets FROM embedding WHERE key = ?"
            vector, tokens, scales, offsets = self._database.execute(query, (self._key(text),)).fetchone()
            passage = PassageTokens(
                np.frombuffer(tokens, np.int8).reshape(-1, dimension),
                np.frombuffer(scales, np.float16),
                np.frombuffer(offsets, np.uint16).reshape(-1, 2),
            )
            yield Kept(np.frombuffer(vector, np.float32), passage)

    def _has(self, text: str) -> bool:
        query = "SELECT 1 FROM embedding WHERE key = ?"
        return self._database.execute(query, (self._key(text),)).fetchone() is not None

    def _key(self, text: str) -> bytes:
        # The export and the model it was made from share a fingerprint, and differ in the third decimal.
        made_by = f"{type(self._encoder).__name__} {self._encoder.info.fingerprint}"
        return hashlib.sha256(f"{made_by}\0{text}".encode()).digest()[:16]


def _open(path: Path) -> sqlite3.Connection:
    statement = "CREATE TABLE IF NOT EXISTS embedding (key BLOB PRIMARY KEY, vector BLOB, tokens BLOB, scales BLOB, offsets BLOB)"
    try:
        database = sqlite3.connect(path, timeout=60)
        with database:
            database.execute("PRAGMA journal_mode=WAL")
            database.execute(statement)
            database.execute("SELECT offsets FROM embedding LIMIT 1").fetchone()
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF not in _TORN:
            raise
        path.unlink()  # a torn cache is worth no error: it can be made again
        database = sqlite3.connect(path, timeout=60)
        with closing(database.cursor()) as cursor:
            cursor.execute(statement)
    return database
