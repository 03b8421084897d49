"""What is kept between builds changes how long matching takes, and nothing else."""

from __future__ import annotations

from copy import copy
from pathlib import Path

import numpy as np
import pytest

from kb.encoding.protocol import Encoded
from kb.index.layout import SnapshotLayout
from kb.index.snapshot import Snapshot
from kb.index.tokens import Floats, Rows, TokenVectors
from kb.learning.asked import NAME, AskedBefore
from kb.learning.knowledge import Knowledge
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


@pytest.fixture
def elsewhere(engine: SearchEngine, tmp_path: Path) -> Snapshot:
    """The snapshot, as if it stood in a folder where nothing is kept yet."""
    moved = copy(engine.snapshot)
    moved.layout = SnapshotLayout(tmp_path / engine.snapshot.generation)
    return moved


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
    engine: SearchEngine, elsewhere: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = _ranked(Matching(Knowledge(engine)))
    counted = _Counted(engine, monkeypatch)
    for again in range(2):
        asked = AskedBefore(elsewhere)
        fresh = Knowledge(SearchEngine(engine.snapshot, engine.encoder))
        assert _ranked(Matching(fresh, asked)) == expected
        asked.save()
        assert (counted.encoded > 0, counted.compared > 0) == ((False, False) if again else (True, True))
        counted.encoded = counted.compared = 0


def test_a_build_leaves_what_the_server_then_need_not_work_out(
    engine: SearchEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = _Counted(engine, monkeypatch)
    _ranked(Matching(Knowledge(SearchEngine(engine.snapshot, engine.encoder)), AskedBefore(engine.snapshot)))
    assert (counted.encoded, counted.compared) == (0, 0)


def test_a_passage_that_changed_is_compared_again(
    engine: SearchEngine, elsewhere: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokens = engine.snapshot.languages["en"].tokens
    assert isinstance(tokens, TokenVectors)
    row = int(engine.snapshot.languages["en"].passages.rows_of(np.array([0]))[0])
    question = engine.encoder.encode_query("legal desk")
    rarity = engine.encoder.token_rarity(question.token_ids)
    rows = np.arange(row, row + 3)

    def closeness() -> Floats:
        asked = AskedBefore(elsewhere)
        found = asked.engine(engine).snapshot.languages["en"].tokens
        answer = found.max_similarity(question.token_vectors, rarity, rows)
        asked.save()
        return answer

    before = closeness()
    # One passage loses its last token: nothing but its vectors tells that its text was edited.
    whole = tokens.passage(row + 1)
    shorter = whole.behind(int(np.sort(whole.offsets[:, 1])[len(whole.offsets) // 2]))
    passage = TokenVectors.passage
    monkeypatch.setattr(TokenVectors, "passage", lambda own, at: shorter if at == row + 1 else passage(own, at))
    counted = _Counted(engine, monkeypatch)
    assert closeness().tolist() == pytest.approx(before.tolist())
    assert counted.compared == 1


@pytest.mark.parametrize("torn", [b"", b"PK\x03\x04 not whole", b"nothing of ours"])
def test_a_torn_file_is_made_again(torn: bytes, elsewhere: Snapshot, tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(torn)
    asked = AskedBefore(elsewhere)
    assert asked.get(b"0" * 16) is None
    asked.put(b"0" * 16, b"kept")
    asked.save()
    again = AskedBefore(elsewhere)
    assert again.get(b"0" * 16) == b"kept"
    assert again.get(b"1" * 16) is None


def test_what_was_not_asked_again_is_forgotten(elsewhere: Snapshot) -> None:
    asked = AskedBefore(elsewhere)
    asked.put(b"a" * 16, b"one")
    asked.put(b"b" * 16, b"two")
    asked.save()
    again = AskedBefore(elsewhere)
    again.get(b"b" * 16)
    again.save()
    last = AskedBefore(elsewhere)
    assert (last.get(b"a" * 16), last.get(b"b" * 16)) == (None, b"two")


def test_nothing_asked_is_kept_as_nothing(elsewhere: Snapshot) -> None:
    """Content may lose its last commitment: the next build reads what this one left."""
    AskedBefore(elsewhere).save()
    assert AskedBefore(elsewhere).get(b"a" * 16) is None
