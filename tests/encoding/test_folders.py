from __future__ import annotations

from pathlib import Path
from threading import Barrier, Thread

import pytest

from kb.encoding.folders import is_whole, make_whole


def write(folder: Path) -> None:
    (folder / "sub").mkdir()
    (folder / "sub" / "file").write_text("content")


def test_a_folder_is_written_once(tmp_path: Path) -> None:
    calls: list[Path] = []

    def count(folder: Path) -> None:
        calls.append(folder)
        write(folder)

    for _ in range(2):
        assert make_whole(tmp_path / "a" / "kept", count) == tmp_path / "a" / "kept"
    assert (tmp_path / "a" / "kept" / "sub" / "file").read_text() == "content"
    assert len(calls) == 1


@pytest.mark.parametrize("damage", ["changed", "shortened", "removed", "unsigned"])
def test_a_damaged_folder_is_made_again(tmp_path: Path, damage: str) -> None:
    kept = make_whole(tmp_path / "kept", write)
    file = kept / "sub" / "file"
    match damage:
        case "changed":
            file.write_text("Content")
        case "shortened":
            file.write_text("")
        case "removed":
            file.unlink()
        case "unsigned":
            (kept / "receipt.json").write_text("[")
    assert not is_whole(kept)
    make_whole(kept, write)
    assert is_whole(kept)
    assert file.read_text() == "content"


def test_a_failed_write_leaves_nothing_behind(tmp_path: Path) -> None:
    def fail(folder: Path) -> None:
        write(folder)
        raise RuntimeError("disk full")

    with pytest.raises(RuntimeError):
        make_whole(tmp_path / "kept", fail)
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == []


def test_two_at_once_write_once(tmp_path: Path) -> None:
    calls: list[Path] = []
    start = Barrier(2)

    def slow(folder: Path) -> None:
        calls.append(folder)
        write(folder)

    def ask() -> None:
        start.wait()
        make_whole(tmp_path / "kept", slow)

    threads = [Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(calls) == 1
    assert is_whole(tmp_path / "kept")
