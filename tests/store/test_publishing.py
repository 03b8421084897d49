"""A snapshot is published whole or not at all, and old ones go."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread

import psycopg
import pytest

from kb.api.service import Service
from kb.errors import StoreError
from kb.index.snapshot import Snapshot
from kb.search.request import search_request
from kb.settings import Settings
from kb.store.connection import Store
from kb.store.migrations import migrate, steps
from kb.store.push import KEEP, push
from kb.store.snapshot import open_stored
from kb.store.status import store_status
from tests.api.serving import until
from tests.store.servers import Postgres, address

REQUEST = search_request("legal desk", "en")


@pytest.fixture
def own(postgres: Postgres) -> Iterator[str]:
    """The address of a database of its own."""
    with psycopg.connect(address(postgres), autocommit=True) as connection:
        connection.execute("CREATE DATABASE own")
    yield address(postgres).replace("/postgres?", "/own?")
    with psycopg.connect(address(postgres), autocommit=True) as connection:
        connection.execute("DROP DATABASE own WITH (FORCE)")


def test_readers_never_see_half_a_snapshot(own: str, small: list[Snapshot], settings: Settings, tmp_path: Path) -> None:
    titles = {one.generation: one.items[0].titles["en"] for one in small}
    push(own, small[0])
    service = Service(replace(settings, store=own, cache=tmp_path, query_cache=0))
    stop, faults, seen = Event(), [], set()

    def read() -> None:
        while not stop.is_set():
            try:
                answer = service.engine.search(REQUEST)
                assert [hit.item.titles["en"] for hit in answer.hits] == [titles[answer.generation]]
                seen.add(answer.generation)
            except Exception as error:
                faults.append(error)

    readers = [Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for one in small[1:]:
        push(own, one)
        assert service.refresh()
        until(lambda: faults or one.generation in seen, 30)  # noqa: B023
    stop.set()
    for reader in readers:
        reader.join()
    service.close()
    assert not faults
    assert seen >= {one.generation for one in small[1:]}


def test_a_push_that_fails_leaves_what_was_published(own: str, small: list[Snapshot], tmp_path: Path) -> None:
    push(own, small[0])

    def fail(step: str) -> None:
        if "passages" in step:
            raise OSError("the line was cut")

    with pytest.raises(OSError, match="cut"):
        push(own, small[1], fail)
    with closing(Store(own)) as store:
        assert [one.name for one in store_status(store).snapshots] == [small[0].generation]
        assert open_stored(store, tmp_path).generation == small[0].generation
        assert store.rows("SELECT count(*) FROM kb.generation") == [(1,)]


def test_old_snapshots_go_and_an_earlier_one_can_be_served_again(own: str, small: list[Snapshot]) -> None:
    for one in small:
        push(own, one)
    assert push(own, small[-2]).passages == 0
    with closing(Store(own)) as store:
        found = store_status(store)
        tables = "SELECT count(*) FROM pg_inherits WHERE inhparent = 'kb.passage'::regclass"
        assert store.rows(tables) == [(KEEP,)]
        assert store.rows("SELECT count(*) FROM kb.blob WHERE digest NOT IN (SELECT digest FROM kb.file)") == [(0,)]
    assert [one.name for one in found.snapshots] == [one.generation for one in reversed(small[-KEEP:])]
    assert [one.name for one in found.snapshots if one.served] == [small[-2].generation]
    assert not found.replica


def test_a_snapshot_that_was_removed_is_an_error_and_not_an_empty_answer(
    own: str, small: list[Snapshot], tmp_path: Path
) -> None:
    push(own, small[0])
    with closing(Store(own)) as store:
        old = open_stored(store, tmp_path)
        for one in small[1:]:
            push(own, one)
        with pytest.raises(StoreError, match="kb store push"):
            old.languages["en"].lexical.search({"legal": 1.0}, 10)


def test_fetched_files_that_were_damaged_are_fetched_again(own: str, small: list[Snapshot], tmp_path: Path) -> None:
    push(own, small[0])
    with closing(Store(own)) as store:
        first = open_stored(store, tmp_path)
        whole = first.layout.items.read_bytes()
        first.layout.items.write_bytes(b"[" + whole[1:-9])
        assert open_stored(store, tmp_path).layout.items.read_bytes() == whole
        push(own, small[1])
        second = open_stored(store, tmp_path)
        assert second.layout.items.read_bytes() != whole
        for one in small[2:]:
            push(own, one)
        open_stored(store, tmp_path)
        assert not first.layout.folder.exists()


def test_the_schema_is_made_once(own: str) -> None:
    with psycopg.connect(own) as connection:
        assert migrate(connection) == len(steps()) > 0
        assert migrate(connection) == 0


def test_an_empty_store_says_what_to_do(own: str, tmp_path: Path) -> None:
    with closing(Store(own)) as store, pytest.raises(StoreError, match="run `kb store push`"):
        open_stored(store, tmp_path)


def test_a_slow_question_is_given_up(own: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kb.store.connection.STATEMENT_MS", 200)
    with closing(Store(own)) as store:
        with pytest.raises(StoreError, match="took more than"):
            store.rows("SELECT pg_sleep(5)")
        assert store.rows("SELECT 1") == [(1,)]
        with pytest.raises(StoreError, match="read-only"):
            store.rows("CREATE TABLE mine ()")
