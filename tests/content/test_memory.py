from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from kb.content.checks import check_library
from kb.content.library import load_library
from kb.content.memory import remembered, remembering

CONTENT = Path(__file__).parents[2] / "content"

asked: list[str] = []


@remembered(2)
def shout(word: str) -> str:
    asked.append(word)
    return word.upper()


@pytest.fixture(autouse=True)
def _forget() -> None:
    asked.clear()


def test_what_an_earlier_run_found_is_not_worked_out_again(tmp_path: Path) -> None:
    for _ in range(2):
        with remembering(tmp_path / "kept"):
            assert [shout("salud"), shout("salud"), shout("agua")] == ["SALUD", "SALUD", "AGUA"]
    assert asked == ["salud", "agua"]


def test_only_what_the_last_run_asked_for_is_kept(tmp_path: Path) -> None:
    for words in (("salud", "agua"), ("salud",), ("salud", "agua")):
        with remembering(tmp_path / "kept"):
            for word in words:
                shout(word)
    assert asked == ["salud", "agua", "agua"]


@pytest.mark.parametrize("content", [b"", b"no pickle", pickle.dumps(("other code", {})), pickle.dumps(7)])
def test_a_damaged_or_foreign_file_counts_as_empty(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "kept").write_bytes(content)
    with remembering(tmp_path / "kept"):
        assert shout("salud") == "SALUD"
    assert asked == ["salud"]


def test_what_a_failed_run_found_is_not_written(tmp_path: Path) -> None:
    def fail() -> None:
        with remembering(tmp_path / "kept"):
            shout("salud")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert not (tmp_path / "kept").exists()


def test_a_cache_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    with remembering(tmp_path / "kept"):
        assert shout("salud") == "SALUD"
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


def test_remembered_content_is_the_content(tmp_path: Path) -> None:
    fresh = load_library(CONTENT)
    for _ in range(2):
        with remembering(tmp_path / "kept"):
            library = load_library(CONTENT)
            assert check_library(library) == []
        assert library.entries == fresh.entries
        assert library.documents == fresh.documents
