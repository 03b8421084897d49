"""What asking the needs of commitments costs, kept between builds, so that a build after an edit can match them all anew.

Matching asks the engine some hundred questions, nearly the same ones at each build, over passages of which nearly all are the same. What
takes the time depends on one question, or on one question and one passage: the encoding, and the comparison token by token. Both are
kept. An engine over what is kept ranks as the engine itself does, because everything else is worked out again.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Sequence
from copy import copy
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np

from kb.encoding.protocol import Encoded, EncoderInfo, Ints, QueryEncoder
from kb.encoding.runtime import OnnxQueryEncoder
from kb.index.reuse import software
from kb.index.snapshot import Snapshot
from kb.index.tokens import Floats, PassageTokens, Rows, TokenVectors
from kb.search.engine import SearchEngine

NAME = ".asked.npz"
_COMPARED = np.dtype([("passage", np.uint64), ("closeness", np.float32)])


class AskedBefore:
    """One file beside the snapshots, so that a copy of the index brings it along. It may be deleted at any time.

    A build keeps what it asked with `save`; whoever serves reads it, and never writes.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self._path = snapshot.layout.folder.parent / NAME
        self._before = _read(self._path)
        self._now: dict[bytes, bytes] = {}

    def engine(self, engine: SearchEngine) -> SearchEngine:
        """An engine that answers as `engine` does; only what was never asked takes time. For nobody's questions but our own."""
        snapshot = copy(engine.snapshot)
        snapshot.languages = {
            lang: replace(index, tokens=_KeptTokens(index.tokens, lang, self))
            if isinstance(index.tokens, TokenVectors)
            else index
            for lang, index in snapshot.languages.items()
        }
        return SearchEngine(snapshot, _KeptEncoder(engine.encoder, self), engine.weights)

    def get(self, key: bytes) -> bytes | None:
        """What is kept under a key."""
        found = self._now.get(key) or self._before.get(key)
        if found is not None:
            self._now[key] = found
        return found

    def put(self, key: bytes, value: bytes) -> None:
        self._now[key] = value

    def save(self) -> None:
        """Keeps what was asked since this was opened, and forgets the rest."""
        if self._now == self._before:
            return
        values = list(self._now.values())
        beside = self._path.with_name(f".{self._path.name}.new")
        with beside.open("wb") as file:
            np.savez(
                file,
                keys=np.frombuffer(b"".join(self._now), np.uint8),
                ends=np.cumsum([len(value) for value in values], dtype=np.int64),
                values=np.frombuffer(b"".join(values), np.uint8),
            )
        beside.replace(self._path)


class _KeptEncoder:
    """An encoder of questions that remembers them."""

    def __init__(self, encoder: QueryEncoder, asked: AskedBefore) -> None:
        self._encoder = encoder
        self._asked = asked

    @property
    def info(self) -> EncoderInfo:
        return self._encoder.info

    def encode_query(self, text: str) -> Encoded:
        # The export and the model that it was made from share a fingerprint, and differ in the third decimal.
        exported = isinstance(self._encoder, OnnxQueryEncoder)
        key = _digest(f"{exported} {self.info.fingerprint}\0{text}".encode())
        kept = self._asked.get(key)
        if kept is not None:
            return _unpacked(kept, self.info.dimension)
        encoded = self._encoder.encode_query(text)
        self._asked.put(key, _packed(encoded))
        return encoded

    def token_offsets(self, text: str) -> tuple[Ints, Ints]:
        return self._encoder.token_offsets(text)

    def token_rarity(self, token_ids: Ints) -> Floats:
        return self._encoder.token_rarity(token_ids)


class _KeptTokens:
    """Token vectors that remember how near each question came to each passage.

    A passage is known by its token vectors themselves, told by their scales: whatever changes them, text or model, is noticed.
    """

    def __init__(self, tokens: TokenVectors, lang: str, asked: AskedBefore) -> None:
        self._tokens = tokens
        self._key = f"{software()} {lang}".encode()
        self._asked = asked
        self._marks: dict[int, int] = {}

    def of(self, rows: Sequence[int]) -> list[PassageTokens]:
        return self._tokens.of(rows)

    def max_similarity(self, query: Floats, weights: Floats, rows: Rows) -> Floats:
        key = _digest(self._key + query.tobytes() + weights.tobytes())
        kept = np.frombuffer(self._asked.get(key) or b"", _COMPARED)
        wanted = np.array([self._mark(row) for row in rows.tolist()], np.uint64)
        found = np.zeros(len(rows), np.float32)
        place = np.minimum(np.searchsorted(kept["passage"], wanted), max(len(kept) - 1, 0))
        known = kept["passage"][place] == wanted if len(kept) else np.zeros(len(rows), np.bool_)
        found[known] = kept["closeness"][place[known]]
        found[~known] = self._tokens.max_similarity(query, weights, rows[~known])
        compared = np.empty(len(rows), _COMPARED)
        compared["passage"], compared["closeness"] = wanted, found
        self._asked.put(key, np.sort(compared, order="passage").tobytes())
        return found

    def _mark(self, row: int) -> int:
        if row not in self._marks:
            passage = self._tokens.passage(row)
            digest = hashlib.blake2b(passage.scales.tobytes() + passage.offsets.tobytes(), digest_size=8)
            self._marks[row] = int.from_bytes(digest.digest(), "little")
        return self._marks[row]


def _packed(encoded: Encoded) -> bytes:
    parts = (encoded.vector, encoded.token_ids, encoded.token_vectors, encoded.offsets)
    return b"".join(np.ascontiguousarray(part).tobytes() for part in parts)


def _unpacked(kept: bytes, dimension: int) -> Encoded:
    """Every number has four bytes, so the length tells how many tokens there are."""
    tokens = (len(kept) // 4 - dimension) // (dimension + 3)
    cuts = np.cumsum([dimension, tokens, tokens * dimension]) * 4
    return Encoded(
        np.frombuffer(kept[: cuts[0]], np.float32),
        np.frombuffer(kept[cuts[0] : cuts[1]], np.int32),
        np.frombuffer(kept[cuts[1] : cuts[2]], np.float32).reshape(tokens, dimension),
        np.frombuffer(kept[cuts[2] :], np.int32).reshape(tokens, 2),
    )


_KEY = 16


def _digest(text: bytes) -> bytes:
    return hashlib.blake2b(text, digest_size=_KEY).digest()


def _read(path: Path) -> dict[bytes, bytes]:
    try:
        with path.open("rb") as file, np.load(file) as table:
            keys, ends, values = table["keys"].tobytes(), table["ends"].tolist(), table["values"].tobytes()
            return {
                keys[number * _KEY : (number + 1) * _KEY]: values[start:end]
                for number, (start, end) in enumerate(pairwise([0, *ends]))
            }
    except (OSError, ValueError, TypeError, KeyError, EOFError, zipfile.BadZipFile):
        return {}  # a torn file is worth no error: it can be made again
