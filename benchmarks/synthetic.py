"""A content of any size: words, vectors and questions made by rule, the same at every run.

Words follow Zipf's law, as those of real text do. Passages have a topic each; their vectors lie around its centre in a space of few
dimensions, as those of real encoders do, with cosines of 0.7 to 0.9 to what they have nothing to do with.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator

import numpy as np
import numpy.typing as npt

from kb.encoding.protocol import Encoded, EncoderInfo
from kb.index.passages import Item, Passage

DIMENSION = 384
LANGUAGES = ("en", "es")
COUNTRIES = ("BZ", "CR", "GT", "HN", "MX", "PA", "SV")
_PASSAGES = 5
"""Passages of an item in each language."""
_VOCABULARY = 50_000
_WORDS = 50
_STOPPED = 100
"""The most frequent words of a language are stop words, which are not indexed; those behind them are drawn."""
_LATENT = 48
_CONSONANTS, _VOWELS = "bcdfglmnprstvz", "aeiou"

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]


def word(number: int) -> str:
    """A word of syllables, another for each number."""
    syllables = []
    for _ in range(4):
        number, rest = divmod(number, len(_CONSONANTS) * len(_VOWELS))
        syllables.append(_CONSONANTS[rest // len(_VOWELS)] + _VOWELS[rest % len(_VOWELS)])
    return "".join(syllables)


def items(passages: int) -> list[Item]:
    """As many items as have so many passages."""
    return [
        Item(
            f"item-{number:06}",
            "practice",
            {"country": (COUNTRIES[number % len(COUNTRIES)],), "language": LANGUAGES},
            dict.fromkeys(LANGUAGES, f"Item {number}"),
            dict.fromkeys(LANGUAGES, ""),
        )
        for number in range(passages // (_PASSAGES * len(LANGUAGES)))
    ]


def passages(of: list[Item]) -> Iterator[Passage]:
    """The passages of items. The first word of each text names its topic."""
    random = np.random.default_rng(0)
    vocabulary = [word(number) for number in range(_VOCABULARY)]
    reached = np.cumsum(1 / (np.arange(_VOCABULARY) + _STOPPED))
    reached /= reached[-1] * (1 + 1e-9)
    topics = max(10, len(of) // 20)
    for item in of:
        topic = word(_VOCABULARY + int(random.integers(topics)))
        for lang in LANGUAGES:
            drawn = np.searchsorted(reached, random.random((_PASSAGES, _WORDS)))
            for row in drawn.tolist():
                yield Passage(item.id, lang, "what", f"{topic} {' '.join(vocabulary[n] for n in row)}.")


def questions(texts: Iterable[str]) -> list[str]:
    """A question for each text: its topic and five of its words."""
    random = np.random.default_rng(1)
    found = []
    for text in texts:
        topic, *others = text.rstrip(".").split()
        found.append(" ".join([topic, *random.choice(others, 5, replace=False).tolist()]))
    return found


class SyntheticEncoder:
    """Vectors from the letters of a text; token vectors from its words, for the first `with_tokens` passages only."""

    def __init__(self, with_tokens: int = 0) -> None:
        self._with_tokens = with_tokens
        random = np.random.default_rng(2)
        self._base = _unit(random.standard_normal(DIMENSION))
        self._plane = (random.standard_normal((_LATENT, DIMENSION)) / np.sqrt(DIMENSION)).astype(np.float32)

    @property
    def info(self) -> EncoderInfo:
        return EncoderInfo("synthetic", "0" * 16, DIMENSION, 512, "", "")

    def vector(self, text: str) -> Floats:
        """float32[d]: what all texts share, what those of the topic share, and what is the text's own."""
        topic = self._drawn(text.split(maxsplit=1)[0] if text.strip() else "", _LATENT)
        own = self._drawn(text, _LATENT)
        return _unit(1.6 * self._base + ((0.1 * topic + 0.07 * own) @ self._plane) * np.float32(1.5))

    def encode_query(self, text: str) -> Encoded:
        return self._encoded(text, True)

    def encode_passages(self, texts: Iterable[str], progress: Callable[[int], None] | None = None) -> Iterator[Encoded]:
        for text in texts:
            yield self._encoded(text, self._with_tokens > 0)
            self._with_tokens -= 1
            if progress:
                progress(1)

    def token_offsets(self, text: str) -> tuple[Ints, Ints]:
        ends = np.cumsum([len(part) + 1 for part in text.split()], dtype=np.int32)
        starts = np.concatenate([np.zeros(1, np.int32), ends[:-1]])[: len(ends)]
        ids = np.array([zlib.crc32(part.encode()) & 0x7FFFFFFF for part in text.split()], np.int32)
        return ids, np.stack([starts, np.minimum(ends - 1, len(text))], axis=1).astype(np.int32)

    def token_rarity(self, token_ids: Ints) -> Floats:
        return np.full(len(token_ids), 8.0, np.float32)

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    def _encoded(self, text: str, with_tokens: bool) -> Encoded:
        ids, offsets = self.token_offsets(text if with_tokens else "")
        tokens = [_unit(self._drawn(part, DIMENSION)) for part in text.split()[: len(ids)]]
        return Encoded(self.vector(text), ids, np.array(tokens, np.float32).reshape(-1, DIMENSION), offsets)

    def _drawn(self, text: str, size: int) -> Floats:
        return np.random.default_rng(zlib.crc32(text.encode())).standard_normal(size, np.float32)


def _unit(vector: npt.NDArray[np.floating]) -> Floats:
    unit: Floats = (vector / np.linalg.norm(vector)).astype(np.float32)
    return unit
