"""A new snapshot takes over without a failed request; a bad one is refused and the old one serves on."""

from __future__ import annotations

import dataclasses
import os
import shutil
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from kb.index.layout import Layout, publish
from kb.pipeline import build
from kb.settings import Settings, load_settings
from tests.api.serving import Server, start, until
from tests.content.writing import ORIGINAL, PATH, changed, write


@pytest.fixture
def small(tmp_path: Path, settings: Settings) -> Settings:
    write(tmp_path / "content", PATH, ORIGINAL)
    made = load_settings(
        {}, content=tmp_path / "content", index=tmp_path / "index", site=tmp_path / "site", cache=settings.cache
    )
    build(made)
    return made


def _generation(server: Server) -> str:
    return str(server.get("/api/v1/health").json()["generation"])


@pytest.fixture
def running(small: Settings, tmp_path: Path) -> Iterator[Server]:
    server = start(small, tmp_path / "log")
    yield server
    assert server.stop() == 0


CLIENTS = 16
TITLES = ("Drop-in legal desk at the bus terminal", "Open-air legal desk at the bus terminal")


def test_a_new_snapshot_takes_over_under_load(small: Settings, running: Server) -> None:
    """No request fails, and no answer mixes two generations: title, snippet and number belong to the one it names."""
    write(small.content, "practices/sv/water-tank.en.md", changed(TITLES[0], "Water tank"))
    build(small)
    until(lambda: running.get("/api/v1/search", q="water tank").json()["total"] == 2)
    first = _generation(running)
    answers: list[tuple[int, str, str, int]] = []
    stop = threading.Event()

    def ask(client: int) -> None:
        number = 0
        while not stop.is_set():
            number += 1
            # Half of the questions are new, half may come out of memory.
            response = running.get("/api/v1/search", q=f"legal desk {client} {number}" if number % 2 else "legal desk")
            answer = response.json()
            titles = [result["title"] for result in answer["results"] if result["id"] == "sv-legal-desk"]
            answers.append((response.status_code, answer["generation"], titles[0], answer["total"]))

    clients = [threading.Thread(target=ask, args=(client,)) for client in range(CLIENTS)]
    for client in clients:
        client.start()
    try:
        write(small.content, PATH, changed(TITLES[0], TITLES[1]))
        (small.content / "practices/sv/water-tank.en.md").unlink()
        build(small)
        until(lambda: _generation(running) != first)
        seen = len(answers)
        until(lambda: len(answers) > seen + 3 * CLIENTS)
    finally:
        stop.set()
        for client in clients:
            client.join()
    assert {status for status, *_ in answers} == {200}
    second = _generation(running)
    assert {(generation, title, total) for _, generation, title, total in answers} == {
        (first, TITLES[0], 2),
        (second, TITLES[1], 1),
    }
    _assert_gone(running, "sv-water-tank")


def _assert_gone(server: Server, practice_id: str) -> None:
    """No address of the server tells of a practice whose file was deleted."""
    name = practice_id.partition("-")[2]
    for path in ("/api/v1/search?q=water tank", "/api/v1/practices", "/en/search/?q=water tank", "/api/v1/facets",
                 "/api/v1/practices/sv-legal-desk", "/api/v1/practices/sv-legal-desk/similar", "/en/practices/", "/en/"):  # fmt: skip
        response = server.get(path)
        assert response.status_code == 200, path
        assert name not in response.text.replace("water tank", ""), path
    assert server.get(f"/api/v1/practices/{practice_id}").status_code == 404
    assert server.get(f"/en/practices/{practice_id}/").status_code == 404


def test_a_torn_snapshot_is_refused_and_the_old_one_serves_on(small: Settings, running: Server) -> None:
    first = _generation(running)
    layout = Layout(small.index)
    torn = layout.snapshot("20990101T000000-torn")
    shutil.copytree(layout.snapshot(first).folder, torn.folder)
    vectors = torn.language("en").vectors
    vectors.write_bytes(vectors.read_bytes()[:-8])
    publish(layout, torn.folder.name)
    until(lambda: "Snapshot refused" in running.log.read_text())
    assert "is damaged (en/vectors.faiss differs from its checksum); run `kb build`." in running.log.read_text()
    assert "Traceback" not in running.log.read_text()
    assert running.get("/api/v1/search", q="legal advice").status_code == 200
    assert _generation(running) == first
    ready = running.get("/health/ready").json()
    assert (ready["status"], ready["generation"]) == ("ready", first)
    assert ready["refused"].startswith("Snapshot 20990101T000000-torn is damaged")
    build(small)
    until(lambda: running.get("/health/ready").json()["refused"] == "")


def test_a_server_starts_with_the_newest_good_snapshot(small: Settings, tmp_path: Path) -> None:
    layout = Layout(small.index)
    good = layout.current()
    write(small.content, PATH, changed(*TITLES))
    build(small)
    texts = layout.snapshot(layout.current()).language("en").texts
    texts.write_bytes(texts.read_bytes().replace(b"legal", b"lethal"))
    server = start(small, tmp_path / "log")
    assert _generation(server) == good
    assert "is damaged" in server.get("/health/ready").json()["refused"]
    assert server.stop() == 0


def test_workers_serve_on_while_another_cannot_start(small: Settings, tmp_path: Path) -> None:
    """A folder that is being exchanged just when a worker dies must not take the others with it."""
    server = start(dataclasses.replace(small, workers=2), tmp_path / "log")
    server.until_workers()
    small.index.rename(tmp_path / "away")
    os.kill(server.workers()[0], signal.SIGKILL)
    until(lambda: "kb: There is no index yet" in server.log.read_text())
    assert server.get("/api/v1/search", q="legal advice").status_code == 200
    assert server.get("/health/ready").json()["workers"] == 1
    (tmp_path / "away").rename(small.index)
    server.until_workers()
    assert server.stop() == 0


def test_a_server_without_an_index_says_what_to_run(small: Settings, tmp_path: Path) -> None:
    (small.index / "current").unlink()
    with pytest.raises(RuntimeError, match=r"kb: There is no index yet; run `kb build`\."):
        start(small, tmp_path / "log")
