"""Text to token numbers and offsets: one way for building and serving, so that both see the same tokens."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from kb.encoding.protocol import Floats, Ints

if TYPE_CHECKING:
    from tokenizers import Encoding, Tokenizer

    from kb.encoding.unigram import UnigramSplitter

_SURROGATES = re.compile("[\ud800-\udfff]")
"""Half characters that JSON can smuggle in and UTF-8 cannot hold."""


@dataclass(frozen=True, eq=False)
class Tokens:
    """What the model reads for one text.

    Attributes:
        input_ids: int64[n], with prefix and special tokens.
        own: bool[n], true for the t tokens that belong to the text itself.
        offsets: int32[t, 2], see `Encoded.offsets`.
    """

    input_ids: npt.NDArray[np.int64]
    own: npt.NDArray[np.bool_]
    offsets: Ints

    @property
    def token_ids(self) -> Ints:
        """int32[t], numbers of the text's own tokens."""
        return self.input_ids[self.own].astype(np.int32)


class TextTokenizer:
    """Puts a prefix before a text, tokenizes both, and cuts what the model cannot read.

    Args:
        tokenizer: taken over: its own truncation and padding are switched off.
        max_length: most tokens that the model reads, all told.
        splitter: splits words instead of the tokenizer's own model, which may then be an empty one.
    """

    def __init__(self, tokenizer: Tokenizer, max_length: int, splitter: UnigramSplitter | None = None) -> None:
        tokenizer.no_truncation()
        tokenizer.no_padding()
        # Somebody who types "</s>" means these four characters.
        tokenizer.encode_special_tokens = True
        self._tokenizer = tokenizer
        self._splitter = splitter
        self._room = max_length - tokenizer.num_special_tokens_to_add(False)

    def read(self, prefix: str, text: str) -> Tokens:
        """Tokens of `prefix + text`, cut at the end to the model's length."""
        encoding = self._split(prefix + text)
        encoding.truncate(self._room)
        encoding = self._tokenizer.post_process(encoding)
        own = _own(encoding, len(prefix))
        offsets = np.array(encoding.offsets, np.int32).reshape(-1, 2)[own] - len(prefix)
        return Tokens(np.array(encoding.ids, np.int64), own, _trimmed(offsets, text))

    def count(self, prefix: str, text: str) -> int:
        """Tokens of `text` after `prefix`, cut nowhere; prefix and special tokens not counted."""
        return int(_own(self._split(prefix + text), len(prefix)).sum())

    def room(self, *prefixes: str) -> int:
        """Most tokens of a text that fit in the model behind the longest of the prefixes."""
        return self._room - max(len(self._split(prefix).ids) for prefix in prefixes)

    def _split(self, text: str) -> Encoding:
        text = _SURROGATES.sub("\ufffd", text)
        if self._splitter is None:
            return self._tokenizer.encode(text, add_special_tokens=False)
        return self._split_by_words(text, self._splitter)

    def _split_by_words(self, text: str, splitter: UnigramSplitter) -> Encoding:
        """What `Tokenizer.encode` does, with `splitter` in place of the model."""
        from tokenizers import PreTokenizedString, Token

        def pieces(word: str) -> list[Token]:
            return [Token(piece.number, "", (piece.start, piece.end)) for piece in splitter.split(word)]

        words = PreTokenizedString(text)
        if self._tokenizer.normalizer is not None:
            words.normalize(self._tokenizer.normalizer.normalize)
        if self._tokenizer.pre_tokenizer is not None:
            self._tokenizer.pre_tokenizer.pre_tokenize(words)
        words.tokenize(pieces)
        return words.to_encoding()


def _own(encoding: Encoding, prefix: int) -> npt.NDArray[np.bool_]:
    ends = np.array(encoding.offsets, np.int32).reshape(-1, 2)[:, 1]
    special = np.array(encoding.special_tokens_mask, np.bool_)
    return np.asarray(~special & (ends > prefix))


def _trimmed(offsets: Ints, text: str) -> Ints:
    """Offsets without the white space that some tokenizers count to the word behind it, nor the end of a prefix."""
    for row in offsets:
        start, end = max(int(row[0]), 0), int(row[1])
        while start < end and text[start].isspace():
            start += 1
        while end > start and text[end - 1].isspace():
            end -= 1
        row[:] = start, end
    return offsets


def unigram_vocabulary(tokenizer: Tokenizer) -> tuple[list[tuple[str, float]], int] | None:
    """Pieces with their log-probabilities and the number of the unknown piece; None if it is no Unigram tokenizer."""
    model: dict[str, Any] = json.loads(tokenizer.to_str())["model"]
    if model.get("type") != "Unigram" or model.get("unk_id") is None or model.get("byte_fallback"):
        return None
    return [(piece, float(score)) for piece, score in model["vocab"]], int(model["unk_id"])


def rarity_table(vocabulary: tuple[list[tuple[str, float]], int]) -> Floats:
    """float32[vocabulary size]: minus the log-probability of each token. The unknown token is as rare as the rarest."""
    pieces, unknown = vocabulary
    rarity = np.array([-score for _, score in pieces], np.float32)
    rarity[unknown] = rarity.max()
    return rarity


def look_up_rarity(table: Floats | None, token_ids: Ints) -> Floats:
    """Rarity of each token, float32[t]; 1.0 without a table. Tokens added to the vocabulary later count as rarest."""
    if table is None:
        return np.ones(len(token_ids), np.float32)
    known: Floats = table[np.minimum(token_ids, len(table) - 1)]
    return known if (token_ids < len(table)).all() else np.where(token_ids < len(table), known, table.max())
