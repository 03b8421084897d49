"""What is kept between builds changes how long matching takes, and nothing else."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kb.encoding.protocol import Encoded
from kb.index.tokens import Floats, Rows, TokenVectors
from kb.learning.asked import AskedBefore
from kb.learning.matching import Matching
from kb.search.engine import SearchEngine

SOME = ("commit-hn-mental-health-displaced", "commit-gt-labour-inclusion", "commit-sv-idp-law-implementation")


def _ranked(matching: Matching) -> list[list[tuple[str, float, str]]]:
    return [
        [
            (one.practice.id, one.score, one.need.key)
            for one in matching.practices_for(matching.knowledge.commitment(key))
        ]
        for key in SOME
    ]


class _Counted:
    """How many questions were encoded, how many passages compared."""

    def __init__(self, engine: SearchEngine, monkeypatch: pytest.MonkeyPatch) -> None:
        self.encoded = self.compared = 0
        encode, compare = type(engine.encoder).encode_query, TokenVectors.max_similarity

        def encoding(encoder: object, text: str) -> Encoded:
            self.encoded += 1
            return encode(encoder, text)  # type: ignore[arg-type]

        def comparing(tokens: TokenVectors, query: Floats, weights: Floats, rows: Rows) -> Floats:
            self.compared += len(rows)
            return compare(tokens, query, weights, rows)

        monkeypatch.setattr(type(engine.encoder), "encode_query", encoding)
        monkeypatch.setattr(TokenVectors, "max_similarity", comparing)


def test_what_is_kept_ranks_as_the_engine_does_and_is_not_worked_out_again(
    engine: SearchEngine, matching: Matching, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = _ranked(matching)
    counted = _Counted(engine, monkeypatch)
    for again in range(2):
        asked = AskedBefore(tmp_path / "asked.npz")
        assert _ranked(asked.matching(engine)) == expected
        asked.save()
        assert (counted.encoded > 0, counted.compared > 0) == ((False, False) if again else (True, True))
        counted.encoded = counted.compared = 0


def test_a_passage_that_changed_is_compared_again(
    engine: SearchEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = AskedBefore(tmp_path / "asked.npz")
    _ranked(asked.matching(engine))
    asked.save()
    tokens = engine.snapshot.languages["en"].tokens
    assert isinstance(tokens, TokenVectors)
    row = int(engine.snapshot.languages["en"].passages.rows_of(np.array([0]))[0])
    question = engine.encoder.encode_query("legal desk")
    rarity = engine.encoder.token_rarity(question.token_ids)
    rows = np.arange(row, row + 3)

    def closeness() -> Floats:
        opened = AskedBefore(tmp_path / "asked.npz")
        found = opened.matching(engine).knowledge.engine.snapshot.languages["en"].tokens
        answer = found.max_similarity(question.token_vectors, rarity, rows)
        opened.save()
        return answer

    before = closeness()
    # The vectors of one passage become those of another: nothing else tells that its text was edited.
    starts = tokens._starts.copy()
    monkeypatch.setattr(tokens, "_starts", np.where(np.arange(len(starts)) > row + 1, starts[row + 1], starts))
    moved = tokens.max_similarity(question.token_vectors, rarity, rows)
    assert moved.tolist() != before.tolist()
    assert closeness().tolist() == pytest.approx(moved.tolist())


@pytest.mark.parametrize("torn", [b"", b"PK\x03\x04 not whole", b"nothing of ours"])
def test_a_torn_file_is_made_again(torn: bytes, tmp_path: Path) -> None:
    path = tmp_path / "asked.npz"
    path.write_bytes(torn)
    asked = AskedBefore(path)
    assert asked.get(b"0" * 16) is None
    asked.put(b"0" * 16, b"kept")
    asked.save()
    again = AskedBefore(path)
    assert again.get(b"0" * 16) == b"kept"
    assert again.get(b"1" * 16) is None


def test_what_was_not_asked_again_is_forgotten(tmp_path: Path) -> None:
    asked = AskedBefore(tmp_path / "asked.npz")
    asked.put(b"a" * 16, b"one")
    asked.put(b"b" * 16, b"two")
    asked.save()
    again = AskedBefore(tmp_path / "asked.npz")
    again.get(b"b" * 16)
    again.save()
    last = AskedBefore(tmp_path / "asked.npz")
    assert (last.get(b"a" * 16), last.get(b"b" * 16)) == (None, b"two")
