"""A new snapshot takes over without a failed request; a bad one is refused and the old one serves on."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kb.index.layout import Layout, publish
from kb.pipeline import build
from kb.settings import Settings, load_settings
from tests.api.serving import Server, start
from tests.content.writing import ORIGINAL, PATH, changed, write


@pytest.fixture
def small(tmp_path: Path, settings: Settings) -> Settings:
    write(tmp_path / "content", PATH, ORIGINAL)
    made = load_settings(
        {}, content=tmp_path / "content", index=tmp_path / "index", site=tmp_path / "site", cache=settings.cache
    )
    build(made)
    return made


def _until(condition: Callable[[], bool]) -> None:
    for _ in range(200):
        if condition():
            return
        time.sleep(0.1)
    raise AssertionError("it did not happen within 20 seconds")


def _generation(server: Server) -> str:
    return str(server.get("/api/v1/health").json()["generation"])


@pytest.fixture
def running(small: Settings, tmp_path: Path) -> Iterator[Server]:
    server = start(small, tmp_path / "log")
    yield server
    assert server.stop() == 0


def test_a_new_snapshot_takes_over_with_no_failed_request(small: Settings, running: Server) -> None:
    first = _generation(running)
    statuses: list[int] = []
    stop = threading.Event()

    def ask() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            statuses.append(running.get("/api/v1/search", q=f"legal advice {number}").status_code)

    clients = [threading.Thread(target=ask) for _ in range(4)]
    for client in clients:
        client.start()
    write(small.content, PATH, changed("Drop-in legal desk", "Open-air legal desk"))
    build(small)
    _until(lambda: _generation(running) != first)
    stop.set()
    for client in clients:
        client.join()
    assert set(statuses) == {200}
    answer = running.get("/api/v1/search", q="legal advice").json()
    assert answer["results"][0]["title"].startswith("Open-air")


def test_a_torn_snapshot_is_refused_and_the_old_one_serves_on(small: Settings, running: Server) -> None:
    first = _generation(running)
    layout = Layout(small.index)
    torn = layout.snapshot("20990101T000000-torn")
    shutil.copytree(layout.snapshot(first).folder, torn.folder)
    vectors = torn.language("en").vectors
    vectors.write_bytes(vectors.read_bytes()[:-8])
    publish(layout, torn.folder.name)
    _until(lambda: "Snapshot refused" in running.log.read_text())
    assert "is damaged (en/vectors.faiss differs from its checksum); run `kb build`." in running.log.read_text()
    assert "Traceback" not in running.log.read_text()
    assert running.get("/api/v1/search", q="legal advice").status_code == 200
    assert _generation(running) == first


def test_a_server_without_an_index_says_what_to_run(small: Settings, tmp_path: Path) -> None:
    (small.index / "current").unlink()
    with pytest.raises(RuntimeError, match=r"kb: There is no index yet; run `kb build`\."):
        start(small, tmp_path / "log")
