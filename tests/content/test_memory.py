from __future__ import annotations

import sqlite3
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


def test_what_no_run_asked_for_in_a_month_is_forgotten(tmp_path: Path) -> None:
    with remembering(tmp_path / "kept"):
        shout("salud"), shout("agua")
    with sqlite3.connect(tmp_path / "kept") as database:
        database.execute("UPDATE kept SET day = day - 31")
    for words in (("salud",), ("salud", "agua")):
        with remembering(tmp_path / "kept"):
            assert [shout(word) for word in words] == [word.upper() for word in words]
    assert asked == ["salud", "agua", "agua"]


def test_two_runs_at_once_do_not_lose_each_others_results(tmp_path: Path) -> None:
    with remembering(tmp_path / "kept"):
        shout("salud")
        with remembering(tmp_path / "kept"):
            shout("agua")
    with remembering(tmp_path / "kept"):
        shout("salud"), shout("agua")
    assert asked == ["salud", "agua"]


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\0" + bytes(5000)])
def test_a_damaged_file_counts_as_empty(tmp_path: Path, content: bytes) -> None:
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
    with remembering(tmp_path / "kept"):
        shout("salud")
    assert asked == ["salud", "salud"]


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


def test_a_damaged_result_is_worked_out_again(tmp_path: Path) -> None:
    for _ in range(2):
        with remembering(tmp_path / "kept"):
            assert shout("salud") == "SALUD"
        with sqlite3.connect(tmp_path / "kept") as database:
            columns = [name for _, name, kind, *_ in database.execute("PRAGMA table_info(kept)") if kind == "BLOB"]
            database.execute(f"UPDATE kept SET {columns[-1]} = x'80ff'")
    assert asked == ["salud", "salud"]
