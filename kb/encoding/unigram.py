"""A Unigram vocabulary that loads in milliseconds and takes 10 MB.

`tokenizers` builds a tree of hash maps for its Unigram model: for the 250,000 pieces of XLM-RoBERTa that is 0.8 s and
290 MB in each serving process, ten times what the rest of it takes. Here the pieces lie in flat arrays with an open
hash table beside them, and the best split of a word (Viterbi, as in SentencePiece) is found in Python. Only words are
split; normalising, cutting into words and offsets stay with `tokenizers`, see `kb.encoding.tokens`.

The file is an uncompressed NumPy archive: `pieces` (all pieces in UTF-8, one after the other), `starts` (where each
begins, and the end), `scores` (log-probabilities), `slots` (hash table of piece numbers plus one, 0 is free; a piece
belongs at its CRC-32 modulo the size, or in the next free slot), `unknown` (number of the unknown piece).
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from pathlib import Path

import numpy as np

_UNKNOWN_PENALTY = 10.0
"""How much worse than the worst piece an unknown character scores. SentencePiece's constant."""

_LONGEST_KEPT = 64
"""Longer words are not remembered: a flood of junk must not push the vocabulary of real questions out of memory."""


@dataclass(frozen=True)
class Piece:
    """Part of a word. `start` and `end` count bytes of the word in UTF-8."""

    number: int
    start: int
    end: int


def write_unigram(path: Path, vocabulary: Sequence[tuple[str, float]], unknown: int) -> None:
    """Write the file that `UnigramSplitter` reads.

    Args:
        path: ends in `.npz`.
        vocabulary: each piece and its log-probability, in the order of their numbers.
        unknown: number of the unknown piece.
    """
    pieces = [piece.encode() for piece, _ in vocabulary]
    size = 1 << (2 * len(pieces)).bit_length()
    slots = [0] * size
    for number, piece in enumerate(pieces):
        slot = zlib.crc32(piece) % size
        while slots[slot]:
            slot = (slot + 1) % size
        slots[slot] = number + 1
    np.savez(
        path,
        pieces=np.frombuffer(b"".join(pieces), np.uint8),
        starts=np.cumsum([0, *map(len, pieces)], dtype=np.uint32),
        scores=np.array([score for _, score in vocabulary], np.float64),
        slots=np.array(slots, np.int32),
        unknown=np.array(unknown, np.int32),
    )


class UnigramSplitter:
    """Splits words as `tokenizers.models.Unigram` does, piece for piece. Safe to share between threads.

    Args:
        path: a file by `write_unigram`.

    Raises:
        OSError, ValueError, KeyError: the file is missing or torn.
    """

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            self._pieces = arrays["pieces"].tobytes()
            self._unknown_score = float(arrays["scores"].min()) - _UNKNOWN_PENALTY
            self._longest = int(np.diff(arrays["starts"]).max())
            # Memory views: reading one number out of a NumPy array costs several times as much.
            self._starts = memoryview(arrays["starts"])
            self._slots = memoryview(arrays["slots"])
            self._scores = memoryview(arrays["scores"])
            self._unknown = int(arrays["unknown"])
        self._remembered = lru_cache(maxsize=8192)(self._best_split)

    def split(self, word: str) -> tuple[Piece, ...]:
        """The most probable pieces of a word; unknown characters side by side make one unknown piece."""
        return self._remembered(word) if len(word) <= _LONGEST_KEPT else self._best_split(word)

    def _find(self, piece: bytes) -> int:
        size = len(self._slots)
        slot = zlib.crc32(piece) % size
        while number := self._slots[slot]:
            if self._pieces[self._starts[number - 1] : self._starts[number]] == piece:
                return number - 1
            slot = (slot + 1) % size
        return -1

    def _best_split(self, word: str) -> tuple[Piece, ...]:
        text = word.encode()
        bounds = list(accumulate((len(character.encode()) for character in word), initial=0))
        best: dict[int, tuple[float, Piece]] = {0: (0.0, Piece(-1, 0, 0))}

        def offer(number: int, start: int, end: int, score: float) -> None:
            # The first of two equal paths stays, as in `tokenizers`.
            if end not in best or score > best[end][0]:
                best[end] = (score, Piece(number, start, end))

        for index, start in enumerate(bounds[:-1]):
            reached, known = best[start][0], False
            for end in bounds[index + 1 :]:
                if end - start > self._longest:
                    break
                number = self._find(text[start:end])
                if number >= 0:
                    offer(number, start, end, reached + self._scores[number])
                    known = known or end == bounds[index + 1]
            if not known:
                offer(self._unknown, start, bounds[index + 1], reached + self._unknown_score)
        return self._backwards({end: piece for end, (_, piece) in best.items()}, len(text))

    def _backwards(self, last: dict[int, Piece], end: int) -> tuple[Piece, ...]:
        pieces: list[Piece] = []
        while end > 0:
            piece = last[end]
            end = piece.start
            if pieces and piece.number == pieces[-1].number == self._unknown:
                piece = Piece(piece.number, piece.start, pieces.pop().end)
            pieces.append(piece)
        return tuple(reversed(pieces))
