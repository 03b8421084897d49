"""What the rest of the package knows of an encoder: two small protocols and what travels through them.

A model's prefixes (`query: `, `passage: `), its special tokens and its batching stay behind these protocols. Callers
give the plain text and get vectors, tokens and offsets of that plain text back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Protocol

import numpy as np
import numpy.typing as npt

from kb.errors import EncoderError

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Encoded:
    """One text as the model sees it, with t tokens of the text itself: prefix and special tokens are left out.

    A text with no words (empty, white space) has the vector of the model's prefix alone and t = 0.
    A text longer than the model reads is cut at its end; the offsets tell how far it was read.

    Attributes:
        vector: float32[d], of unit length.
        token_ids: int32[t], numbers in the model's vocabulary.
        token_vectors: float32[t, d], each of unit length: the model's last layer, for comparison token by token.
        offsets: int32[t, 2], first character and one past the last of each token in the text as given. White space
            around a token does not count, so a token that is white space only has an empty range.
    """

    vector: Floats
    token_ids: Ints
    token_vectors: Floats
    offsets: Ints


@dataclass(frozen=True)
class EncoderInfo:
    """What makes two encoders interchangeable. Vectors may be compared only when their fingerprints are equal.

    Attributes:
        name: for people; two different models may share it.
        fingerprint: hexadecimal digest of all that changes a vector: weights, tokenizer, pooling, prefixes, length.
        dimension: d, the length of a vector.
        max_tokens: most tokens of a text that the model reads, room for prefix and special tokens taken off.
            Compare it with `Encoder.count_tokens`.
        query_prefix: what the encoder puts before a query; may be empty.
        passage_prefix: what the encoder puts before a passage; may be empty.
    """

    name: str
    fingerprint: str
    dimension: int
    max_tokens: int
    query_prefix: str
    passage_prefix: str

    def to_dict(self) -> dict[str, str | int]:
        """For a manifest: JSON values only."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> EncoderInfo:
        """Back from a manifest; keys that are not ours are ignored, so that a manifest may hold more.

        Raises:
            EncoderError: a key is missing or of the wrong type.
        """
        values: dict[str, object] = {}
        for field in fields(cls):
            value = data.get(field.name)
            wanted = int if field.type == "int" else str
            if not isinstance(value, wanted) or isinstance(value, bool):
                raise EncoderError(
                    f"The encoder's description has no usable {field.name!r} (found {value!r}); run `kb build` again."
                )
            values[field.name] = value
        return cls(**values)  # type: ignore[arg-type]


class QueryEncoder(Protocol):
    """All that searching needs: encodes questions, and finds the words behind a passage's stored token vectors.

    Safe to call from several threads at once.
    """

    @property
    def info(self) -> EncoderInfo: ...

    def encode_query(self, text: str) -> Encoded:
        """Encode one question."""
        ...

    def token_offsets(self, text: str) -> tuple[Ints, Ints]:
        """Tokens of a passage without encoding it: (token_ids int32[t], offsets int32[t, 2]).

        Row i belongs to row i of the `token_vectors` that `Encoder.encode_passages` made of the same text.
        """
        ...

    def token_rarity(self, token_ids: Ints) -> Floats:
        """How much each token says, float32[t]: minus its log-probability in the tokenizer's unigram model.

        All 1.0 for a tokenizer that knows no probabilities (WordPiece, byte-pair encoding).
        """
        ...


class Encoder(QueryEncoder, Protocol):
    """A `QueryEncoder` that also encodes passages: what `kb build` needs."""

    def encode_passages(self, texts: Iterable[str], progress: Callable[[int], None] | None = None) -> Iterator[Encoded]:
        """Encode passages, one result for each text, in the order of the texts.

        Args:
            texts: read piece by piece, so a generator over a large collection never lies in memory as a whole.
            progress: called with the number of passages finished since its last call.
        """
        ...

    def count_tokens(self, text: str) -> int:
        """Tokens of a passage, prefix and special tokens not counted; to be compared with `info.max_tokens`."""
        ...
