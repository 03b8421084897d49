from __future__ import annotations

import random
from pathlib import Path

import pytest

from kb.encoding.model import SentenceTransformerEncoder
from kb.encoding.tokens import unigram_vocabulary
from kb.encoding.unigram import UnigramSplitter, write_unigram


def small(tmp_path: Path) -> UnigramSplitter:
    vocabulary = [("<unk>", 0.0), ("a", -3.0), ("b", -3.0), ("ab", -4.0), ("ñ", -5.0), ("abñ", -12.0)]
    write_unigram(tmp_path / "small.npz", vocabulary, 0)
    return UnigramSplitter(tmp_path / "small.npz")


@pytest.mark.parametrize(
    ("word", "pieces"),
    [
        ("", []),
        ("ab", [(3, 0, 2)]),
        ("ba", [(2, 0, 1), (1, 1, 2)]),
        ("abñ", [(3, 0, 2), (4, 2, 4)]),
        ("xa", [(0, 0, 1), (1, 1, 2)]),
        ("añ語😀b", [(1, 0, 1), (4, 1, 3), (0, 3, 10), (2, 10, 11)]),
    ],
)
def test_the_most_probable_pieces(tmp_path: Path, word: str, pieces: list[tuple[int, int, int]]) -> None:
    assert [(piece.number, piece.start, piece.end) for piece in small(tmp_path).split(word)] == pieces


def test_long_junk_is_split_too(tmp_path: Path) -> None:
    assert len(small(tmp_path).split("ab" * 1000)) == 1000


def test_the_real_vocabulary_splits_as_tokenizers_does(encoder: SentenceTransformerEncoder, tmp_path: Path) -> None:
    tokenizer = encoder.model.tokenizer.backend_tokenizer
    vocabulary = unigram_vocabulary(tokenizer)
    assert vocabulary is not None
    write_unigram(tmp_path / "real.npz", *vocabulary)
    splitter = UnigramSplitter(tmp_path / "real.npz")
    chance = random.Random(5)
    letters = "aeioulnsrtdcmpáéíóúñü¿?.,-0123456789語😀"
    made = ["".join(chance.choices(letters, k=chance.randint(1, 30))) for _ in range(500)]
    joined = ["".join(piece for piece, _ in chance.sample(vocabulary[0], 3)) for _ in range(500)]
    for word in made + joined:
        expected = [(token.id, token.value) for token in tokenizer.model.tokenize(word)]
        text = word.encode()
        found = [(piece.number, text[piece.start : piece.end].decode()) for piece in splitter.split(word)]
        assert found == expected
