"""The folder that workers share: gone with its server, however that ends, and said in one sentence where it cannot be made."""

from __future__ import annotations

import dataclasses
import resource
import tempfile
from pathlib import Path

import pytest

from kb.api.sharing import sharing
from kb.errors import StorageError
from kb.settings import Settings
from tests.api.serving import start, until


def test_a_start_sweeps_up_after_servers_that_were_killed_and_after_no_other(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    two = dataclasses.replace(settings, workers=2)

    def folders() -> set[Path]:
        return set(temporary.glob("kb-serve-*"))

    living = start(two, tmp_path / "living")
    living.until_workers()
    (of_the_living,) = folders()
    killed = start(two, tmp_path / "killed")
    workers = killed.workers()
    (left_over,) = folders() - {of_the_living}
    killed.process.kill()
    killed.process.wait()
    until(lambda: not any(Path(f"/proc/{worker}").exists() for worker in workers))
    third = start(two, tmp_path / "third")
    assert left_over not in folders()
    assert of_the_living in folders()
    assert living.get("/health/ready").json()["workers"] == 2
    assert third.stop() == living.stop() == 0
    assert folders() == set()


def test_a_disk_that_fills_up_kills_no_worker(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What workers write through memory has its room beforehand: in a hole of a file on a full disk the system would kill them."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    server = start(dataclasses.replace(settings, workers=2), tmp_path / "log")
    server.until_workers()
    for path in ("/api/v1/search?q=salud", "/es/", "/nothing", "/health/ready", "/metrics"):
        for _ in range(8):
            server.get(path)
    mapped = {*tmp_path.glob("kb-serve-*/metrics/*.db"), *tmp_path.glob("kb-serve-*/rates")}
    assert len(mapped) == 2 * 3 + 1
    for file in mapped:
        assert file.stat().st_blocks * 512 >= file.stat().st_size, file
    assert server.stop() == 0


def test_a_full_disk_is_said_in_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, limits[1]))  # no file may become larger
    try:
        with (
            pytest.raises(StorageError, match=r"The workers have no room for what they share .*; free some"),
            sharing(),
        ):
            pass
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert list(tmp_path.iterdir()) == []
