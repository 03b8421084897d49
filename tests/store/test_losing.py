"""The server is lost, comes back, or gives way to its replica."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import httpx
import psycopg
import pytest

from kb.errors import StoreError
from kb.index.snapshot import Snapshot
from kb.settings import Settings
from kb.store.connection import Store
from kb.store.push import push
from kb.store.status import store_status
from tests.api.serving import Server, start, until
from tests.store.servers import Postgres, address


@pytest.fixture
def primary(small: list[Snapshot]) -> Iterator[Postgres]:
    server = Postgres()
    push(address(server), small[0])
    yield server
    server.remove()


@pytest.fixture
def replica(primary: Postgres) -> Iterator[Postgres]:
    server = Postgres(copy_of=primary)
    yield server
    server.remove()


def _serve(settings: Settings, place: Path, *servers: Postgres) -> Server:
    return start(replace(settings, store=address(*servers), cache=place, query_cache=0), place / "log")


def _search(server: Server, text: str = "legal desk") -> httpx.Response:
    return server.get("/api/v1/search", q=text, lang="en")


def test_a_server_that_is_lost_is_said_and_found_again(primary: Postgres, settings: Settings, tmp_path: Path) -> None:
    server = _serve(settings, tmp_path, primary)
    assert _search(server).json()["total"] == 1
    primary.kill()
    lost = _search(server)
    assert lost.status_code == 503
    assert lost.headers["content-type"] == "application/problem+json"
    assert lost.json()["type"] == "store-unavailable"
    assert str(primary.folder) not in lost.text
    assert server.get("/health/live").status_code == 200
    until(lambda: server.get("/health/ready").status_code == 503, 30)
    primary.start()
    until(lambda: _search(server).status_code == 200, 30)
    until(lambda: server.get("/health/ready").status_code == 200, 30)
    assert _search(server).json()["total"] == 1
    assert server.stop() == 0


def test_the_replica_takes_over(
    primary: Postgres, replica: Postgres, small: list[Snapshot], settings: Settings, tmp_path: Path
) -> None:
    server = _serve(settings, tmp_path, primary, replica)
    push(address(primary, replica), small[1])
    new = small[1].generation
    until(lambda: _search(server).json()["generation"] == new)
    with closing(Store(address(replica))) as store:
        until(lambda: store_status(store).snapshots[0].name == new)
    primary.kill()
    answers = [_search(server, f"legal desk {number}") for number in range(20)]
    assert {answer.status_code for answer in answers} == {200}
    assert {answer.json()["generation"] for answer in answers} == {new}
    with closing(Store(address(primary, replica))) as store:
        assert store_status(store).replica
    with pytest.raises(StoreError):
        push(address(primary, replica), small[2])  # a replica takes no snapshot
    assert server.stop() == 0


def test_a_password_is_never_said(tmp_path: Path) -> None:
    lost = f"postgresql://kb:geheim@/practices?host={tmp_path}"
    with closing(Store(lost)) as store, pytest.raises(StoreError) as refused:
        store.rows("SELECT 1")
    with pytest.raises(StoreError) as not_pushed:
        push(lost, None)  # type: ignore[arg-type]
    assert "geheim" not in f"{refused.value}{not_pushed.value}"
    assert isinstance(not_pushed.value.__cause__, psycopg.OperationalError)
